"""Forms on one entry of the timeline."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.actions.entries import MARKS
from interactions.change_history.edit_conflicts import EditConflictForm
from interactions.models import Channel, Interaction, Kind
from interactions.models.kinds import SALES, VALUE_GIVEN
from partnership.core.forms import MomentInput, NumberField, WholeNumberField, validate_past_moment
from partnership.staff.models import CURRENCY

_MONEY_KINDS = frozenset({*VALUE_GIVEN, *SALES, Kind.PAYMENT, Kind.LATE_PAYMENT, Kind.CANCELLATION})


class EntryForm(EditConflictForm, forms.Form):
    """Correct an entry; `changes` holds the fields that differ."""

    subject = forms.CharField(
        label=_("Subject"), max_length=998, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    body = forms.CharField(
        label=_("Text"), max_length=1_000_000, required=False, widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"})
    )
    minutes = WholeNumberField(label=_("Minutes it took"), required=False, min_value=0, max_value=10_000)
    amount = NumberField(label=_("Amount"), required=False, max_digits=14, decimal_places=2)
    currency = forms.CharField(
        label=_("Currency"),
        required=False,
        max_length=3,
        validators=[RegexValidator(CURRENCY, _("Write three capital letters, such as EUR."))],
    )
    occurred_at = forms.DateTimeField(label=_("When"), widget=MomentInput())

    def __init__(self, given: QueryDict | None, *, entry: Interaction) -> None:
        self.entry = entry
        self.was = {name: getattr(entry, name) for name in self.base_fields} | {
            "body": _normalise_text(entry.body),
            "occurred_at": timezone.localtime(entry.occurred_at).replace(second=0, microsecond=0),
        }
        super().__init__(given, initial=self.was)
        for name in self._unused_fields():
            del self.fields[name]
        self.detect_conflicts(entry)

    def _unused_fields(self) -> set[str]:
        entry, names = self.entry, set()
        if entry.amount is None and entry.kind not in _MONEY_KINDS:
            names |= {"amount", "currency"}
        if not entry.subject and entry.channel != Channel.EMAIL:
            names |= {"subject"}
        return names

    def clean_body(self) -> str:
        return _normalise_text(self.cleaned_data["body"])

    def clean_occurred_at(self) -> datetime:
        moment: datetime = self.cleaned_data["occurred_at"]
        if moment != self.was["occurred_at"]:
            validate_past_moment(moment)
        return moment

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("amount") is not None and not given.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("An amount needs a currency, such as EUR."))
        return given

    @property
    def changes(self) -> dict[str, object]:
        return {name: value for name, value in self.cleaned_data.items() if value != self.was[name]}


def _normalise_text(text: str) -> str:
    """Strip blanks, as forms do, and end lines with a line feed: browsers send two characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


class DeletionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=500, help_text=_("It stays on the timeline in place of the entry, with your name.")
    )


class KindForm(forms.Form):
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in sorted(MARKS)])


class PinForm(forms.Form):
    pinned = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda given: given == "1")
