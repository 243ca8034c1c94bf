"""A text field with suggestions from the server: a list of all that could be meant would be too long."""

from typing import Any

from django import forms
from django.urls import reverse


class SuggestingInput(forms.TextInput):
    """`url_name`: the page that offers options for what is typed into the field, which it gets by the field's name."""

    template_name = "desk/web/suggesting_input.html"

    def __init__(self, url_name: str) -> None:
        super().__init__({"autocomplete": "off", "dir": "auto"})
        self.url_name = url_name

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = context["widget"]["attrs"]
        suggestions = f"{given['id']}-list"
        given |= {
            "list": suggestions,
            "hx-get": reverse(self.url_name),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#{suggestions}",
            "hx-select": "unset",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        return context


class CustomerNameField(forms.CharField):
    """Another customer, chosen by name."""

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, max_length=300, widget=SuggestingInput("names"), **kwargs)
