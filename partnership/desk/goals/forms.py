from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.models import CheckIn, Goal
from interactions.change_history.edit_conflicts import EditConflictForm
from partnership.core.forms import DayInput, NumberField, SubmitOnceForm


class GoalForm(SubmitOnceForm, forms.ModelForm):
    class Meta:
        model = Goal
        fields = ["title", "why", "measure", "unit", "baseline", "target", "due_on"]
        widgets = {"why": forms.Textarea(attrs={"rows": 2, "dir": "auto"}), "due_on": DayInput()}
        field_classes = {"baseline": NumberField, "target": NumberField}
        labels = {"title": _("What they want to achieve")}
        help_texts = {
            "measure": _("How you and the customer will measure it, such as “clients who pay”."),
            "unit": _("The unit that is counted. With “clients”, the page says “4 of 10 clients”."),
        }

    def __init__(self, given: QueryDict | None = None) -> None:
        super().__init__(given, auto_id="goal-%s")


class GoalCorrectionForm(EditConflictForm, forms.ModelForm):
    class Meta(GoalForm.Meta):
        pass

    def __init__(self, given: QueryDict | None = None, *, instance: Goal) -> None:
        super().__init__(given, auto_id="goal-%s", instance=instance)
        self.detect_conflicts(self.instance)


class CheckInForm(SubmitOnceForm, forms.ModelForm):
    class Meta:
        model = CheckIn
        fields = ["value", "note"]
        widgets = {"note": forms.TextInput(attrs={"dir": "auto"})}

    def __init__(self, given: QueryDict | None = None) -> None:
        super().__init__(given, auto_id="check-in-%s")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and given.get("value") is None and not given.get("note"):
            raise ValidationError(_("Say how far it is, or what happened."))
        return given
