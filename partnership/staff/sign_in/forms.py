from allauth.account import forms
from django.http import HttpRequest

from partnership.staff.models import OwedMail
from partnership.staff.sign_in.owed_mails import owe


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]
    """Ask for a link. An unknown address gets the same answer, and as fast."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **_: object) -> str:
        email: str = self.cleaned_data["email"]
        owe(OwedMail.Kind.PASSWORD_LINK, email)
        return email
