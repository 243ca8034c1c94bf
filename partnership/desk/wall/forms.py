from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.desk.models import WallPost


class WallForm(forms.ModelForm):
    class Meta:
        model = WallPost
        fields = ["words"]
        widgets = {"words": forms.TextInput(attrs={"dir": "auto"})}
        help_texts = {"words": _("A sentence for colleagues who do not know them.")}
