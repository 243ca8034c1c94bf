"""The sessions of a colleague, in whatever browser."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from partnership.staff.models import User
from partnership.staff.sign_in.sessions.listing import end_sessions


def end_all_sessions(person: User) -> int:
    """End them all, also those that are on no list yet; return how many.

    Each is decoded, as a session says only inside whose it is.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    ended = end_sessions(person)
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            store(session.session_key).delete()
            ended += 1
    return ended
