from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.staff.models import ROLE_NAMES, Firm, User
from partnership.staff.sign_in.second_factors.policy import has_factor


class SignInForm(forms.ModelForm):
    """Refuse a second factor for others as long as the administrator has none: it would lock the firm out."""

    second_factor_roles = forms.MultipleChoiceField(
        label=_("Roles that need a second factor"),
        choices=list(ROLE_NAMES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Colleagues of these roles who have none are asked to set one up after they sign in, and see nothing else"
            " until then."
        ),
    )

    class Meta:
        model = Firm
        fields = ["second_factor_roles", "idle_minutes"]
        labels = {"idle_minutes": _("Minutes without activity until signed out")}
        help_texts = {
            "idle_minutes": _(
                "Leave it empty for none: then a session ends after two weeks. 720 is twelve hours. Nothing that was"
                " typed is lost."
            )
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_second_factor_roles(self) -> list[str]:
        roles: list[str] = self.cleaned_data["second_factor_roles"]
        if roles and not has_factor(self.by):
            raise forms.ValidationError(
                _("You have no second factor yourself. Set one up under Sign-in and security, then come back.")
            )
        return roles

    def save(self, commit: bool = True) -> Firm:
        """Save these fields alone, as a colleague may change others at the same moment."""
        firm: Firm = self.instance
        firm.save(update_fields=self._meta.fields)
        return firm
