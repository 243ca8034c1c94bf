"""Fields of a customer's record that are chosen from standard lists, and its tags."""

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.tags import join_tags, split_tags
from partnership.desk.web.suggestions import SuggestingInput
from partnership.staff.forms import ZONES

_LONGEST_TAG = 60


class TagsField(forms.CharField):
    """Tags with commas between; cleans to a list."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Tags"),
            required=False,
            widget=SuggestingInput("tag_suggestions"),
            help_text=_("Several with commas between. Put a tag that has a comma itself in double quotes."),
        )

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else join_tags(value or [])

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, list) else split_tags(super().to_python(value) or "")

    def validate(self, value: Any) -> None:
        if any(len(tag) > _LONGEST_TAG for tag in value):
            raise ValidationError(_("A tag has at most 60 characters."))

    def run_validators(self, value: Any) -> None:
        """Text's own do not apply to a list."""


class LanguageField(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__(label=_("Language"), required=False)

    def offer(self, present: str) -> None:
        """Offer the languages that Django knows by name, and the one that the customer has."""
        codes = {code for code, known in LANG_INFO.items() if "name" in known} | {present} - {""}
        named = [(code, Customer(language=code).language_name) for code in codes]
        self.choices = [("", gettext("not known")), *sorted(named, key=lambda choice: choice[1].casefold())]


class _ZoneInput(forms.TextInput):
    template_name = "desk/customer/zone_input.html"

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs']['id']}-list"
        return {**context, "zones": ZONES}


class ZoneField(forms.CharField):
    """A time zone by its name, or by its city alone. `present`: one that the customer has, known or not."""

    widget = _ZoneInput
    present = ""

    def __init__(self) -> None:
        super().__init__(
            label=_("Time zone"),
            required=False,
            max_length=64,
            help_text=_("Type a city, such as Berlin, and choose from the list."),
        )

    def clean(self, value: Any) -> str:
        given: str = super().clean(value)
        if given in ("", self.present, "UTC"):
            return given
        typed = given.casefold().replace(" ", "_")
        found = [zone for zone in ZONES if typed in (zone.casefold(), zone.rpartition("/")[2].casefold())]
        if not found:
            raise ValidationError(_("There is no such time zone: choose one from the list, such as Europe/Berlin."))
        return found[0]
