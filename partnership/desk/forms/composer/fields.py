"""Fields that the composer's tabs share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
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


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Cleans to a list of files."""

    def __init__(self) -> None:
        text = _("Also by dropping or pasting them here. A draft keeps no files.")
        super().__init__(label=_("Files"), required=False, help_text=text, widget=FilesInput())

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
