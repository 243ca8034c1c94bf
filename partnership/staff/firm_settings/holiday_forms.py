from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnership.core.forms import DayInput
from partnership.staff.firm_settings.holiday_lists import countries_with_holidays, region_choices
from partnership.staff.models import Firm


class HolidayListForm(forms.Form):
    """Which country's and region's holidays of which year are to be shown."""

    country = forms.ChoiceField(label=_("Country"))
    region = forms.ChoiceField(label=_("Region"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, data: Any = None, *, firm: Firm, today: date) -> None:
        years = [(year, str(year)) for year in range(today.year, today.year + 3)]
        super().__init__(data, initial={"country": firm.country, "region": firm.region, "year": today.year})
        country = str((data.get("country") if data else "") or firm.country)
        regions = region_choices(country)
        self.fields["country"].choices = [("", "–"), *countries_with_holidays()]  # type: ignore[attr-defined]
        self.fields["region"].choices = [("", gettext("the whole country")), *regions]  # type: ignore[attr-defined]
        self.fields["year"].choices = years  # type: ignore[attr-defined]
        if not regions:
            del self.fields["region"]


class HolidayForm(forms.Form):
    """A holiday by hand."""

    day = forms.DateField(
        label=_("Day"),
        widget=DayInput(),
        error_messages={"required": _("Choose the day."), "invalid": _("Choose the day.")},
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=100)

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not self.today - timedelta(days=3660) < day < self.today + timedelta(days=3660):
            raise ValidationError(_("Choose a day within ten years."))
        return day
