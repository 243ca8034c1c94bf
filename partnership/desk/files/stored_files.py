"""Stored files that a draft attaches again, as values of a form."""

from dataclasses import asdict

from django.core import signing

from interactions.actions.attachments import StoredFile

_SALT = "partnership.desk.files"


def pack_file(file: StoredFile) -> str:
    """Return a signed value for a form: who has it may send the file."""
    return signing.dumps(asdict(file), salt=_SALT)


def unpack_file(value: str) -> StoredFile | None:
    """Return the file; None for a value that is not of ours."""
    try:
        return StoredFile(**signing.loads(value, salt=_SALT))
    except signing.BadSignature:
        return None
