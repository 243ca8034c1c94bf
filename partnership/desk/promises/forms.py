from typing import cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.lookups import colleagues_for
from customers.models import Commitment, Customer, Goal
from interactions.change_history.edit_conflicts import EditConflictForm
from partnership.core.forms import ComingDayField, SubmitOnceForm
from partnership.staff.models import User


class PromiseForm(SubmitOnceForm):
    """A new promise of either side."""

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

    def __init__(self, given: QueryDict | None = None, *, customer: Customer) -> None:
        super().__init__(given, auto_id="new-promise-%s")
        goals = customer.goals.filter(status=Goal.Status.ACTIVE)
        cast(forms.ModelChoiceField, self.fields["goal"]).queryset = goals


class RenegotiationForm(SubmitOnceForm):
    due_on = ComingDayField(label=_("The new date"))

    def __init__(self, given: QueryDict | None = None) -> None:
        super().__init__(given, auto_id="renegotiation-%s")
        self.fields["due_on"].widget.attrs["autofocus"] = True


class PromiseCorrectionForm(EditConflictForm, forms.ModelForm):
    """The words, the goal and, for ours, the owner. Another date is agreed on, not corrected."""

    class Meta:
        model = Commitment
        fields = ["what", "goal", "owner"]
        widgets = {"what": forms.TextInput(attrs={"dir": "auto"})}

    def __init__(self, given: QueryDict | None = None, *, instance: Commitment) -> None:
        super().__init__(given, auto_id="promise-%s", instance=instance)
        goals = cast(forms.ModelChoiceField, self.fields["goal"])
        goals.queryset = self.instance.customer.goals.all()
        goals.empty_label = _("none in particular")
        if self.instance.party == Commitment.Party.THEM:
            del self.fields["owner"]
        else:
            owners = cast(forms.ModelChoiceField, self.fields["owner"])
            colleagues = colleagues_for(self.instance.customer)
            owners.queryset = User.objects.filter(Q(pk__in=colleagues.values("pk")) | Q(pk=self.instance.owner_id))
        self.detect_conflicts(self.instance)
