"""A field for a customer's name, with suggestions."""

from typing import Any

from django import forms
from django.urls import reverse


class _NameInput(forms.TextInput):
    """A name with suggestions from the server: a list of all customers would be too long."""

    template_name = "desk/search/name_input.html"

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = context["widget"]["attrs"]
        suggestions = f"{given['id']}-list"
        given |= {
            "list": suggestions,
            "autocomplete": "off",
            "dir": "auto",
            "hx-get": reverse("names"),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#{suggestions}",
            "hx-select": "unset",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        return context


class CustomerNameField(forms.CharField):
    """Another customer, chosen by name."""

    widget = _NameInput

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, max_length=300, **kwargs)
