"""Small pictures of files, drawn when they are first asked for and kept under the hash of the file's content."""

import subprocess
import sys
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from interactions.models import Attachment

KINDS = {
    "image/png": "image",
    "image/jpeg": "image",
    "image/gif": "image",
    "image/webp": "image",
    "application/pdf": "pdf",
}
LARGEST = 30_000_000
"""Bytes of a file that is drawn."""

DRAWING = Path(__file__).with_name("preview_worker.py")
PATIENCE = 15
"""Seconds."""


def has_preview(content_type: str) -> bool:
    return content_type in KINDS


def preview_of(file: Attachment) -> bytes | None:
    """The picture as WebP; None when there is none to be had, which is remembered too."""
    name = f"previews/{file.sha256[:2]}/{file.sha256}.webp"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(drawn(file)))
    with default_storage.open(name) as kept:
        return kept.read() or None


def drawn(file: Attachment) -> bytes:
    """Nothing when the file is broken, a bomb, or of another kind than it says. FileNotFoundError when it is gone."""
    if file.size > LARGEST or not has_preview(file.content_type):
        return b""
    with file.file.open("rb") as source:
        content = source.read()
    command = [sys.executable, "-I", str(DRAWING), KINDS[file.content_type]]
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
