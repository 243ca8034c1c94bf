"""The form of the rules of retention."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.desk.models import RetentionRules


class RetentionForm(forms.ModelForm):
    class Meta:
        model = RetentionRules
        fields = RetentionRules.TERMS
        help_texts = {
            "texts_years": _("After this many years without an entry. Names and what is counted stay."),
            "refusals_days": _("They lie in the folder of refusals, with what the lines said."),
            "log_years": _("Who took data out, changed roles or settings. Sign-ins have a term of their own."),
            "sign_ins_days": _("Who signed in or tried to, and from where."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        for field in self.fields.values():
            field.widget.attrs |= {"min": 1, "class": "form-control"}
