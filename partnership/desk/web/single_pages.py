"""Pages of one thing: a form, or a question before what is not easily undone."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse

from partnership.core.requests import render_page


@dataclass(frozen=True)
class FormPage:
    """`action` labels the button, `back` is the URL of Cancel."""

    title: str
    form: forms.BaseForm
    action: str
    back: str
    text: str = ""

    def render(self, request: HttpRequest) -> HttpResponse:
        """Show the form; 422 once it was sent."""
        return render_page(request, "desk/web/form.html", self, status=422 if self.form.is_bound else 200)


@dataclass(frozen=True)
class QuestionPage:
    """`text` names what it is about, `effect` says what will happen; the button POSTs to `url`."""

    question: str
    text: str
    effect: str
    action: str
    url: str
    back: str

    def render(self, request: HttpRequest) -> HttpResponse:
        return render_page(request, "confirm.html", self)
