from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interactions.actions.goals import achieve_goal, check_in, drop_goal, set_goal
from interactions.actions.promises import NotPossibleError
from partnership.desk.finding import customer_or_404, goal_or_404, posted, staff_member
from partnership.desk.forms.goal import CheckInForm, GoalForm


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    form = GoalForm(posted(request))
    if form.is_valid():
        set_goal(customer=customer, at=timezone.now(), by=staff_member(request), **form.cleaned_data)
        messages.success(request, _("The goal is set."))
        return redirect(customer)
    context = {
        "title": _("Set a goal"),
        "text": _("What %(name)s wants to reach, in their words.") % {"name": customer.called},
        "form": form,
        "action": _("Set the goal"),
        "back": customer.get_absolute_url(),
    }
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def check_ins(request: HttpRequest, pk: int) -> HttpResponse:
    goal = goal_or_404(request, pk)
    form = CheckInForm(posted(request))
    if form.is_valid():
        check_in(goal=goal, at=timezone.now(), by=staff_member(request), **form.cleaned_data)
        messages.success(request, _("The progress is noted."))
        return redirect(goal.customer)
    context = {
        "title": _("How far is it?"),
        "text": goal.title,
        "form": form,
        "action": _("Note the progress"),
        "back": goal.customer.get_absolute_url(),
    }
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


def close(request: HttpRequest, pk: int, verb: Callable[..., None], said: str) -> HttpResponse:
    goal = goal_or_404(request, pk)
    try:
        verb(goal, at=timezone.now(), by=staff_member(request))
    except NotPossibleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect(goal.customer)


@require_POST
def achievement(request: HttpRequest, pk: int) -> HttpResponse:
    return close(request, pk, achieve_goal, _("The goal is reached. Congratulate them."))


@require_http_methods(["GET", "HEAD", "POST"])
def dropping(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        goal = goal_or_404(request, pk)
        context = {
            "question": _("Drop this goal?"),
            "text": goal.title,
            "action": _("Drop it"),
            "url": request.path,
            "back": goal.customer.get_absolute_url(),
        }
        return render(request, "confirm.html", context)
    return close(request, pk, drop_goal, _("The goal is dropped."))
