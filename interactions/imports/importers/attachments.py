"""Import files of interactions. Equal contents are stored once, under their hash."""

import base64
import binascii
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from interactions.imports.importers.importer import Importer, Outcome, RecordRefusedError
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line
from interactions.imports.interchange.refs import split_ref
from interactions.models import Attachment, Deletion


class AttachmentImporter(Importer[Attachment]):
    record_type = "attachment"
    model = Attachment
    columns = {
        "interaction": "interaction_id",
        "name": "name",
        "content_type": "content_type",
        "content_id": "content_id",
        "content": "file",
        "size": "size",
        "sha256": "sha256",
    }
    ref_fields = {"interaction": "interaction"}
    field_groups = (frozenset({"content", "size", "sha256"}),)

    def resolve(self, wave: list[Line], outcome: Outcome) -> list[Line]:
        """Leave out files of entries that were deleted here."""
        gone = _deleted_refs({line.record["interaction"] for line in wave})
        standing = [line for line in wave if line.record["interaction"] not in gone]
        outcome.unchanged += len(wave) - len(standing)
        return super().resolve(standing, outcome)

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> Record:
        record = line.record
        try:
            content = base64.b64decode(record["content"], validate=True)
        except (binascii.Error, ValueError):
            raise RecordRefusedError("content is not base64: encode the file's bytes so") from None
        values = super().values(line, known)
        digest = sha256(content).hexdigest()
        return {
            **values,
            "content_type": values["content_type"] or "application/octet-stream",
            "file": self.stored(digest, content),
            "size": len(content),
            "sha256": digest,
        }

    def stored(self, digest: str, content: bytes) -> str:
        """Store the content and return its name. A stored file of another size is a broken write and is replaced."""
        name = f"attachments/{digest[:2]}/{digest}"
        if not self.run.keep_files:
            return name
        if default_storage.exists(name):
            if default_storage.size(name) == len(content):
                return name
            default_storage.delete(name)
        self.run.files_written.append(default_storage.save(name, ContentFile(content)))
        return self.run.files_written[-1]


def _deleted_refs(interactions: set[str]) -> set[str]:
    """Return the refs whose deletion was not undone. Served by interactions_deletion_stands_once."""
    keys = {split_ref(ref) for ref in interactions}
    found = Deletion.objects.filter(
        undone_at=None, source__in={source for source, _ in keys}, external_id__in={each for _, each in keys}
    )
    return {f"{source}:{external_id}" for source, external_id in found.values_list("source", "external_id")}
