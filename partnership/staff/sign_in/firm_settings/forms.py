from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partnership.staff.access import staff_member
from partnership.staff.models import ROLE_NAMES, Firm
from partnership.staff.sign_in.provider import is_set_up, signed_in_by_provider
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
        fields = ["second_factor_roles", "trusts_provider_factor", "idle_minutes"]
        labels = {"idle_minutes": _("Minutes without activity until signed out")}
        help_texts = {
            "trusts_provider_factor": _(
                "Colleagues who sign in there are not asked for one here. Check it only if the provider asks for one."
            ),
            "idle_minutes": _(
                "Leave it empty for none: then a session ends after two weeks. 720 is twelve hours. Nothing that was"
                " typed is lost."
            ),
        }

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        if is_set_up():
            words = _("The second factor of %(provider)s counts") % {"provider": settings.OIDC_NAME}
            self.fields["trusts_provider_factor"].label = words
        else:
            del self.fields["trusts_provider_factor"]

    def clean(self) -> None:
        given, by = self.cleaned_data, staff_member(self.request)
        is_trusted = given.get("trusts_provider_factor") and signed_in_by_provider(self.request, by)
        if given.get("second_factor_roles") and not has_factor(by) and not is_trusted:
            words = _("You have no second factor yourself. Set one up under Sign-in and security, then come back.")
            self.add_error("second_factor_roles", words)

    def save(self, commit: bool = True) -> Firm:
        """Save these fields alone, as a colleague may change others at the same moment."""
        firm: Firm = self.instance
        firm.save(update_fields=list(self.fields))
        return firm
