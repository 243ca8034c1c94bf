from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.lookups import customer_or_404
from customers.models import Commitment
from interactions.actions.promises import (
    correct_promise,
    keep_promise,
    make_promise,
    release_promise,
    renegotiate_promise,
    reopen_promise,
    undo_renegotiation,
    withdraw_promise,
)
from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, posted, render_page
from partnership.desk.promises.forms import PromiseCorrectionForm, PromiseForm, RenegotiationForm
from partnership.desk.promises.section import PROMISES, my_promises_page
from partnership.desk.web.lookups import promise_or_404
from partnership.desk.web.page_parts import Opening
from partnership.staff.access import staff_member


@require_safe
def my_promises(request: HtmxHttpRequest) -> HttpResponse:
    return render_page(request, "desk/promises/my_promises.html", my_promises_page(staff_member(request)))


@accepts_form
def add(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    form = PromiseForm(posted(request), customer=customer)
    if form.is_valid():
        given = dict(form.cleaned_data)
        ref = given.pop("ref")
        made = make_promise(
            customer=customer, made_at=timezone.now(), by=staff_member(request), external_id=ref, **given
        )
        undo = reverse("promise_withdrawal", args=[made.pk])
        return PROMISES.confirm(request, customer, _("The promise is recorded."), undo=undo)
    opening = Opening(request.path, _("Record a promise"), _("Record promise"), form=form)
    return PROMISES.ask(request, customer, opening)


def _change(
    request: HtmxHttpRequest, promise: Commitment, verb: Callable[..., object], message: str, *, undo: str = ""
) -> HttpResponse:
    try:
        verb(promise, at=timezone.now(), by=staff_member(request))
    except ActionRefused as error:
        return PROMISES.refuse(request, promise.customer, str(error))
    return PROMISES.confirm(request, promise.customer, message, undo=undo, back=_way_back(request))


def _way_back(request: HtmxHttpRequest) -> str:
    """Return the list of promises if the form was opened there, else nothing: the customer's page."""
    return reverse("my_promises") if request.GET.get("back") == "list" else ""


@require_POST
def keeping(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    undo = reverse("promise_reopening", args=[pk])
    return _change(request, promise_or_404(request, pk), keep_promise, _("The promise is marked as kept."), undo=undo)


@require_POST
def reopening(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return _change(request, promise_or_404(request, pk), reopen_promise, _("Undone. The promise is as it was before."))


@require_POST
def withdrawal(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Take back that it was recorded."""
    return _change(request, promise_or_404(request, pk), withdraw_promise, _("Undone."))


@require_POST
def renegotiation_undo(request: HtmxHttpRequest, pk: int, new_pk: int) -> HttpResponse:
    verb = partial(undo_renegotiation, new=promise_or_404(request, new_pk))
    return _change(request, promise_or_404(request, pk), verb, _("The earlier date holds again."))


@accepts_form
def release(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request, pk)
    was_missed = promise.is_owed(timezone.localdate())
    if request.method == "POST":
        message = (
            _("The promise is released. The miss still counts.")
            if was_missed
            else _("The promise is released: neither kept nor missed.")
        )
        return _change(request, promise, release_promise, message, undo=reverse("promise_reopening", args=[pk]))
    text = (
        _("%(what)s. It will no longer count as owed, but the miss still counts.")
        if was_missed
        else _("%(what)s. It will count as neither kept nor missed.")
    ) % {"what": promise.what}
    opening = Opening(request.path, _("Release this promise?"), _("Release promise"), text=text, at=pk)
    return PROMISES.ask(request, promise.customer, opening)


@accepts_form
def renegotiation(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request, pk)
    form = RenegotiationForm(posted(request))
    if form.is_valid():
        due_on, ref = form.cleaned_data["due_on"], form.cleaned_data["ref"]
        try:
            new = renegotiate_promise(
                promise, due_on=due_on, external_id=ref, at=timezone.now(), by=staff_member(request)
            )
        except ActionRefused as error:
            return PROMISES.refuse(request, promise.customer, str(error))
        undo = reverse("promise_renegotiation_undo", args=[pk, new.pk])
        message = _("A new date is agreed on.")
        return PROMISES.confirm(request, promise.customer, message, undo=undo, back=_way_back(request))
    opening = Opening(
        request.path, _("Agree on a new date"), _("Agree on date"), text=promise.what, form=form, at=pk,
        back=_way_back(request),
    )  # fmt: skip
    return PROMISES.ask(request, promise.customer, opening)


@accepts_form
@transaction.atomic
def correction(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request, pk)
    form = PromiseCorrectionForm(posted(request), instance=held(request, promise))
    if form.is_valid():
        correct_promise(form.instance, by=staff_member(request), **form.cleaned_data)
        return PROMISES.confirm(request, promise.customer, _("The promise is corrected."))
    opening = Opening(request.path, _("Correct the promise"), _("Save"), form=form, at=pk)
    return PROMISES.ask(request, promise.customer, opening)
