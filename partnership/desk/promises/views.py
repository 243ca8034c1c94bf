from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.lookups import customer_or_404
from customers.models import Commitment
from interactions.actions.promises import (
    correct_promise,
    keep_promise,
    make_promise,
    release_promise,
    renegotiate_promise,
)
from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, posted
from partnership.desk.promises.forms import PromiseCorrectionForm, PromiseForm, RenegotiationForm
from partnership.desk.promises.section import PROMISES
from partnership.desk.web.lookups import promise_or_404
from partnership.desk.web.page_parts import Opening
from partnership.staff.access import staff_member


@accepts_form
def add(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    form = PromiseForm(posted(request), customer=customer)
    if form.is_valid():
        given = dict(form.cleaned_data)
        ref = given.pop("ref")
        make_promise(customer=customer, made_at=timezone.now(), by=staff_member(request), external_id=ref, **given)
        return PROMISES.confirm(request, customer, _("The promise is recorded."))
    opening = Opening(request.path, _("Record a promise"), _("Record promise"), form=form)
    return PROMISES.ask(request, customer, opening)


def _change(request: HtmxHttpRequest, promise: Commitment, verb: Callable[..., object], message: str) -> HttpResponse:
    try:
        verb(promise, at=timezone.now(), by=staff_member(request))
    except ActionRefused as error:
        return PROMISES.refuse(request, promise.customer, str(error))
    return PROMISES.confirm(request, promise.customer, message)


@require_POST
def keeping(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return _change(request, promise_or_404(request, pk), keep_promise, _("The promise is marked as kept."))


@accepts_form
def release(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request, pk)
    if request.method == "POST":
        return _change(request, promise, release_promise, _("The promise is released: neither kept nor missed."))
    text = _("%(what)s. It will count as neither kept nor missed.") % {"what": promise.what}
    opening = Opening(request.path, _("Release this promise?"), _("Release promise"), text=text, at=pk)
    return PROMISES.ask(request, promise.customer, opening)


@accepts_form
def renegotiation(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request, pk)
    form = RenegotiationForm(posted(request))
    if form.is_valid():
        verb = partial(renegotiate_promise, due_on=form.cleaned_data["due_on"], external_id=form.cleaned_data["ref"])
        return _change(request, promise, verb, _("A new date is agreed on."))
    opening = Opening(request.path, _("Agree on a new date"), _("Agree on date"), text=promise.what, form=form, at=pk)
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
