"""Forms for promises and for check-ins on goals."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import CheckIn, Commitment, Customer, Goal
from interactions.actions.goals import check_in
from interactions.actions.promises import make_promise
from interactions.models import Interaction, Kind
from partnership.core.forms import ComingDayField, NumberField, line_field
from partnership.desk.composer.base import Composer, Written
from partnership.staff.audit import current_change


def _active_goals(customer: Customer) -> QuerySet[Goal]:
    return customer.goals.filter(status=Goal.Status.ACTIVE)


class PromiseForm(Composer):
    tab, title, action, key = "promises", _("Promise"), _("Record promise"), "p"
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

    def adapt_fields(self) -> None:
        cast(forms.ModelChoiceField, self.fields["goal"]).queryset = _active_goals(self.customer)

    def save(self, *, at: datetime) -> Interaction:
        given = dict(self.cleaned_data)
        promise = make_promise(customer=self.customer, made_at=at, by=self.by, external_id=given.pop("ref"), **given)
        return promise.interactions.get(kind=Kind.COMMITMENT_MADE)

    def undo_url(self, written: Written) -> str:
        assert isinstance(written, Interaction)
        return reverse("promise_withdrawal", args=[written.commitment_id])


class CheckInForm(Composer):
    tab, title, action = "check-ins", _("Check-in"), _("Record check-in")
    shown_in = "goals"

    goal = forms.ModelChoiceField(label=_("Goal"), queryset=Goal.objects.none(), empty_label=None)
    value = NumberField(label=_("How far it is"), required=False, max_digits=16, decimal_places=4)
    note = line_field(_("What happened"), required=False, max_length=5000)

    def adapt_fields(self) -> None:
        goals = _active_goals(self.customer)
        cast(forms.ModelChoiceField, self.fields["goal"]).queryset = goals
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

    def undo_url(self, written: Written) -> str:
        assert isinstance(written, Interaction)
        reading = CheckIn.objects.get(
            source=written.source, external_id=written.external_id.removesuffix(f"/{Kind.CHECK_IN}")
        )
        return reverse("check_in_withdrawal", args=[reading.pk, current_change()])
