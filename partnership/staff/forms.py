from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from partnership.staff.models import CURRENCY, Firm, User

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))


class FirmForm(forms.ModelForm):
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=[("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in ZONES)]
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        validators=[RegexValidator(CURRENCY, _("Three capital letters, such as EUR."))],
        initial="EUR",
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Firm
        fields = ["name", "timezone", "currency", "language", "own_domains"]
        labels = {"name": _("The firm's name"), "own_domains": _("Our own mail domains")}
        help_texts = {"own_domains": _("Mail from these domains is ours. Separate several by commas.")}

    def clean_own_domains(self) -> list[str]:
        return [domain.strip().lower().removeprefix("@") for domain in self.cleaned_data["own_domains"]]


class AdministratorForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("A password"),
        strip=False,
        help_text=_("At least eight characters, and not a common password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> None:
        given = self.cleaned_data
        if "password" not in given:
            return
        try:
            validate_password(given["password"], User(name=given.get("name", ""), email=given.get("email", "")))
        except ValidationError as error:
            self.add_error("password", error)
