from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnership.core.forms import DayInput
from partnership.staff.audit_log import reference
from partnership.staff.models import AuditRecord, Firm, User

_YEAR_ERROR = _("Write the year in four digits, such as 2024.")
_IN_REACH = [MinValueValidator(date(1900, 1, 1), _YEAR_ERROR), MaxValueValidator(date(2999, 12, 31), _YEAR_ERROR)]


class LogFilterForm(forms.Form):
    """What of the log is shown. Each word of the search stands somewhere in a line."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all")), *AuditRecord.Kind.choices])
    person = forms.ModelChoiceField(
        label=_("Colleague"), required=False, queryset=User.objects.all(), empty_label=_("everybody")
    )
    since = forms.DateField(label=_("From"), required=False, widget=DayInput(), validators=_IN_REACH)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput(), validators=_IN_REACH)

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first: change one of them."))

    @property
    def chosen(self) -> dict[str, str]:
        """What is filled in, for a query string."""
        return {name: str(value) for name in self.fields if (value := self.data.get(name))}

    def condition(self, firm: Firm) -> Q:
        """Return what the lines shown have in common. A colleague's are those by them and about them."""
        given: dict[str, Any] = self.cleaned_data
        wanted = Q()
        for word in given["q"].split():
            wanted &= (
                Q(about__icontains=word)
                | Q(by_name__icontains=word)
                | Q(facts__icontains=word)
                | Q(address__startswith=word)
            )
        if given["kind"]:
            wanted &= Q(kind=given["kind"])
        if person := given["person"]:
            wanted &= Q(by=person) | Q(about_ref=reference(person))
        if given["since"]:
            wanted &= Q(at__gte=firm.start_of_day(given["since"]))
        if given["until"]:
            wanted &= Q(at__lt=firm.end_of_day(given["until"]))
        return wanted
