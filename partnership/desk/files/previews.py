"""Previews of files, drawn when first requested and stored under the hash of the file's content."""

import subprocess
import sys
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from interactions.models import Attachment

_KINDS = {
    "image/png": "image",
    "image/jpeg": "image",
    "image/gif": "image",
    "image/webp": "image",
    "application/pdf": "pdf",
}
_MOST_BYTES = 30_000_000

_WORKER = Path(__file__).with_name("preview_worker.py")
_TIMEOUT = 15  # seconds


def has_preview(content_type: str) -> bool:
    return content_type in _KINDS


def preview_of(file: Attachment) -> bytes | None:
    """Return the preview as WebP; None if it cannot be drawn, which is stored too."""
    name = f"previews/{file.sha256[:2]}/{file.sha256}.webp"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(_draw(file)))
    with default_storage.open(name) as stored:
        return stored.read() or None


def _draw(file: Attachment) -> bytes:
    """Return nothing if the file is broken, a bomb, or not of its declared type. FileNotFoundError if it is missing."""
    if file.size > _MOST_BYTES or not has_preview(file.content_type):
        return b""
    with file.file.open("rb") as source:
        content = source.read()
    command = [sys.executable, "-I", str(_WORKER), _KINDS[file.content_type]]
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
