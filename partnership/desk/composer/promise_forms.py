"""What was agreed and how far it is: promises, and readings of a goal's progress."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Customer, Goal
from interactions.actions.goals import check_in
from interactions.actions.promises import make_promise
from interactions.models import Interaction, Kind
from partnership.core.forms import ComingDayField, line_field
from partnership.desk.composer.base import Composer
from partnership.staff.models import User


def active_goals(customer: Customer) -> Any:
    return customer.goals.filter(status=Goal.Status.ACTIVE)


class PromiseForm(Composer):
    tab, title, action, key = "promises", _("Promise"), _("Make the promise"), "p"
    shown_in = "promises"

    party = forms.ChoiceField(
        label=_("Who promises"),
        choices=[(Commitment.Party.US, _("We do")), (Commitment.Party.THEM, _("They do"))],
        initial=Commitment.Party.US,
    )
    what = line_field(_("What"))
    due_on = ComingDayField(label=_("By when"), required=False)
    goal = forms.ModelChoiceField(
        label=_("For which goal"), queryset=Goal.objects.none(), required=False, empty_label=_("none in particular")
    )

    def __init__(self, *args: Any, customer: Customer, by: User, **kwargs: Any) -> None:
        super().__init__(*args, customer=customer, by=by, **kwargs)
        self.fields["goal"].queryset = active_goals(customer)  # type: ignore[attr-defined]

    def save(self, *, at: datetime) -> Interaction:
        given = dict(self.cleaned_data)
        promise = make_promise(customer=self.customer, made_at=at, by=self.by, external_id=given.pop("ref"), **given)
        return promise.interactions.get(kind=Kind.COMMITMENT_MADE)


class CheckInForm(Composer):
    tab, title, action = "check-ins", _("Check-in"), _("Note the progress")
    shown_in = "goals"

    goal = forms.ModelChoiceField(label=_("Goal"), queryset=Goal.objects.none(), empty_label=None)
    value = forms.DecimalField(label=_("How far it is"), required=False, max_digits=16, decimal_places=4)
    note = line_field(_("What happened"), required=False, max_length=5000)

    def __init__(self, *args: Any, customer: Customer, by: User, **kwargs: Any) -> None:
        super().__init__(*args, customer=customer, by=by, **kwargs)
        self.fields["goal"].queryset = goals = active_goals(customer)  # type: ignore[attr-defined]
        self.lacks_goal = not goals

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and given.get("value") is None and not given.get("note"):
            raise ValidationError(_("Say how far it is, or what happened."))
        return given

    def save(self, *, at: datetime) -> Interaction:
        given = dict(self.cleaned_data)
        reading = check_in(at=at, by=self.by, external_id=given.pop("ref"), **given)
        return Interaction.objects.get(source=reading.source, external_id=f"{reading.external_id}/check_in")
