from collections.abc import Mapping
from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.desk.timeline.forms import day_field

_USUAL = timedelta(weeks=4)
_FIRST_YEAR = 1900


class ScoreForm(forms.Form):
    """The day of the scores, and the day they are compared with. By default today, and 4 weeks before."""

    since = day_field(_("Since the evening of"))
    as_of = day_field(_("Until the evening of"))

    def __init__(self, given: Mapping[str, str], *, today: date) -> None:
        """`today`: in the firm's time zone, as the days of the scores."""
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
        if as_of.year < _FIRST_YEAR:
            raise forms.ValidationError(_("Nothing was recorded so long ago: choose a later day."))
        return as_of

    def clean(self) -> None:
        since, as_of = self.cleaned_data.get("since"), self.cleaned_data.get("as_of")
        if since and as_of and since >= as_of:
            self.add_error("since", _("Choose a day before the other one."))
        if since and since.year < _FIRST_YEAR:
            self.add_error("since", _("Nothing was recorded so long ago: choose a later day."))

    @property
    def days(self) -> tuple[date, date]:
        """Both days, the earlier first; the default ones where the form has errors."""
        as_of = self.cleaned_data["as_of"] if self.is_valid() else self.today
        since = self.cleaned_data["since"] if self.is_valid() else None
        return since or as_of - _USUAL, as_of
