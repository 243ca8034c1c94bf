"""The form of a class, a workshop or a cohort call, with a line for each person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Customer
from interactions.actions.group_sessions import Attendee, Session
from partnership.core.forms import ComingDayField, PastMomentField, WholeNumberField

_ATTENDANCE = [("yes", _("Present")), ("no", _("Absent")), ("", _("Not noted"))]


def _now() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)


class GroupSessionForm(forms.Form):
    """One session. `ref` keeps a form that is sent twice from recording two sessions."""

    ref = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4)
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    form = forms.ChoiceField(
        label=_("Kind"),
        choices=[("class", _("Class")), ("workshop", _("Workshop")), ("cohort_call", _("Cohort call"))],
    )
    held_at = PastMomentField(label=_("When"), initial=_now)
    minutes = WholeNumberField(
        label=_("Minutes it took us"), required=False, min_value=0, max_value=10_000, help_text=_("For all together.")
    )
    note = forms.CharField(
        label=_("A note for everyone"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("For colleagues. Write it as if the customer reads it."),
    )
    what = forms.CharField(
        label=_("A promise for all"), required=False, max_length=500, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    party = forms.ChoiceField(
        label=_("Who promises"),
        choices=[(Commitment.Party.THEM, _("Each customer")), (Commitment.Party.US, _("We, to each customer"))],
    )
    due_on = ComingDayField(label=_("By when"), required=False)

    @classmethod
    def unchecked(cls, typed: QueryDict) -> "GroupSessionForm":
        """Show again what was typed so far, without judging it."""
        return cls(initial={name: typed.get(name, "") for name in cls.base_fields})

    def session(self) -> Session:
        fields = dict(self.cleaned_data)
        return Session(ref=str(fields.pop("ref")), **fields)


class PersonLine:
    """Whether one person came, and a note on them alone. Not a Django form: there may be hundreds of lines."""

    def __init__(self, customer: Customer, data: QueryDict | None) -> None:
        self.customer = customer
        data = data or QueryDict()
        self.attended: str = data.get(f"attended-{customer.pk}", "")
        self.note: str = data.get(f"note-{customer.pk}", "").replace("\0", "").strip()[:10_000]

    @property
    def choices(self) -> list[tuple[str, str | Promise, bool]]:
        """Value, label and whether it is chosen."""
        return [(value, label, value == self.attended) for value, label in _ATTENDANCE]

    @property
    def attendee(self) -> Attendee:
        return Attendee(self.customer, {"yes": True, "no": False}.get(self.attended), self.note)


def is_empty(form: GroupSessionForm, lines: Sequence[PersonLine]) -> bool:
    """Tell whether the session would write nothing on any timeline."""
    for_all = form.cleaned_data.get("note") or form.cleaned_data.get("what")
    return not (lines and for_all) and not any(line.note or line.attended == "yes" for line in lines)
