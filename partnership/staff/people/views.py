"""Colleagues: the list, and one person with what an admin may do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from partnership.core.formats import format_number
from partnership.core.requests import HtmxHttpRequest, accepts_form, posted, render_page, report_done
from partnership.staff.access import staff_member
from partnership.staff.audit_log import reference
from partnership.staff.audit_log.lines import Line, build_line
from partnership.staff.models import AuditRecord, Firm, Invitation, User
from partnership.staff.people import actions
from partnership.staff.people.forms import DisablingForm, HandoverForm, PeopleFilterForm, RoleForm
from partnership.staff.people.listing import Person, describe, list_invitations, page_of_people, people_with_facts
from partnership.staff.people.open_work import OpenWork, list_open_work
from partnership.staff.people.rules import RefusedError

_LOG_LINES = 10


@dataclass(frozen=True)
class _PeoplePage:
    """`link`: that of an invitation that was not mailed, shown once; `next_page`: the URL of the next page, or None."""

    form: PeopleFilterForm
    people: list[Person]
    invitations: list[Invitation]
    now: datetime
    link: str
    next_page: str | None
    narrowed: int


@dataclass(frozen=True)
class _PersonPage:
    """`handover`: None where nothing is to be handed over; `is_self`: the admin's own page."""

    person: Person
    role_form: RoleForm
    work: list[OpenWork]
    handover: HandoverForm | None
    log: list[Line]
    log_url: str
    closing: AuditRecord | None
    is_self: bool


@dataclass(frozen=True)
class _DisablingPage:
    person: Person
    form: DisablingForm
    work: list[OpenWork]


@require_safe
@vary_on_headers("HX-Request")
def people(request: HtmxHttpRequest) -> HttpResponse:
    form = PeopleFilterForm(request.GET)
    is_valid = form.is_valid()
    after = request.GET.get("after", "")
    page = page_of_people(form, after=after) if is_valid else None
    chosen = form.chosen
    more = page and page.after and f"{reverse('people')}?{urlencode({**chosen, 'after': page.after})}"
    shown = _PeoplePage(
        form=form,
        people=page.rows if page else [],
        invitations=list_invitations(form) if is_valid and not after else [],
        now=timezone.now(),
        link=request.session.pop("invitation_link", ""),
        next_page=more or None,
        narrowed=len(chosen),
    )
    fragment = "#rows" if request.htmx and after else ""
    return render_page(request, f"staff/people/people.html{fragment}", shown, status=200 if is_valid else 422)


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _find(pk))


def _find(pk: int) -> User:
    return get_object_or_404(people_with_facts(), pk=pk)


def _find_guarded(request: HttpRequest, pk: int) -> User:
    """Find the colleague; the admin enters their own password again before anything changes."""
    found = _find(pk)
    raise_if_reauthentication_required(request, app="allauth.account")
    return found


def _show(
    request: HttpRequest,
    user: User,
    *,
    role_form: RoleForm | None = None,
    handover: HandoverForm | None = None,
) -> HttpResponse:
    work = list_open_work(user)
    lines = AuditRecord.objects.filter(about_ref=reference(user))
    page = _PersonPage(
        person=describe(user, Firm.current()),
        role_form=role_form or RoleForm(initial={"role": user.role, "department": user.department_id}),
        work=work,
        handover=(handover or HandoverForm(person=user)) if work else None,
        log=[build_line(line) for line in lines[:_LOG_LINES]],
        log_url=f"{reverse('audit_log')}?person={user.pk}",
        closing=None if user.is_active else lines.filter(kind=AuditRecord.Kind.DISABLED).first(),
        is_self=user.pk == staff_member(request).pk,
    )
    is_wrong = any(form.errors for form in (role_form, handover) if form)
    return render_page(request, "staff/people/person.html", page, status=422 if is_wrong else 200)


def _do(request: HttpRequest, user: User, act: Callable[[], object], done: str) -> HttpResponse:
    """Act and say so, or say why it was refused; either way on the colleague's page."""
    try:
        act()
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        report_done(request, done % {"name": user})
    return redirect("person", user.pk)


@require_POST
def role(request: HttpRequest, pk: int) -> HttpResponse:
    user = _find_guarded(request, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _show(request, user, role_form=form)
    by = staff_member(request)
    return _do(
        request,
        user,
        lambda: actions.change_role(user, by=by, **form.cleaned_data),
        _("Role and department of %(name)s are saved."),
    )


@accepts_form
def disabling(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what disabling does and what is open, ask for the reason; then disable, and hand the work over."""
    user = _find_guarded(request, pk)
    form = DisablingForm(posted(request), person=user)
    if not form.is_valid():
        page = _DisablingPage(describe(user, Firm.current()), form, list_open_work(user))
        return render_page(request, "staff/people/disabling.html", page, status=422 if form.is_bound else 200)
    by, given = staff_member(request), form.cleaned_data

    def disable() -> None:
        actions.disable(user, reason=given["reason"], by=by)
        if given["to"]:
            actions.hand_over_work(user, to=given["to"], by=by, at=timezone.now())

    return _do(request, user, disable, _("%(name)s is disabled and signed out everywhere."))


@require_POST
def enabling(request: HttpRequest, pk: int) -> HttpResponse:
    user, by = _find_guarded(request, pk), staff_member(request)
    return _do(request, user, lambda: actions.enable(user, by=by), _("%(name)s can sign in again."))


@require_POST
def sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    user, by = _find_guarded(request, pk), staff_member(request)
    done = _("%(name)s is signed out everywhere.")
    return _do(request, user, lambda: actions.sign_out_everywhere(user, by=by), done)


@require_POST
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    user = _find_guarded(request, pk)
    form = HandoverForm(request.POST, person=user)
    if not form.is_valid():
        return _show(request, user, handover=form)
    try:
        given = actions.hand_over_work(user, to=form.cleaned_data["to"], by=staff_member(request), at=timezone.now())
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%(number)s task was handed over.", "%(number)s tasks were handed over.", given)
        report_done(request, text % {"number": format_number(given)})
    return redirect("person", pk)
