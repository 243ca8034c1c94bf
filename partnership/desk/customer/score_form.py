from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.desk.timeline.forms import day_field

A_MONTH = timedelta(days=30)

FIRST_YEAR = 1900


class WhyForm(forms.Form):
    """Which day the scores are of, and since when they are compared. What the URL leaves out is today, and 30 days."""

    since = day_field(_("Since the evening of"))
    as_of = day_field(_("Until the evening of"))

    def __init__(self, given: Mapping[str, Any], *, today: date) -> None:
        """`today` in the firm's time zone, whose days the scores are of."""
        self.today = today
        chosen = {"as_of": given.get("as_of") or today.isoformat(), "since": given.get("since") or ""}
        super().__init__(chosen, auto_id="why-%s", use_required_attribute=False)
        for field in self.fields.values():
            field.widget.attrs["max"] = today.isoformat()
            field.error_messages["invalid"] = _("This is not a day: write it as 2026-03-31.")

    def clean_as_of(self) -> date:
        as_of: date = self.cleaned_data["as_of"]
        if as_of > self.today:
            raise forms.ValidationError(_("This day is still to come: choose today or an earlier one."))
        if as_of.year < FIRST_YEAR:
            raise forms.ValidationError(_("Nothing was recorded so long ago: choose a later day."))
        return as_of

    def clean(self) -> None:
        since, as_of = self.cleaned_data.get("since"), self.cleaned_data.get("as_of")
        if since and as_of and since >= as_of:
            self.add_error("since", _("Choose a day before the other one."))
        if since and since.year < FIRST_YEAR:
            self.add_error("since", _("Nothing was recorded so long ago: choose a later day."))

    @property
    def days(self) -> tuple[date, date]:
        """Since when, and as of when; where something is wrong, as if nothing had been asked."""
        as_of = self.cleaned_data["as_of"] if self.is_valid() else self.today
        since = self.cleaned_data["since"] if self.is_valid() else None
        return since or as_of - A_MONTH, as_of
