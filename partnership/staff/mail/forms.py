import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.staff.models import Firm, MailSettings

_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?|\[?[0-9A-Fa-f:]+\]?")


class MailServerForm(forms.ModelForm):
    """The password is never shown; left empty, the saved one stays, unless it would go to another server or account."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = MailSettings
        fields = ["host", "port", "security", "user"]
        labels = {"host": _("Server"), "port": _("Port"), "security": _("Encryption"), "user": _("User name")}
        help_texts = {
            "host": _("Your mail provider names it, such as smtp.example.org."),
            "port": _("Mostly 587 with STARTTLS, 465 with TLS from the start."),
            "security": _(
                "Without encryption, others on the way can read the mail and the password. Choose “none” only for a"
                " server on this machine or in your own network."
            ),
            "user": _("Leave it empty if the server asks for no sign-in."),
        }
        error_messages = {"host": {"required": _("Enter the name of the mail server.")}}
        widgets = {
            "user": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
            "host": forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = self.instance
        self.saved_account = (saved.host, saved.port, saved.user) if saved.password else None
        if saved.password and saved.read_password() is None:
            self.saved_account = None
            self.fields["password"].help_text = _("The saved password can no longer be read: enter it again.")
        elif saved.password:
            self.fields["password"].help_text = _("A password is saved. Leave this empty to keep it.")

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip()
        if not _HOST.fullmatch(host):
            raise forms.ValidationError(_("That is no server’s name: enter one such as smtp.example.org."))
        return host.strip("[]")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        password, user = given.get("password"), given.get("user")
        if password and not user:
            self.add_error("user", _("Enter the user name that the password belongs to."))
        elif user and not password and "host" in given and "port" in given:
            account = (given["host"], given["port"], user)
            if self.saved_account is None:
                self.add_error("password", _("Enter the password of this user name."))
            elif account != self.saved_account:
                self.add_error("password", _("The server or the user name has changed: enter the password again."))
        return given

    def save(self, commit: bool = True) -> MailSettings:
        saved: MailSettings = self.instance
        if not saved.user:
            saved.password = ""
        elif self.cleaned_data["password"]:
            saved.set_password(self.cleaned_data["password"])
        saved.pk = 1
        saved.save()
        return saved


class SenderForm(forms.ModelForm):
    class Meta:
        model = Firm
        fields = ["mail_name", "mail_address"]
        labels = {"mail_name": _("Sender’s name"), "mail_address": _("Sender’s address")}
        help_texts = {
            "mail_name": _("On mail that no person wrote, such as summaries. Replies bear their author’s name."),
            "mail_address": _("All mail is sent from it, and answers come back to it."),
        }

    def save(self, commit: bool = True) -> Firm:
        firm: Firm = self.instance
        firm.save(update_fields=self._meta.fields)
        return firm
