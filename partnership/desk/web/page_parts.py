"""Parts of a customer's page that are shown and changed by themselves.

htmx swaps one part, so that nothing else on the page, least of all a half-written text, is touched. Without JavaScript
the forms are pages of their own, and lead back to the customer's page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from customers.models import Customer
from partnership.core.requests import HtmxHttpRequest, next_page, report_done, stay, with_messages
from partnership.desk.web.single_pages import FormPage, QuestionPage


@dataclass(frozen=True)
class Opening:
    """A form, or with none a question before what cannot be undone. `at`: the key of the row it belongs to.

    `back`: where Cancel leads on a page of its own, else to the customer; `tone`: that of the question's button.
    """

    url: str
    title: str
    action: str
    text: str = ""
    form: forms.BaseForm | None = None
    at: int | None = None
    back: str = ""
    tone: str = "danger"

    @property
    def begins_in_form(self) -> bool:
        """Whether a field takes the focus, not the title."""
        return self.form is not None and any("autofocus" in field.field.widget.attrs for field in self.form)


@dataclass(frozen=True)
class PagePart:
    """`read` returns what the template shows under the part's name, which is its id on the page as well."""

    name: str
    template: str
    read: Callable[[Customer], object]

    def ask(self, request: HtmxHttpRequest, customer: Customer, opening: Opening) -> HttpResponse:
        """Show the form or the question; 422 for a form that was sent with errors."""
        status = 422 if opening.form is not None and opening.form.is_bound else 200
        elsewhere = next_page(request)
        back = elsewhere or opening.back or customer.get_absolute_url()
        if request.htmx and not elsewhere:
            response = self._render(request, customer, status=status, opening=opening)
        elif opening.form is None:
            question = QuestionPage(
                opening.title, opening.text, effect="", action=opening.action, url=opening.url, back=back
            )
            response = question.render(request)
        else:
            page = FormPage(opening.title, opening.form, opening.action, back, opening.text)
            response = page.render(request)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def confirm(
        self, request: HtmxHttpRequest, customer: Customer, message: str, *, undo: str = "", back: str = ""
    ) -> HttpResponse:
        """Show the part as it is after a change, with a message; the page is told that something was recorded.

        The page that `next` names is shown instead, and a page without the part is shown again as a whole. `undo`: the
        URL whose POST takes the change back; `back`: where a form on a page of its own leads, else to the customer.
        """
        report_done(request, message, undo=undo)
        if elsewhere := next_page(request):
            return redirect(elsewhere)
        if not self._is_asked_for(request):
            return stay(request, fallback=back or customer.get_absolute_url())
        part = self._render(request, customer, said=message)
        return trigger_client_event(with_messages(request, part), "recorded")

    def refuse(self, request: HtmxHttpRequest, customer: Customer, reason: str) -> HttpResponse:
        """Show the part unchanged, with the reason."""
        if not self._is_asked_for(request):
            messages.error(request, reason)
            if elsewhere := next_page(request):
                return redirect(elsewhere)
            return stay(request, fallback=customer.get_absolute_url())
        return self._render(request, customer, status=422, refused=reason)

    def _is_asked_for(self, request: HtmxHttpRequest) -> bool:
        """Whether htmx puts the answer in the part's place; a message's *Undo* does not."""
        return bool(request.htmx) and request.htmx.target == self.name

    def _render(
        self, request: HtmxHttpRequest, customer: Customer, *, status: int = 200, **more: object
    ) -> HttpResponse:
        context = {"customer": customer, self.name: self.read(customer), **more}
        return render(request, self.template, context, status=status)
