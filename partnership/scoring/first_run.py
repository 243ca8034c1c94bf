"""The step of the first run that chooses the rules to begin with."""

from datetime import datetime
from functools import partial

from django import forms
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partnership.scoring.rules.activation import activate_rule_set
from partnership.scoring.rules.presets import PRESETS, create_from_preset, is_in_force
from partnership.staff.models import User

_STANDARD = "standard"

# A radio button's label: a title with a hint below.
_describe_choice = lazy(
    partial(format_html, '<span><strong>{}</strong><span class="form-hint">{}</span></span>'), SafeString
)


class PresetForm(forms.Form):
    """One of partnership.staff.first_run.STEPS."""

    title = _("How relationships are valued")
    preset = forms.ChoiceField(
        label=_("Rules to begin with"),
        choices=[(name, _describe_choice(preset.title, preset.reasons)) for name, preset in PRESETS.items()],
        initial=_STANDARD,
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "You can change them later, and try changes on your own data first: in the admin, under rule sets."
        ),
    )

    def carry_out(self, *, by: User, at: datetime) -> None:
        """Activate the chosen preset, unless it is the standard one and active already."""
        chosen = self.cleaned_data["preset"] or _STANDARD
        if chosen == _STANDARD and is_in_force(_STANDARD):
            return
        why = str(_("Chosen when the firm was set up."))
        activate_rule_set(rule_set=create_from_preset(chosen, by=by), why=why, by=by, at=at)
