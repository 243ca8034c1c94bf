"""By when an answer is waited for."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnership.core.forms import MomentInput
from partnership.desk.reminders.moments import moment_choices, reminding_moment
from partnership.staff.models import Firm


class ReminderForm(forms.Form):
    days = forms.ChoiceField(label=_("When"), required=False, widget=forms.RadioSelect(attrs={"autofocus": True}))
    until = forms.DateTimeField(label=_("Or at this moment"), required=False, widget=MomentInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.firm = Firm.current()
        days = cast(forms.ChoiceField, self.fields["days"])
        days.choices = moment_choices(timezone.now(), firm=self.firm)
        days.initial = days.choices[min(1, len(days.choices) - 1)][0]

    def clean_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["until"]
        if until and until <= timezone.now():
            raise forms.ValidationError(_("That moment has passed: choose a later one."))
        return until

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not given.get("until") and not given.get("days"):
            self.add_error("days", _("Choose when to be reminded."))
        return given

    def moment(self) -> datetime:
        given = self.cleaned_data
        return given["until"] or reminding_moment(timezone.now(), int(given["days"]), firm=self.firm)
