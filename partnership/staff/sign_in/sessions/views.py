from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partnership.core.requests import report_done
from partnership.staff.access import staff_member
from partnership.staff.audit_log import Kind, record
from partnership.staff.sign_in.sessions.listing import end_session, end_sessions


@require_POST
def session_ending(request: HttpRequest, pk: int) -> HttpResponse:
    """End one session of the user, on another device."""
    user = staff_member(request)
    end_session(get_object_or_404(UserSession, pk=pk, user=user))
    record(Kind.SESSIONS, by=user, about=user, facts={"sessions": 1})
    report_done(request, _("The session is ended."))
    return redirect("security")


@require_POST
def other_sessions_ending(request: HttpRequest) -> HttpResponse:
    """End all sessions of the user but this one."""
    user = staff_member(request)
    count = end_sessions(user, but=request.session.session_key)
    record(Kind.SESSIONS, by=user, about=user, facts={"sessions": count})
    report_done(request, _("All your other sessions are ended."))
    return redirect("security")
