from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interactions.actions.promises import NotPossibleError, keep_promise, release_promise, renegotiate_promise
from partnership.desk.finding import posted, promise_or_404, staff_member
from partnership.desk.forms.promise import RenegotiationForm


def close(request: HttpRequest, pk: int, verb: Callable[..., object], said: str) -> HttpResponse:
    promise = promise_or_404(request, pk)
    try:
        verb(promise, at=timezone.now(), by=staff_member(request))
    except NotPossibleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect(promise.customer)


@require_POST
def keeping(request: HttpRequest, pk: int) -> HttpResponse:
    return close(request, pk, keep_promise, _("The promise is kept."))


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        promise = promise_or_404(request, pk)
        context = {
            "question": _("Release this promise?"),
            "effect": _("It will count as neither kept nor missed."),
            "text": promise.what,
            "action": _("Release it"),
            "url": request.path,
            "back": promise.customer.get_absolute_url(),
        }
        return render(request, "confirm.html", context)
    return close(request, pk, release_promise, _("The promise is released: neither kept nor missed."))


@require_http_methods(["GET", "HEAD", "POST"])
def renegotiation(request: HttpRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request, pk)
    form = RenegotiationForm(posted(request))
    if form.is_valid():
        return close(
            request,
            pk,
            lambda promise, **how: renegotiate_promise(promise, due_on=form.cleaned_data["due_on"], **how),
            _("A new day is agreed on."),
        )
    context = {
        "title": _("Agree on a new day"),
        "text": promise.what,
        "form": form,
        "action": _("Agree"),
        "back": promise.customer.get_absolute_url(),
    }
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)
