"""Parts of a customer's page that answer for themselves.

To htmx a part is drawn anew alone, so that nothing else on the page, least of all what is half written, is touched.
Without JavaScript its forms are pages of their own, and what is done leads back to the customer's page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from customers.models import Customer
from partnership.desk.customer.facts import reach_part
from partnership.desk.customer.page import goals_part, pin_of, promises_part

Context = dict[str, Any]


def standing_part(customer: Customer) -> Context:
    return {"customer": customer}


def pin_part(customer: Customer) -> Context:
    return {"customer": customer, "pin": pin_of(customer, timezone.localdate())}


PARTS: dict[str, Callable[[Customer], Context]] = {
    "goals": goals_part,
    "pin": pin_part,
    "promises": promises_part,
    "reach": reach_part,
    "standing": standing_part,
}
"""What each part shows."""

TEMPLATES = {
    "goals": "desk/goals/goals.html",
    "pin": "desk/tier_pins/pin.html",
    "promises": "desk/promises/promises.html",
    "reach": "desk/customer/reach.html",
    "standing": "desk/lifecycle/standing.html",
}


@dataclass(frozen=True)
class Opening:
    """What a part asks: a form, or with none a question before what can't be undone. `at`: the row it belongs to."""

    url: str
    title: str
    action: str
    text: str = ""
    form: forms.BaseForm | None = None
    at: int | None = None


def ask(request: HttpRequest, part: str, customer: Customer, opening: Opening) -> HttpResponse:
    status = 422 if opening.form is not None and opening.form.is_bound else 200
    if request.htmx:  # type: ignore[attr-defined]
        response = drawn(request, part, customer, status=status, opening=opening)
    elif opening.form is None:
        question = {"question": opening.title, "text": opening.text, "action": opening.action, "url": opening.url}
        response = render(request, "confirm.html", {**question, "back": customer.get_absolute_url()})
    else:
        page = {"title": opening.title, "text": opening.text, "action": opening.action, "form": opening.form}
        response = render(request, "desk/web/form.html", {**page, "back": customer.get_absolute_url()}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def done(request: HttpRequest, part: str, customer: Customer, said: str) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said)
        return redirect(customer)
    return trigger_client_event(drawn(request, part, customer, said=said), "recorded")


def refused(request: HttpRequest, part: str, customer: Customer, why: str) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        messages.error(request, why)
        return redirect(customer)
    return drawn(request, part, customer, status=422, refused=why)


def drawn(request: HttpRequest, part: str, customer: Customer, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {**PARTS[part](customer), "fresh": True, **more}
    return render(request, TEMPLATES[part], context, status=status)
