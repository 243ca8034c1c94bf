"""The list of a user's sessions, and how they are ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from partnership.staff.models import User

# By what a browser says of itself; the first that is found, as most name others too.
_BROWSERS = {
    "Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox", "FxiOS": "Firefox",
    "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "CrOS": "ChromeOS", "Windows": "Windows",
    "Mac OS X": "macOS", "Linux": "Linux",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A session for people to read."""

    pk: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def list_sessions(user: User, *, current_key: str | None) -> list[Place]:
    """Return the sessions that are not over: the current one first, then the latest. Forget the others."""
    places = [
        Place(
            one.pk, describe_device(one.user_agent), one.ip, one.created_at, one.last_seen_at,
            one.session_key == current_key,
        )
        for one in UserSession.objects.purge_and_list(user)
    ]  # fmt: skip
    return sorted(places, key=lambda place: (place.is_current, place.seen_at), reverse=True)


def describe_device(user_agent: str) -> str:
    browser = next((name for sign, name in _BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End all sessions of the user, or all others than that of the key `but`. Return how many there were."""
    return _end(UserSession.objects.filter(user=user).exclude(session_key=but or ""))


def _end(sessions: Sequence[UserSession]) -> int:
    get_adapter().end_sessions(sessions)
    return len(sessions)


def end_session(session: UserSession) -> None:
    _end([session])
