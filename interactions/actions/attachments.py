"""Attach uploaded files to an entry."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from interactions.models import Attachment, Interaction
from partnership.staff.external_ids import OWN_SOURCE

_NAME_LIMIT = 255
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,63}/[\w.+-]{1,63}", re.ASCII)


@dataclass(frozen=True)
class StoredFile:
    """A file whose content is stored; `file`: its name in the storage."""

    name: str
    content_type: str
    size: int
    sha256: str
    file: str

    @classmethod
    def of(cls, attachment: Attachment) -> "StoredFile":
        kept = {name: getattr(attachment, name) for name in ("name", "content_type", "size", "sha256")}
        return cls(**kept, file=attachment.file.name or "")


def store_file(file: UploadedFile) -> StoredFile:
    digest, given = _digest_of(file), file.content_type or ""
    return StoredFile(
        name=safe_file_name(file.name or ""),
        content_type=given if _MEDIA_TYPE.fullmatch(given) else "application/octet-stream",
        size=file.size or 0,
        sha256=digest,
        file=_store(digest, file),
    )


def attach_files(*, interaction: Interaction, files: Iterable[UploadedFile | StoredFile]) -> None:
    """Attach the files, and store those that are not yet. A form that is submitted twice stores them once."""
    for number, given in enumerate(files, 1):
        file = given if isinstance(given, StoredFile) else store_file(given)
        Attachment.objects.get_or_create(
            source=OWN_SOURCE,
            external_id=f"{interaction.external_id}/attachment/{number}",
            defaults={"interaction": interaction, **vars(file)},
        )


def _digest_of(file: UploadedFile) -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _store(digest: str, file: UploadedFile) -> str:
    """Store the content once and return its name. A stored file of another size is a broken upload and is replaced."""
    name = f"attachments/{digest[:2]}/{digest}"
    if default_storage.exists(name):
        if default_storage.size(name) == file.size:
            return name
        default_storage.delete(name)
    file.seek(0)
    return default_storage.save(name, file)


def safe_file_name(name: str) -> str:
    """Return the file name without folders, control and direction characters, at most 255 characters long."""
    bare = re.split(r"[/\\]", name)[-1]
    shown = "".join(letter for letter in bare if unicodedata.category(letter) not in ("Cc", "Cf", "Zl", "Zp", "Cs"))
    stem, dot, ending = shown.strip(" .").rpartition(".")
    if len(shown) > _NAME_LIMIT and dot and len(ending) <= 20:
        return f"{stem[: _NAME_LIMIT - len(ending) - 1]}.{ending}"
    return shown.strip(" .")[:_NAME_LIMIT] or "file"
