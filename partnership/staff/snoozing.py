"""How long something is put off: the usual moments, by the firm's clock and business hours."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from partnership.core.forms import MomentInput, line_field
from partnership.staff.business_hours import Calendar, firm_calendar
from partnership.staff.models import Firm

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_SOON = timedelta(hours=3)
_QUARTER = timedelta(minutes=15)
_LATEST = timedelta(days=366)
_DAY_BEGINS = timedelta(hours=9)  # where a firm has no business hours

UNTIL_ANSWER = "answer"


def snooze_moments(at: datetime, *, firm: Firm) -> dict[str, datetime]:
    """Return the usual moments to put something off to: later today, tomorrow's and next week's first opening.

    A moment outside of business hours, or the same as the one before, is left out.
    """
    today = firm.local_date(at)
    calendar = firm_calendar(firm, begin=at, end=at + _LATEST)
    later = _round_up(at + _SOON).astimezone(firm.zone)
    moments = {
        "tomorrow": _opening(calendar, today + timedelta(days=1), firm=firm),
        "next_week": _opening(calendar, today + timedelta(days=7 - today.weekday()), firm=firm),
    }
    is_open = not firm.business_hours or calendar.reading(later) < calendar.reading(moments["tomorrow"])
    if later.date() == today and is_open:
        moments = {"later": later, **moments}
    if moments["next_week"] <= moments["tomorrow"]:
        del moments["next_week"]
    return moments


def opening_after(at: datetime, days: int, *, firm: Firm) -> datetime:
    """Return the first opening on the day that is so many days later, or after it."""
    calendar = firm_calendar(firm, begin=at, end=at + _LATEST)
    return _opening(calendar, firm.local_date(at) + timedelta(days=days), firm=firm)


def _opening(calendar: Calendar, day: date, *, firm: Firm) -> datetime:
    begins = firm.start_of_day(day)
    moment = calendar.last_moment(calendar.reading(begins)) if firm.business_hours else begins + _DAY_BEGINS
    return moment.astimezone(firm.zone)


def _round_up(moment: datetime) -> datetime:
    return moment + (datetime.min.replace(tzinfo=moment.tzinfo) - moment) % _QUARTER


class MomentFields(forms.Form):
    """A moment to come: a usual one, chosen in `when`, or another one, written down in `until`.

    `none_chosen`: the error without either.
    """

    none_chosen: ClassVar["_StrOrPromise"]

    when = forms.ChoiceField(label=_("When"), required=False, widget=forms.RadioSelect)
    until = forms.DateTimeField(label=_("Or at this moment"), required=False, widget=MomentInput())

    def offer(self, choices: Sequence[tuple[str, "_StrOrPromise"]], *, initial: str) -> None:
        """Set the usual moments, by their value with a label."""
        when = cast("forms.ChoiceField", self.fields["when"])
        when.choices, when.initial = choices, initial
        when.widget.attrs["autofocus"] = True

    def clean_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["until"]
        if until and until <= timezone.now():
            raise ValidationError(_("That moment has passed: choose a later one."))
        return until

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not given.get("until") and not given.get("when"):
            self.add_error("when", self.none_chosen)
        return given


class SnoozeFields(MomentFields):
    """Until when something is put off."""

    waits_for_answer: ClassVar[bool] = False
    none_chosen = _("Choose until when it can wait.")

    when = forms.ChoiceField(label=_("Until when"), required=False, widget=forms.RadioSelect)
    until = forms.DateTimeField(label=_("Or until this moment"), required=False, widget=MomentInput())
    reason = line_field(_("Why it can wait"), required=False, max_length=300)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.moments = snooze_moments(timezone.now(), firm=Firm.current())
        choices = [(name, self._label(name, moment)) for name, moment in self.moments.items()]
        if self.waits_for_answer:
            choices.append((UNTIL_ANSWER, gettext("When they answer")))
        self.offer(choices, initial="tomorrow")

    def _label(self, name: str, moment: datetime) -> "_StrOrPromise":
        local = timezone.localtime(moment)
        is_next_day = local.date() == timezone.localdate() + timedelta(days=1)
        label = {
            "later": pgettext("snooze", "Later today"),
            "tomorrow": pgettext("snooze", "Tomorrow") if is_next_day else pgettext("snooze", "Next business day"),
            "next_week": pgettext("snooze", "Next week"),
        }[name]
        return f"{label} · {date_format(local, 'WEEKDAY_TIME_FORMAT')}"

    def moment(self) -> datetime | None:
        """Return the moment that was written down, else the chosen one; None for their next message."""
        given = self.cleaned_data
        return given["until"] or self.moments.get(given["when"])
