"""External ids: where a record came from, so that the same record delivered twice is one row."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.core.fields import PlainInMigrations

OWN_SOURCE = "partnership"

# PostgreSQL indexes at most 2,700 bytes of a key.
EXTERNAL_ID_MAX_LENGTH = 700


def new_external_id() -> str:
    return str(uuid.uuid4())


def parse_ref(ref: str) -> tuple[str, str]:
    """Split `source:external_id` at the first colon. Raise ValueError if a side is missing or too long."""
    source, colon, external_id = ref.partition(":")
    if not (colon and source and external_id):
        raise ValueError(f"{ref!r} is not a ref: write source:external_id, such as crm:42")
    if len(source) > 64 or len(external_id) > EXTERNAL_ID_MAX_LENGTH:
        raise ValueError(
            f"ref {ref[:40]!r}… is too long: at most 64 characters of source and {EXTERNAL_ID_MAX_LENGTH} of id"
        )
    return source, external_id


class ExternalIdField(PlainInMigrations, models.CharField):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": new_external_id, **kwargs})


class ExternallyIdentified(models.Model):
    """A record is unique by (source, external_id) within its model.

    `source_snapshot` is what the source last stated, field by field. An import writes only fields that the source has
    changed since, so that edits by staff stay.
    """

    source = models.CharField(_("source"), max_length=64, default=OWN_SOURCE, editable=False)
    external_id = ExternalIdField(_("id in the source"), max_length=EXTERNAL_ID_MAX_LENGTH, editable=False)
    source_snapshot = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="%(app_label)s_%(class)s_ref")]

    @property
    def ref(self) -> str:
        return f"{self.source}:{self.external_id}"
