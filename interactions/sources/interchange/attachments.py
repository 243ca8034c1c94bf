"""Files of interactions. One content is stored once, under its hash."""

import base64
import binascii
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from interactions.models import Attachment
from interactions.sources.interchange.lines import Line
from interactions.sources.interchange.taking import RefusedError, Taker


class AttachmentTaker(Taker):
    type = "attachment"
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
    named = {"interaction": "interaction"}
    together = (frozenset({"content", "size", "sha256"}),)

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> dict[str, Any]:
        record = line.record
        try:
            content = base64.b64decode(record["content"], validate=True)
        except (binascii.Error, ValueError):
            raise RefusedError("content is not base64: encode the file's bytes so") from None
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
        """The name under which the content lies. A file of another size is a write that broke off."""
        name = f"attachments/{digest[:2]}/{digest}"
        if not self.run.keep_files:
            return name
        if default_storage.exists(name):
            if default_storage.size(name) == len(content):
                return name
            default_storage.delete(name)
        self.run.files_written.append(default_storage.save(name, ContentFile(content)))
        return self.run.files_written[-1]
