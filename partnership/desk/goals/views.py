from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.lookups import customer_or_404
from customers.models import Goal
from interactions.actions.goals import achieve_goal, check_in, correct_goal, drop_goal, reopen_goal, set_goal
from interactions.errors import ActionRefused
from partnership.core.requests import held, posted
from partnership.desk.customer.fragments import Opening, ask, done, refused
from partnership.desk.goals.forms import CheckInForm, GoalCorrectionForm, GoalForm
from partnership.desk.web.lookups import goal_or_404
from partnership.staff.access import staff_member

asks = require_http_methods(["GET", "HEAD", "POST"])


@asks
def add(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    form = GoalForm(posted(request))
    if form.is_valid():
        given = dict(form.cleaned_data)
        ref = given.pop("ref")
        set_goal(customer=customer, at=timezone.now(), by=staff_member(request), external_id=ref, **given)
        return done(request, "goals", customer, _("The goal is set."))
    wants = _("What %(name)s wants to reach, in their words.") % {"name": customer.display_name}
    opening = Opening(request.path, _("Set a goal"), _("Set the goal"), text=wants, form=form)
    return ask(request, "goals", customer, opening)


@asks
@transaction.atomic
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    goal = goal_or_404(request, pk)
    form = GoalCorrectionForm(posted(request), instance=held(request, goal))
    if form.is_valid():
        correct_goal(form.instance, by=staff_member(request), **form.cleaned_data)
        return done(request, "goals", goal.customer, _("The goal is corrected."))
    opening = Opening(request.path, _("Correct the goal"), _("Save"), form=form, at=pk)
    return ask(request, "goals", goal.customer, opening)


@asks
def check_ins(request: HttpRequest, pk: int) -> HttpResponse:
    goal = goal_or_404(request, pk)
    form = CheckInForm(posted(request))
    if form.is_valid():
        given = dict(form.cleaned_data)
        ref = given.pop("ref")
        check_in(goal=goal, at=timezone.now(), by=staff_member(request), external_id=ref, **given)
        return done(request, "goals", goal.customer, _("The progress is noted."))
    opening = Opening(
        request.path, _("How far is it?"), _("Note the progress"), text=goal.title, form=form, at=pk
    )  # fmt: skip
    return ask(request, "goals", goal.customer, opening)


def change(request: HttpRequest, goal: Goal, verb: Callable[..., None], said: str) -> HttpResponse:
    try:
        verb(goal, at=timezone.now(), by=staff_member(request))
    except ActionRefused as error:
        return refused(request, "goals", goal.customer, str(error))
    return done(request, "goals", goal.customer, said)


@require_POST
def achievement(request: HttpRequest, pk: int) -> HttpResponse:
    return change(request, goal_or_404(request, pk), achieve_goal, _("The goal is reached. Congratulate them."))


@require_POST
def reopening(request: HttpRequest, pk: int) -> HttpResponse:
    return change(request, goal_or_404(request, pk), reopen_goal, _("The goal is pursued again."))


@asks
def dropping(request: HttpRequest, pk: int) -> HttpResponse:
    goal = goal_or_404(request, pk)
    if request.method == "POST":
        return change(request, goal, drop_goal, _("The goal is dropped."))
    opening = Opening(request.path, _("Drop this goal?"), _("Drop it"), text=goal.title, at=pk)
    return ask(request, "goals", goal.customer, opening)
