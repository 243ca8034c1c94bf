"""Where somebody is signed in, as allauth.usersessions keeps it."""

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession

from partnership.staff.models import User


def end_sessions(user: User) -> int:
    """End all sessions of the user. Return how many there were."""
    sessions = list(UserSession.objects.filter(user=user))
    get_adapter().end_sessions(sessions)
    return len(sessions)
