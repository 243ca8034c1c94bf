"""Fields that only the composer's tabs have."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from interactions.mail.addresses import parse_addresses
from partnership.core.forms import WholeNumberField
from partnership.desk.files.stored_files import unpack_file
from partnership.staff.models import CURRENCY

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_FILE_BYTES = 25 * 1024 * 1024
_MAX_FILES = 20


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"data-attachments-target": "input", "data-action": "attachments#show"})


class FilesField(forms.FileField):
    """Cleans to a list of files."""

    def __init__(self) -> None:
        help_text = _("Also by dropping or pasting them here. A draft keeps no files.")
        super().__init__(label=_("Files"), required=False, help_text=help_text, widget=_FilesInput())

    def clean(self, data: list[UploadedFile] | None, initial: object = None) -> Any:
        files = list(data or [])
        if len(files) > _MAX_FILES:
            error = ngettext_lazy("At most %d file: leave some out.", "At most %d files: leave some out.", _MAX_FILES)
            raise ValidationError(error % _MAX_FILES)
        for file in files:
            if (file.size or 0) > MAX_FILE_BYTES:
                raise ValidationError(
                    _("%(name)s is larger than %(limit)s: send a link to it instead."),
                    params={"name": file.name, "limit": filesizeformat(MAX_FILE_BYTES)},
                )
        return files


class CarriedFilesField(forms.MultipleChoiceField):
    """Files that are stored already, each of which can be left out; cleans to a list of StoredFile."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(label=_("Files that go along"), required=False)

    def offer(self, values: list[str]) -> list[str]:
        """Offer the files of these signed values, and return those that are ours."""
        files = {value: file for value in values if (file := unpack_file(value))}
        self.choices = [(value, f"{file.name} ({filesizeformat(file.size)})") for value, file in files.items()]
        return list(files)

    def clean(self, value: Any) -> Any:
        return [file for one in super().clean(value) if (file := unpack_file(one))]


class AddressesField(forms.CharField):
    """E-mail addresses with commas between them; cleans to a list, in lower case."""

    def __init__(self, label: "StrOrPromise") -> None:
        super().__init__(label=label, required=False, max_length=2000)

    def clean(self, value: str | None) -> Any:
        text = super().clean(value) or ""
        found = parse_addresses(text)
        wrong = [address.given or address.name for address in found if not address.valid]
        wrong += [part.strip() for part in text.replace(";", ",").split(",") if part.strip() and "@" not in part]
        if wrong:
            raise ValidationError(
                _("“%(text)s” is no e-mail address. Write addresses with commas between them."),
                params={"text": wrong[0]},
            )
        return [address.email for address in found]


def minutes_field() -> WholeNumberField:
    return WholeNumberField(label=_("Minutes it took"), required=False, min_value=0, max_value=10_000)


def currency_field() -> forms.CharField:
    wrong = _("Write three capital letters, such as EUR.")
    return forms.CharField(label=_("Currency"), max_length=3, validators=[RegexValidator(CURRENCY, wrong)])
