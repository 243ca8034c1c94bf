from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

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
from partnership.core.requests import held, posted
from partnership.desk.customer.fragments import Opening, ask, done, refused
from partnership.desk.promises.forms import PromiseCorrectionForm, PromiseForm, RenegotiationForm
from partnership.desk.web.lookups import promise_or_404
from partnership.staff.access import staff_member

asks = require_http_methods(["GET", "HEAD", "POST"])


@asks
def add(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    form = PromiseForm(posted(request), customer=customer)
    if form.is_valid():
        given = dict(form.cleaned_data)
        ref = given.pop("ref")
        make_promise(customer=customer, made_at=timezone.now(), by=staff_member(request), external_id=ref, **given)
        return done(request, "promises", customer, _("The promise is made."))
    opening = Opening(request.path, _("Make a promise"), _("Make the promise"), form=form)
    return ask(request, "promises", customer, opening)


def change(request: HttpRequest, promise: Commitment, verb: Callable[..., object], said: str) -> HttpResponse:
    try:
        verb(promise, at=timezone.now(), by=staff_member(request))
    except ActionRefused as error:
        return refused(request, "promises", promise.customer, str(error))
    return done(request, "promises", promise.customer, said)


@require_POST
def keeping(request: HttpRequest, pk: int) -> HttpResponse:
    return change(request, promise_or_404(request, pk), keep_promise, _("The promise is kept."))


@asks
def release(request: HttpRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request, pk)
    if request.method == "POST":
        return change(request, promise, release_promise, _("The promise is released: neither kept nor missed."))
    text = _("%(what)s. It will count as neither kept nor missed.") % {"what": promise.what}
    opening = Opening(request.path, _("Release this promise?"), _("Release it"), text=text, at=pk)
    return ask(request, "promises", promise.customer, opening)


@asks
def renegotiation(request: HttpRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request, pk)
    form = RenegotiationForm(posted(request))
    if form.is_valid():
        verb = partial(renegotiate_promise, due_on=form.cleaned_data["due_on"], external_id=form.cleaned_data["ref"])
        return change(request, promise, verb, _("A new day is agreed on."))
    opening = Opening(request.path, _("Agree on a new day"), _("Agree"), text=promise.what, form=form, at=pk)
    return ask(request, "promises", promise.customer, opening)


@asks
@transaction.atomic
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request, pk)
    form = PromiseCorrectionForm(posted(request), instance=held(request, promise))
    if form.is_valid():
        correct_promise(form.instance, by=staff_member(request), **form.cleaned_data)
        return done(request, "promises", promise.customer, _("The promise is corrected."))
    opening = Opening(request.path, _("Correct the promise"), _("Save"), form=form, at=pk)
    return ask(request, "promises", promise.customer, opening)
