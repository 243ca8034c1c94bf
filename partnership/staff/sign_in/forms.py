from allauth.account import forms
from django.http import HttpRequest

from partnership.core.task_requests import request_on_commit


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]
    """Ask for a link. An unknown address gets the same answer, and as fast."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **_: object) -> str:
        email: str = self.cleaned_data["email"]
        request_on_commit("partnership.staff.tasks.send_password_link", email)
        return email
