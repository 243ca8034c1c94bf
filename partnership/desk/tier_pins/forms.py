from datetime import date, timedelta
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from partnership.scoring.models import Tier, TierPin

_QUARTER, _LONGEST = timedelta(days=90), timedelta(days=366)


class PinForm(forms.Form):
    """A tier of the active rules, the reason, and the last day of the pin."""

    tier = forms.ModelChoiceField(label=_("Tier"), queryset=Tier.objects.none())
    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("All colleagues who see the customer see it. Write it as if the customer reads it."),
    )
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, given: QueryDict | None = None, *, pin: TierPin | None, tier: Tier | None, today: date) -> None:
        """`pin`: the one in force; `tier`: the one shown."""
        self.today = today
        current = {"tier": pin.tier.in_force if pin else tier, "until": pin.until if pin else today + _QUARTER}
        super().__init__(given, initial=current | {"reason": pin.reason if pin else ""}, auto_id="pin-%s")
        tiers = Tier.objects.filter(rule_set__status="active", for_newcomers=False)
        cast(forms.ModelChoiceField, self.fields["tier"]).queryset = tiers.order_by("-rank")

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError(_("This day is over: choose today or a later one."))
        if until > self.today + _LONGEST:
            raise forms.ValidationError(_("A pin lasts a year at most: choose an earlier day, and renew it then."))
        return until
