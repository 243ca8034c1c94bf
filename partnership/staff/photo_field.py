"""Uploaded photos of faces, made small and stripped of everything but their pixels."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

_SIDE = 400  # pixels; faces are shown at 96 at most

_MOST_BYTES = 8 * 2**20
_MOST_PIXELS = 50_000_000

# What Pillow raises for a file that is no picture, or one far too large.
_INVALID_PICTURE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)


class _PhotoInput(forms.ClearableFileInput):
    template_name = "components/photo_input.html"


class PhotoField(forms.FileField):
    """Cleans to a new picture ready to be stored, False when the old one is removed, else the old one.

    The picture is encoded anew, so that neither its location nor anything hidden in the file is kept.
    """

    widget = _PhotoInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = super().clean(data, initial)
        return face(given) if isinstance(given, UploadedFile) else given


@contextmanager
def open_picture(upload: UploadedFile, *, draft: tuple[int, int] | None = None) -> Iterator[Image.Image]:
    """Open an uploaded picture the right way up; `draft`: a size that is enough of a JPEG.

    Raise ValidationError for a file that is no picture, or too large, also where its pixels are read in the block.
    """
    if upload.size and upload.size > _MOST_BYTES:
        raise ValidationError(_("That file is too large: choose a picture of at most 8 MB."))
    try:
        with Image.open(upload, formats=["PNG", "JPEG", "GIF", "WEBP"]) as picture:
            if picture.width * picture.height > _MOST_PIXELS:  # known before a pixel of it is unpacked
                raise ValueError("too many pixels")
            if draft:
                picture.draft("RGB", draft)
            yield ImageOps.exif_transpose(picture)
    except _INVALID_PICTURE as error:
        raise ValidationError(
            _("That is no picture that can be shown: choose a PNG, JPEG, GIF or WebP file.")
        ) from error


def face(upload: UploadedFile) -> "ContentFile[bytes]":
    with open_picture(upload, draft=(2 * _SIDE, 2 * _SIDE)) as picture:
        drawn = ImageOps.fit(picture.convert("RGB"), (_SIDE, _SIDE))
    kept = BytesIO()
    drawn.save(kept, "WEBP", quality=85)
    return ContentFile(kept.getvalue(), name=f"{uuid4().hex}.webp")
