"""A photo of a face as staff send it: made small, and of nothing but its pixels."""

from io import BytesIO
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

SIDE = 400
"""Pixels; faces are shown at 96 at most."""

MOST_BYTES = 8 * 2**20
MOST_PIXELS = 50_000_000


BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)
"""What Pillow raises of a file that is no picture, or one too large to be meant well."""


class PhotoInput(forms.ClearableFileInput):
    template_name = "desk/customer/photo_input.html"


class PhotoField(forms.FileField):
    """A new picture as a file ready to be kept, False when the old one is taken away, else the old one.

    It is drawn anew, so that neither where it was taken nor anything hidden in the file is kept.
    """

    widget = PhotoInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = super().clean(data, initial)
        return face(given) if isinstance(given, UploadedFile) else given


def face(upload: UploadedFile) -> ContentFile:
    if upload.size and upload.size > MOST_BYTES:
        raise ValidationError(_("That file is too large: choose a picture of at most 8 MB."))
    try:
        with Image.open(upload, formats=["PNG", "JPEG", "GIF", "WEBP"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:  # known before a pixel of it is unpacked
                raise ValueError("too many pixels")
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            drawn = ImageOps.fit(upright, (SIDE, SIDE))
    except BROKEN as broken:
        raise ValidationError(
            _("That is no picture that can be shown: choose a PNG, JPEG, GIF or WebP file.")
        ) from broken
    kept = BytesIO()
    drawn.save(kept, "WEBP", quality=85)
    return ContentFile(kept.getvalue(), name=f"{uuid4().hex}.webp")
