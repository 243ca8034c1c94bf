"""What the customers who were chosen in the list shall have or be."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.staff.models import User


class TagForm(forms.Form):
    tag = forms.CharField(label=_("Tag"), max_length=60)


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True), label=_("Owner"), required=False, empty_label=_("nobody")
    )


class LifecycleForm(forms.Form):
    lifecycle = forms.ChoiceField(label=_("Lifecycle"), choices=Customer.Lifecycle.choices)
