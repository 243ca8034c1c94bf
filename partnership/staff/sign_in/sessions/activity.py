"""A session without activity ends after the firm's idle time."""

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

_SEEN_AT = "seen_at"  # in the session: when its user was last active, in seconds since 1970
_NOTED_EVERY = 60  # seconds
_REPEATED = frozenset({"news", "notifications_unread"})
"""What pages ask for by themselves. Those of htmx say so: js/controllers/messages.js sends the header Quiet."""


@receiver(user_logged_in)
def begin(request: HttpRequest, **_signal: Any) -> None:
    request.session[_SEEN_AT] = time.time()


class IdleMiddleware:
    """End a session after the firm's time without activity, before it is asked whether somebody is signed in.

    So nothing that was typed is lost: SignedInMiddleware keeps it. Once a minute the session's last activity is noted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        firm = getattr(request, "firm", None)
        if firm is None:
            return
        now = time.time()
        idle = now - request.session.get(_SEEN_AT, 0) if _SEEN_AT in request.session else None
        if idle is not None and firm.idle_minutes and idle > firm.idle_minutes * 60:
            logout(request)
            messages.info(request, _("You were signed out, as nothing happened for a while. Sign in again to go on."))
        elif (idle is None or idle >= _NOTED_EVERY) and not _repeats_itself(request):
            request.session[_SEEN_AT] = now
            UserSession.objects.create_from_request(request)


def _repeats_itself(request: HttpRequest) -> bool:
    match = request.resolver_match
    return "Quiet" in request.headers or (match is not None and match.url_name in _REPEATED)
