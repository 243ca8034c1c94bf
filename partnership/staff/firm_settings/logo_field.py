"""The firm's logo: an uploaded picture made small, with its shape and what is see-through kept."""

from io import BytesIO
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from partnership.staff.photo_field import open_picture

_WIDTH, _HEIGHT = 480, 160  # pixels; it is shown at most a third as large


class _LogoInput(forms.ClearableFileInput):
    template_name = "components/logo_input.html"


class LogoField(forms.FileField):
    """Cleans to a new picture ready to be stored, False when the old one is removed, else the old one."""

    widget = _LogoInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = super().clean(data, initial)
        return small_logo(given) if isinstance(given, UploadedFile) else given


def small_logo(upload: UploadedFile) -> "ContentFile[bytes]":
    """Encode it anew as PNG, which every mail program shows. Raise ValidationError for what is no picture."""
    with open_picture(upload) as picture:
        drawn = picture.convert("RGBA")
    drawn.thumbnail((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS)
    kept = BytesIO()
    drawn.save(kept, "PNG", optimize=True)
    return ContentFile(kept.getvalue(), name=f"{uuid4().hex}.png")
