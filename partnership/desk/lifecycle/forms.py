from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.change_history.edit_conflicts import EditConflictForm
from partnership.core.forms import SubmitOnceForm


class LifecycleForm(EditConflictForm, SubmitOnceForm):
    lifecycle = forms.ChoiceField(label=_("Lifecycle"), choices=Customer.Lifecycle.choices)
    do_not_contact = forms.BooleanField(label=_("Do not contact"), required=False)
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("It becomes a note on the timeline."),
    )

    def __init__(self, given: QueryDict | None = None, *, customer: Customer) -> None:
        current = {"lifecycle": customer.lifecycle, "do_not_contact": customer.do_not_contact}
        super().__init__(given, initial=current, auto_id="standing-%s")
        self.detect_conflicts(customer, only=current)
