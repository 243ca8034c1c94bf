"""Forms that define a custom field. A choice keeps its value when its label is edited, and is retired, not deleted."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, CustomField
from customers.models.custom_field import StoredOption

_WITH_OPTIONS = (CustomField.Type.CHOICE, CustomField.Type.CHOICES)
_MOST_OPTIONS, _LONGEST_OPTION = 100, 60


@dataclass(frozen=True)
class OptionRow:
    """The inputs of a choice that there is."""

    value: str
    label: forms.BoundField
    retired: forms.BoundField


class FieldForm(forms.ModelForm):
    new_options = forms.CharField(
        label=_("New choices"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("One on each line. Only for fields with choices."),
    )

    class Meta:
        model = CustomField
        fields = ["label", "type", "applies_to", "is_required", "help_text", "unit", "position"]
        labels = {"is_required": _("Must be filled in"), "position": _("Place in the list")}
        help_texts = {
            "unit": _("Only for numbers, such as km or people."),
            "is_required": _("Asked for when a customer is added or edited. Imports may leave it out."),
            "position": _("Fields with lower numbers come first."),
        }

    field_order = ["label", "key", "type", "new_options", "unit", "applies_to", "is_required", "help_text", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = list(self.instance.options)
        for number, option in enumerate(self.present):
            self.fields[f"option-{number}"] = forms.CharField(
                label=gettext("Choice “%(value)s”") % {"value": option["label"]},
                max_length=_LONGEST_OPTION,
                initial=option["label"],
                widget=forms.TextInput(attrs={"dir": "auto"}),
            )
            self.fields[f"option-{number}-retired"] = forms.BooleanField(
                label=gettext("no longer offered"), required=False, initial=bool(option.get("retired"))
            )
        if self.instance.pk and self._has_values():
            self.fields["type"].disabled = True
            self.fields["type"].help_text = _("Customers have values already. For another type, define a new field.")

    def _has_values(self) -> bool:
        return Customer.objects.filter(attributes__has_key=self.instance.key).exists()

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith("option-")]

    @property
    def option_rows(self) -> list[OptionRow]:
        return [
            OptionRow(option["value"], self[f"option-{number}"], self[f"option-{number}-retired"])
            for number, option in enumerate(self.present)
        ]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        has_options = given.get("type") in _WITH_OPTIONS
        try:
            self.instance.options = self._read_options(given) if has_options else self.instance.options
        except ValidationError as wrong:
            self.add_error("new_options", wrong)
        else:
            if has_options and not self.instance.options:
                self.add_error("new_options", _("Enter at least one choice."))
        if given.get("unit") and given.get("type") != CustomField.Type.NUMBER:
            self.add_error("unit", _("Only a number has a unit: clear it, or choose the type “number”."))
        return given

    def _read_options(self, given: dict[str, Any]) -> list[StoredOption]:
        options: list[StoredOption] = []
        for number, option in enumerate(self.present):
            kept: StoredOption = {"value": option["value"], "label": given.get(f"option-{number}") or option["label"]}
            if given.get(f"option-{number}-retired"):
                kept["retired"] = True
            options.append(kept)
        for line in filter(None, (line.strip() for line in (given.get("new_options") or "").splitlines())):
            if len(line) > _LONGEST_OPTION:
                raise ValidationError(_("A choice has at most %(most)s characters."), params={"most": _LONGEST_OPTION})
            options.append({"value": _free_value(line, options), "label": line})
        labels = [option["label"].casefold() for option in options]
        if len(labels) != len(set(labels)):
            raise ValidationError(_("Two choices have the same name: give each its own."))
        if len(options) > _MOST_OPTIONS:
            raise ValidationError(_("A field has at most %(most)s choices."), params={"most": _MOST_OPTIONS})
        return options


def _free_value(label: str, options: list[StoredOption]) -> str:
    """Return the value of a new choice: its label, unless another choice has that value since its label was edited."""
    taken = {option["value"].casefold() for option in options}
    value, number = label, 1
    while value.casefold() in taken:
        number += 1
        value = f"{label} {number}"
    return value


class NewFieldForm(FieldForm):
    class Meta(FieldForm.Meta):
        fields = [*FieldForm.Meta.fields, "key"]
        help_texts = {
            **FieldForm.Meta.help_texts,
            "key": _(
                "What imports and exports call it. Left empty, it is made of the name. It can't be changed later."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].required = False
        if not self.is_bound:
            last = CustomField.objects.aggregate(last=Max("position"))["last"]
            self.initial["position"] = 0 if last is None else last + 1

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"] or self._key_of_label()
        if not key:
            raise ValidationError(_("Enter a key, such as contract_number."))
        if CustomField.objects.filter(key=key).exists():
            raise ValidationError(self.duplicate_error())
        return key

    def _key_of_label(self) -> str:
        return slugify(self.cleaned_data.get("label", "")).replace("-", "_")[:60]

    def duplicate_error(self) -> str:
        return gettext("Another field has this key, perhaps an archived one: choose another.")
