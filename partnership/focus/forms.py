"""Forms on one item."""

from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.lookups import colleagues_for
from partnership.focus.actions import GONE
from partnership.focus.models import FocusItem
from partnership.staff.models import User
from partnership.staff.snoozing import SnoozeFields

_LATEST = timedelta(days=366)


class ItemForm(forms.Form):
    """A form that acts on the cause that was on the screen when it was opened; its first field has the focus."""

    cause = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, item: FocusItem, initial: dict[str, object]) -> None:
        super().__init__(data, initial=initial)
        self.item = item
        shown = (field for field in self.fields.values() if not field.widget.is_hidden)
        next(shown).widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, object]:
        if self.cleaned_data.get("cause") != self.item.cause:
            raise ValidationError(GONE)
        return self.cleaned_data

    def verb_arguments(self) -> dict[str, object]:
        raise NotImplementedError


class SnoozeForm(SnoozeFields, ItemForm):
    def clean_until(self) -> datetime | None:
        until = super().clean_until()
        if until and until > timezone.now() + _LATEST:
            raise ValidationError(_("Choose a moment within a year."))
        return until

    def verb_arguments(self) -> dict[str, object]:
        return {"until": self.moment(), "reason": self.cleaned_data["reason"]}


class DoneForm(ItemForm):
    outcome = forms.CharField(
        label=_("What came of it"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("The customer comes back to Focus only for a new reason."),
    )

    def __init__(self, data: QueryDict | None, *, item: FocusItem, initial: dict[str, object]) -> None:
        super().__init__(data, item=item, initial=initial)
        if self.item.reason == FocusItem.Reason.RECOVERY:
            field = self.fields["outcome"]
            field.label, field.required = _("How it ended"), True
            field.help_text = _(
                "This closes the recovery. When they forgive us in their own words, it closes by itself."
            )

    def verb_arguments(self) -> dict[str, object]:
        return {"outcome": self.cleaned_data["outcome"]}


class HandoverForm(ItemForm):
    """Offer the colleagues who can be given the item; refuse others by name."""

    to = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.all(), empty_label="—")

    def __init__(self, data: QueryDict | None, *, item: FocusItem, initial: dict[str, object]) -> None:
        super().__init__(data, item=item, initial=initial)
        offered = [(colleague.pk, str(colleague)) for colleague in colleagues_for(item.customer)]
        self.fields["to"].choices = [("", "—"), *offered]  # type: ignore[attr-defined]

    def verb_arguments(self) -> dict[str, object]:
        return {"to": self.cleaned_data["to"]}
