"""allauth's forms in our words. A code of an authenticator app counts once, as long as it would count at all."""

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

_CODE = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false", "autofocus": True}


class _OneTimeCode(forms.Form):
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("Code")
        code.help_text = _("Six digits from your authenticator app, or one of your recovery codes.")
        code.widget = forms.TextInput(attrs=_CODE)

    def clean_code(self) -> str:
        """Refuse a code that was used before. allauth remembers it for 30 seconds, but takes it for longer."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            taken_for = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            key = f"one-time-code/{self.authenticator.pk}/{normalize_user_code(code)}"
            if not cache.add(key, "used", timeout=taken_for):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OneTimeCode, AuthenticateForm):  # type: ignore[misc]
    pass


class ReauthenticationCodeForm(_OneTimeCode, ReauthenticateForm):  # type: ignore[misc]
    pass


class NewAppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("Code")
        code.help_text = _("The six digits that the app shows now.")
        code.widget = forms.TextInput(attrs={**_CODE, "inputmode": "numeric"})


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label = _("Name")
        name.help_text = _("So that you know it again: the device, such as “Work laptop”.")
        name.widget.attrs["maxlength"] = 100
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in with this passkey alone, without a password")
        passwordless.help_text = _(
            "The device then asks for your fingerprint, face or PIN. Clear it for a security key without a PIN."
        )
        passwordless.initial = True
