"""Forms of the actions on many customers."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.desk.web.suggestions import SuggestingInput
from partnership.staff.models import User


class TagForm(forms.Form):
    tag = forms.CharField(label=_("Tag"), max_length=60, widget=SuggestingInput("tag_suggestions"))


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label=_("no owner"))

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["owner"].queryset = User.objects.at_work()  # type: ignore[attr-defined]


class LifecycleForm(forms.Form):
    lifecycle = forms.ChoiceField(label=_("Lifecycle"), choices=Customer.Lifecycle.choices)
