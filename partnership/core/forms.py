"""Fields that the composer's tabs share."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

LARGEST = 25 * 1024 * 1024
"""Bytes of one file."""

MOST = 20
"""Files of one entry."""


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


FIRST_YEAR, LAST_YEAR = 1900, 2999
"""A year beyond them is a slip of the fingers, and near the ends of time there are days that not every zone has."""

WRITTEN_OUT = _("Write the year in four digits, such as 2024.")


def already_happened(moment: datetime | None) -> datetime | None:
    if moment and moment > timezone.now():
        raise ValidationError(_("That is still to come: write down what has happened."))
    if moment and moment.year < FIRST_YEAR:
        raise ValidationError(WRITTEN_OUT)
    return moment


def still_to_come(day: date | None) -> date | None:
    if day and day < timezone.localdate():
        raise ValidationError(_("That day is over. A promise is about what is to come."))
    if day and day.year > LAST_YEAR:
        raise ValidationError(WRITTEN_OUT)
    return day


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


FOLLOWED = {"data-attachments-target": "input", "data-action": "attachments#show"}


class FilesField(forms.FileField):
    """Cleans to a list of files."""

    def __init__(self) -> None:
        text = _("Also by dropping or pasting them here. A draft keeps no files.")
        super().__init__(label=_("Files"), required=False, help_text=text, widget=FilesInput(attrs=FOLLOWED))

    def clean(self, data: Any, initial: Any = None) -> Any:
        files: list[UploadedFile] = list(data or [])
        if len(files) > MOST:
            many = ngettext_lazy("At most %d file: leave some out.", "At most %d files: leave some out.", MOST)
            raise ValidationError(many % MOST)
        for file in files:
            if (file.size or 0) > LARGEST:
                raise ValidationError(
                    _("%(name)s is larger than %(limit)s: send a link to it instead."),
                    params={"name": file.name, "limit": filesizeformat(LARGEST)},
                )
        return files


def text(label: Any, *, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=100_000, widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    )


def line(label: Any, *, required: bool = True, limit: int = 500, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=limit, widget=forms.TextInput(attrs={"dir": "auto"}), **more
    )


def effort() -> forms.IntegerField:
    return forms.IntegerField(label=_("Minutes it took"), required=False, min_value=0, max_value=10_000)
