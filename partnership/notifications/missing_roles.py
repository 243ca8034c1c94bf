"""The notice to administrators that a colleague has signed in who has no role, and so can open no page."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from partnership.notifications.models import Notification
from partnership.notifications.notify import News, notify_all
from partnership.staff.models import User

_KEY = "no_role/"


@receiver(user_logged_in)
def notify_admins(user: User, **_signal: Any) -> None:
    """Notify each admin, once for a colleague however often they sign in."""
    if User.objects.at_work().filter(pk=user.pk).exists():
        return
    news = News(list(User.objects.admins()), None, f"{_KEY}{user.pk}", f"{user} ({user.email})")
    notify_all(Notification.Kind.NO_ROLE, [news], at=timezone.now())


def url_of(notification: Notification) -> str:
    """Return the page of the colleague, where an admin gives the role."""
    return reverse("person", args=[int(notification.key.removeprefix(_KEY))])
