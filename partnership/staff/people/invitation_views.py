"""Inviting a colleague, and the page on which the invited person begins."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from partnership.core.requests import accepts_form, posted, render_page, report_done
from partnership.staff.access import staff_member
from partnership.staff.forms import NewcomerForm
from partnership.staff.models import Firm, Invitation
from partnership.staff.people import invitations
from partnership.staff.people.forms import InvitationForm
from partnership.staff.people.rules import RefusedError
from partnership.staff.sign_in.mails import sends_mail

_BACKEND = "partnership.staff.sign_in.RolesBackend"


@dataclass(frozen=True)
class _InvitePage:
    form: InvitationForm
    sends_mail: bool


@dataclass(frozen=True)
class _AcceptPage:
    """`invitation`: None where the link does not work (any more)."""

    firm: Firm
    invitation: Invitation | None
    form: NewcomerForm | None
    role: str


@accepts_form
def invite(request: HttpRequest) -> HttpResponse:
    raise_if_reauthentication_required(request, app="allauth.account")
    form = InvitationForm(posted(request))
    if form.is_valid():
        at = timezone.now()
        try:
            invitation, link = invitations.invite(by=staff_member(request), at=at, **form.cleaned_data)
        except RefusedError as error:
            form.add_error("email", str(error))
        else:
            return _deliver(request, invitation, link, at)
    page = _InvitePage(form, sends_mail())
    return render_page(request, "staff/people/invite.html", page, status=422 if form.is_bound else 200)


def _deliver(request: HttpRequest, invitation: Invitation, link: str, at: datetime) -> HttpResponse:
    """Mail the link; where that does not work, show it once, to be handed over."""
    if invitations.mail(invitation, link, at=at):
        report_done(request, _("The invitation was sent to %(email)s.") % {"email": invitation.email})
    else:
        request.session["invitation_link"] = link
        text = _("%(email)s is invited. The link was not sent by mail: hand it over yourself.")
        messages.warning(request, text % {"email": invitation.email})
    return redirect("people")


@require_POST
def sending(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it again, with a new link that is valid for another seven days."""
    invitation = get_object_or_404(Invitation, pk=pk)
    raise_if_reauthentication_required(request, app="allauth.account")
    at = timezone.now()
    try:
        link = invitations.renew(invitation, by=staff_member(request), at=at)
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("people")
    return _deliver(request, invitation, link, at)


@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    raise_if_reauthentication_required(request, app="allauth.account")
    try:
        invitations.withdraw(invitation, by=staff_member(request), at=timezone.now())
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        report_done(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("people")


@login_not_required
@sensitive_post_parameters("password")
@accepts_form
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the invited person for name and password, and sign them in. 410 where the link does not work."""
    at = timezone.now()
    found = invitations.find_invitation(token, at=at)
    if found is None:
        return _answer(request, None, None, status=410)
    if request.user.is_authenticated:
        return _answer(request, found, None)
    name = found.user.name if found.user else ""
    form = NewcomerForm(posted(request), initial={"name": name}, email=found.email)
    if form.is_valid():
        try:
            user = invitations.accept(token, at=at, **form.cleaned_data)
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            login(request, user, backend=_BACKEND)
            messages.success(request, _("Welcome, %(name)s.") % {"name": user})
            return redirect("focus")
    return _answer(request, found, form, status=422 if form.is_bound else 200)


def _answer(
    request: HttpRequest, found: Invitation | None, form: NewcomerForm | None, *, status: int = 200
) -> HttpResponse:
    page = _AcceptPage(Firm.current(), found, form, str(found.get_role_display()) if found else "")
    return render_page(request, "staff/people/invitation.html", page, status=status)
