from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.change_history.edit_conflicts import Meanwhile
from partnership.core.forms import SubmitOnceForm


class StandingForm(Meanwhile, SubmitOnceForm):
    lifecycle = forms.ChoiceField(label=_("Lifecycle"), choices=Customer.Lifecycle.choices)
    do_not_contact = forms.BooleanField(label=_("Do not contact"), required=False)
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("It becomes a note on the timeline."),
    )

    def __init__(self, given: Any = None, *, customer: Customer, **kwargs: Any) -> None:
        stands = {"lifecycle": customer.lifecycle, "do_not_contact": customer.do_not_contact}
        super().__init__(given, initial=stands, auto_id="standing-%s", **kwargs)
        self.carry(customer, only=stands)
