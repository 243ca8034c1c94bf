from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnership.desk.forms.composer import DayInput


class RenegotiationForm(forms.Form):
    due_on = forms.DateField(label=_("The new day"), widget=DayInput())

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < timezone.localdate():
            raise ValidationError(_("That day is over. Agree on one that is to come."))
        return due_on
