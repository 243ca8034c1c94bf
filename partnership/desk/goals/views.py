from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.lookups import customer_or_404, visible_customers
from customers.models import CheckIn, Goal
from interactions.actions.goals import (
    achieve_goal,
    check_in,
    correct_goal,
    drop_goal,
    reopen_goal,
    set_goal,
    withdraw_check_in,
)
from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, posted
from partnership.desk.goals.forms import CheckInForm, GoalCorrectionForm, GoalForm
from partnership.desk.goals.section import GOALS
from partnership.desk.web.lookups import goal_or_404
from partnership.desk.web.page_parts import Opening
from partnership.staff.access import staff_member
from partnership.staff.audit import current_change


@accepts_form
def add(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    form = GoalForm(posted(request))
    if form.is_valid():
        given = dict(form.cleaned_data)
        ref = given.pop("ref")
        set_goal(customer=customer, at=timezone.now(), by=staff_member(request), external_id=ref, **given)
        return GOALS.confirm(request, customer, _("The goal is set."))
    wants = _("What %(name)s wants to achieve, in their words.") % {"name": customer.display_name}
    opening = Opening(request.path, _("Set a goal"), _("Set goal"), text=wants, form=form)
    return GOALS.ask(request, customer, opening)


@accepts_form
@transaction.atomic
def correction(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    goal = goal_or_404(request, pk)
    form = GoalCorrectionForm(posted(request), instance=held(request, goal))
    if form.is_valid():
        correct_goal(form.instance, by=staff_member(request), **form.cleaned_data)
        return GOALS.confirm(request, goal.customer, _("The goal is corrected."))
    opening = Opening(request.path, _("Correct the goal"), _("Save"), form=form, at=pk)
    return GOALS.ask(request, goal.customer, opening)


@accepts_form
def check_ins(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    goal = goal_or_404(request, pk)
    form = CheckInForm(posted(request))
    if form.is_valid():
        given = dict(form.cleaned_data)
        ref = given.pop("ref")
        reading = check_in(goal=goal, at=timezone.now(), by=staff_member(request), external_id=ref, **given)
        undo = reverse("check_in_withdrawal", args=[reading.pk, current_change()])
        return GOALS.confirm(request, goal.customer, _("The check-in is recorded."), undo=undo)
    opening = Opening(
        request.path, _("How far is it?"), _("Record check-in"), text=goal.title, form=form, at=pk
    )  # fmt: skip
    return GOALS.ask(request, goal.customer, opening)


@require_POST
def check_in_withdrawal(request: HtmxHttpRequest, pk: int, change: UUID) -> HttpResponse:
    """Take back that a reading was recorded."""
    goals = Goal.objects.filter(customer__in=visible_customers(request))
    reading = get_object_or_404(CheckIn.objects.select_related("goal__customer"), pk=pk, goal__in=goals)
    verb = partial(withdraw_check_in, reading, change=change)
    return _change(request, reading.goal, lambda _goal, **who: verb(**who), _("Undone."))


def _change(
    request: HtmxHttpRequest, goal: Goal, verb: Callable[..., None], message: str, *, undo: str = ""
) -> HttpResponse:
    try:
        verb(goal, at=timezone.now(), by=staff_member(request))
    except ActionRefused as error:
        return GOALS.refuse(request, goal.customer, str(error))
    return GOALS.confirm(request, goal.customer, message, undo=undo)


@accepts_form
def achievement(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Mark it as achieved; GET asks first, for a goal whose reading is below its target."""
    goal = goal_or_404(request, pk)
    if request.method == "POST":
        message = _("The goal is achieved. Congratulate them.")
        return _change(request, goal, achieve_goal, message, undo=reverse("goal_reopening", args=[pk]))
    title, text = _("Mark this goal as achieved?"), goal.title
    if goal.is_below_target and goal.current is not None and goal.target is not None:
        reading = {"current": f"{goal.current.normalize():f}", "target": f"{goal.target.normalize():f} {goal.unit}"}
        text = _("They are at %(current)s of %(target)s. Mark as achieved anyway?") % reading
    opening = Opening(request.path, title, _("Mark as achieved"), text=text, at=pk, tone="primary")
    return GOALS.ask(request, goal.customer, opening)


@require_POST
def reopening(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return _change(request, goal_or_404(request, pk), reopen_goal, _("The goal is active again."))


@accepts_form
def dropping(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    goal = goal_or_404(request, pk)
    if request.method == "POST":
        undo = reverse("goal_reopening", args=[pk])
        return _change(request, goal, drop_goal, _("The goal is dropped."), undo=undo)
    opening = Opening(request.path, _("Drop this goal?"), _("Drop goal"), text=goal.title, at=pk)
    return GOALS.ask(request, goal.customer, opening)
