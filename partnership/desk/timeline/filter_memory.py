"""The filters that a user used last, for the next customer's page they open."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.section import SESSION_KEY
from partnership.staff.models import Preferences, User


def remember(request: HttpRequest, filters: Filters, *, by: User) -> None:
    """Keep the filters for good, and in the session, so that no page has to read them."""
    query = filters.lasting.query
    if request.session.get(SESSION_KEY, "") != query:
        Preferences.objects.update_or_create(user=by, defaults={"timeline": query})
        request.session[SESSION_KEY] = query


@receiver(user_logged_in)
def recall(request: HttpRequest, user: User, **_: object) -> None:
    query = Preferences.objects.filter(user=user).values_list("timeline", flat=True).first()
    if query:
        request.session[SESSION_KEY] = query
