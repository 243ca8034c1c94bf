from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnership.core.forms import DayInput
from partnership.staff.models import CURRENCY, Firm, User
from partnership.staff.photo_field import PhotoField

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


class NewcomerForm(forms.Form):
    """What a person chooses who signs in for the first time."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("A password"),
        strip=False,
        help_text=_("At least 12 characters, and not a common password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean(self) -> None:
        given = self.cleaned_data
        if "password" not in given:
            return
        try:
            person = User(name=given.get("name", ""), email=given.get("email", self._email))
            validate_password(given["password"], person)
        except ValidationError as error:
            self.add_error("password", error)


class AdministratorForm(NewcomerForm):
    email = forms.EmailField(label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    field_order = ["name", "email", "password"]


class ProfileForm(forms.ModelForm):
    """What a staff member says of themselves."""

    photo = PhotoField(
        label=_("Photo"), required=False, help_text=_("A picture of your face. Without one, your initials are shown.")
    )

    class Meta:
        model = User
        fields = ["photo", "signature", "away_from", "away_to", "cover"]
        widgets = {
            "signature": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "away_from": DayInput(),
            "away_to": DayInput(),
        }
        help_texts = {
            "away_to": _("The last day. Leave it empty if you don’t know yet."),
            "cover": _("The colleague who answers for you on these days."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cover = cast("forms.ModelChoiceField[User]", self.fields["cover"])
        colleagues = User.objects.filter(Q(is_active=True) | Q(pk=self.instance.cover_id))
        cover.queryset = colleagues.exclude(pk=self.instance.pk)

    def clean(self) -> None:
        begin, end = self.cleaned_data.get("away_from"), self.cleaned_data.get("away_to")
        if end and not begin:
            self.add_error("away_from", _("Choose the first day too, or clear the last one."))
        elif begin and end and end < begin:
            self.add_error("away_to", _("The last day is before the first: change one of them."))

    def save(self, commit: bool = True) -> User:
        """Save these fields alone, as an administrator may change others at the same moment."""
        user: User = self.instance
        user.save(update_fields=self._meta.fields)
        return user
