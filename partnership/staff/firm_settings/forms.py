from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name, validate_email
from django.utils.translation import gettext_lazy as _

from partnership.staff.firm_settings.accent import is_colour, is_legible, nearest_legible
from partnership.staff.firm_settings.logo_field import LogoField
from partnership.staff.firm_settings.names import country_choices, is_currency
from partnership.staff.forms import FirmForm
from partnership.staff.models import Firm, TimedKind


class LinesField(forms.CharField):
    """Several texts, one a line or with commas between; each is checked, and the first that is wrong is named."""

    def __init__(self, *, check: Callable[[str], None], wrong: Any, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
        super().__init__(required=False, widget=widget, **options)
        self.check, self.wrong = check, wrong

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = [one.strip().lower() for one in text.replace(",", "\n").splitlines()]
        for one in filter(None, found):
            try:
                self.check(one.removeprefix("@"))
            except ValidationError:
                raise ValidationError(self.wrong, params={"given": one}) from None
        return list(dict.fromkeys(one.removeprefix("@") for one in found if one))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class _SavesOwnFields(forms.ModelForm):
    """Save these fields alone, as another administrator may save those of another page at the same moment."""

    def save(self, commit: bool = True) -> Firm:
        firm: Firm = self.instance
        firm.save(update_fields=list(self._meta.fields or ()))
        return firm


class FirmSettingsForm(_SavesOwnFields, FirmForm):
    """`nearest`: a legible colour near the one that was refused; empty without one."""

    nearest = ""

    logo = LogoField(
        label=_("Logo"),
        required=False,
        help_text=_("Shown on top of every page, in mail and on prints. PNG, JPEG, GIF or WebP."),
    )
    accent = forms.CharField(
        label=_("Colour"),
        required=False,
        max_length=7,
        help_text=_("For buttons and links, such as #0f6b63. Without one, it is Partnership’s green."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )
    country = forms.ChoiceField(
        label=_("Country"), required=False, help_text=_("Its public holidays are suggested under Business hours.")
    )
    own_addresses = LinesField(
        label=_("Our own mail addresses"),
        check=validate_email,
        wrong=_("%(given)s is no e-mail address: write one a line, such as desk@example.org."),
        help_text=_("Mail from these addresses is ours. One a line."),
    )
    own_domains = LinesField(
        label=_("Our own mail domains"),
        check=validate_domain_name,
        wrong=_("%(given)s is no domain: write one a line, such as example.org."),
        help_text=_("Mail from these domains is ours. One a line."),
    )

    class Meta(FirmForm.Meta):
        fields = [
            "name", "logo", "accent", "country", "timezone", "language", "currency", "own_addresses", "own_domains",
        ]  # fmt: skip
        error_messages = {"name": {"required": _("Enter the name of the firm.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "–"), *country_choices()]  # type: ignore[attr-defined]

    def clean_accent(self) -> str:
        colour = str(self.cleaned_data["accent"]).strip().lower()
        if not colour:
            return ""
        colour = colour if colour.startswith("#") else f"#{colour}"
        if not is_colour(colour):
            raise ValidationError(_("Write the colour as # and six digits from 0 to f, such as #0f6b63."))
        if not is_legible(colour):
            self.nearest = nearest_legible(colour)
            raise ValidationError(
                _("%(colour)s is too pale to be read. The nearest that can be read is %(nearest)s."),
                params={"colour": colour, "nearest": self.nearest},
            )
        return colour

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"])
        if not is_currency(currency):
            raise ValidationError(
                _("%(code)s is no currency: write a code such as EUR or USD."), params={"code": currency}
            )
        return currency

    def clean_own_domains(self) -> list[str]:
        return list(self.cleaned_data["own_domains"])


class TermsForm(_SavesOwnFields):
    delivery_kinds = forms.MultipleChoiceField(
        label=_("What customers pay for"),
        choices=TimedKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Firm
        fields = [
            "terms", "nudge_ceiling", "survey_ceiling", "partnership_share", "minutes_per_message", "delivery_kinds",
        ]  # fmt: skip
        labels = {
            "terms": _("What the terms say about refunds and exceptions"),
            "nudge_ceiling": _("Nudges per customer in 30 days, at most"),
            "survey_ceiling": _("Surveys per customer in 90 days, at most"),
            "partnership_share": _("Share of the day for partners, in per cent"),
            "minutes_per_message": _("Minutes a message takes"),
        }
        widgets = {"terms": forms.Textarea(attrs={"rows": 8, "dir": "auto"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delivery_kinds"].help_text = Firm._meta.get_field("delivery_kinds").help_text
