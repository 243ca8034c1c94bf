from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Customer, Goal
from interactions.change_history.edit_conflicts import Meanwhile
from partnership.core.forms import ComingDayField, SubmitOnceForm
from partnership.staff.models import User


class PromiseForm(SubmitOnceForm):
    """A promise made in the part of the page where promises stand."""

    party = forms.ChoiceField(
        label=_("Who promises"),
        choices=[(Commitment.Party.US, _("We do")), (Commitment.Party.THEM, _("They do"))],
        widget=forms.RadioSelect(),
        initial=Commitment.Party.US,
    )
    what = forms.CharField(label=_("What"), max_length=500, widget=forms.TextInput(attrs={"dir": "auto"}))
    due_on = ComingDayField(label=_("By when"), required=False)
    goal = forms.ModelChoiceField(
        label=_("For which goal"), queryset=Goal.objects.none(), required=False, empty_label=_("none in particular")
    )

    def __init__(self, given: Any = None, *, customer: Customer, **kwargs: Any) -> None:
        super().__init__(given, auto_id="new-promise-%s", **kwargs)
        goals = customer.goals.filter(status=Goal.Status.ACTIVE)
        cast(forms.ModelChoiceField, self.fields["goal"]).queryset = goals


class RenegotiationForm(SubmitOnceForm):
    due_on = ComingDayField(label=_("The new day"))

    def __init__(self, given: Any = None, **kwargs: Any) -> None:
        super().__init__(given, auto_id="renegotiation-%s", **kwargs)


class PromiseCorrectionForm(Meanwhile, forms.ModelForm):
    """Its words, its goal and, when ours, its owner. Another day is agreed on, not corrected."""

    class Meta:
        model = Commitment
        fields = ["what", "goal", "owner"]
        widgets = {"what": forms.TextInput(attrs={"dir": "auto"})}

    def __init__(self, given: Any = None, **kwargs: Any) -> None:
        super().__init__(given, auto_id="promise-%s", **kwargs)
        goals = cast(forms.ModelChoiceField, self.fields["goal"])
        goals.queryset = self.instance.customer.goals.all()
        goals.empty_label = _("none in particular")
        if self.instance.party == Commitment.Party.THEM:
            del self.fields["owner"]
        else:
            owners = cast(forms.ModelChoiceField, self.fields["owner"])
            owners.queryset = User.objects.filter(Q(is_active=True) | Q(pk=self.instance.owner_id))
        self.carry(self.instance)
