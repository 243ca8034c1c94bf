from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.scoring.models import Tier, TierPin

QUARTER, LONGEST = timedelta(days=90), timedelta(days=366)


class PinForm(forms.Form):
    """A tier of the rules in force, why, and until when: nobody is pinned for good."""

    tier = forms.ModelChoiceField(label=_("Tier"), queryset=Tier.objects.none())
    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Everybody who sees the customer sees it, written as if the customer reads it."),
    )
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, given: Any = None, *, pin: TierPin | None, tier: Tier | None, today: date) -> None:
        """`pin` is the one in force, `tier` the one shown."""
        self.today = today
        stands = {"tier": pin.tier if pin else tier, "until": pin.until if pin else today + QUARTER}
        super().__init__(given, initial=stands | {"reason": pin.reason if pin else ""}, auto_id="pin-%s")
        tiers = Tier.objects.filter(rule_set__status="active", for_newcomers=False)
        self.fields["tier"].queryset = tiers.order_by("-rank")  # type: ignore[attr-defined]

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError(_("This day is over: choose today or a later one."))
        if until > self.today + LONGEST:
            raise forms.ValidationError(_("A pin lasts a year at most: choose an earlier day, and renew it then."))
        return until
