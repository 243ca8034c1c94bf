"""The list of erasures beside the database and its backups: hashes, by which they are done again after a restore."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings

from customers.models import Customer
from interactions.models import ErasedRef, Erasure
from interactions.personal_data.erasing import begin_erasure
from interactions.personal_data.hashes import hash_name
from partnership.staff.models import User

NAME = "erasures.jsonl"
Entry = dict[str, Any]

# Refs of entries are many; a customer is found again by their own.
_KINDS = ("customer", "email", "phone", "handle", "external_id")


def ledger_path() -> Path:
    """Return where the list is kept: with the backups, which it has to outlive the database beside."""
    return Path(settings.VAR_DIR) / "backups" / NAME


def write_ledger(*, more: Path | None = None) -> None:
    """Add the database's erasures to those that the file names already."""
    entries = {entry["erasure"]: entry for entry in read_ledger(more=more)}
    entries |= {entry["erasure"]: entry for entry in map(_entry, Erasure.objects.select_related("by"))}
    text = "".join(json.dumps(entry) + "\n" for entry in sorted(entries.values(), key=lambda one: one["at"]))
    path = ledger_path()
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    if path.is_file() and path.read_text() == text:
        return
    with NamedTemporaryFile("w", dir=path.parent, prefix=".erasures-", delete=False) as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
    os.replace(draft.name, path)


def _entry(erasure: Erasure) -> Entry:
    refs = ErasedRef.objects.filter(erasure=erasure, kind__in=_KINDS)
    return {
        "erasure": str(erasure.uid), "at": erasure.asked_at.isoformat(), "by": erasure.by.email if erasure.by else "",
        "reason": erasure.reason, "everywhere": erasure.everywhere, "salt": erasure.salt,
        "refs": sorted([kind, digest] for kind, digest in refs.values_list("kind", "digest")),
    }  # fmt: skip


def read_ledger(*, more: Path | None = None) -> Iterator[Entry]:
    """Yield what the file says, and one `more`, such as that beside a backup. A line cut off by a kill is left out."""
    for path in [ledger_path(), *([more] if more else [])]:
        if path.is_file():
            for line in path.read_text().splitlines():
                try:
                    yield json.loads(line)
                except ValueError:
                    continue


def erase_again(*, at: datetime, more: Path | None = None) -> int:
    """Begin the erasures that the database doesn't know, as after the restore of an older backup. Return how many."""
    known = {str(uid) for uid in Erasure.objects.values_list("uid", flat=True)}
    missing = {entry["erasure"]: entry for entry in read_ledger(more=more) if entry["erasure"] not in known}
    for entry in sorted(missing.values(), key=lambda one: one["at"]):
        _erase_again(entry)
    if missing:
        write_ledger(more=more)
    return len(missing)


def _erase_again(entry: Entry) -> None:
    by = User.objects.filter(email=entry["by"]).first()
    asked_at = datetime.fromisoformat(entry["at"])
    customer = _find_customer(entry)
    if customer is None:
        erasure = Erasure.objects.create(
            uid=entry["erasure"], asked_at=asked_at, by=by, reason=entry["reason"], everywhere=entry["everywhere"],
            salt=entry["salt"], finished_at=asked_at,
        )  # fmt: skip
    else:
        erasure = begin_erasure(
            customer, reason=entry["reason"], by=by, at=asked_at, everywhere=entry["everywhere"], uid=entry["erasure"],
            salt=entry["salt"],
        )  # fmt: skip
    there = set(erasure.refs.values_list("kind", "digest"))
    missing = [(kind, digest) for kind, digest in entry["refs"] if (kind, digest) not in there]
    ErasedRef.objects.bulk_create(ErasedRef(erasure=erasure, kind=kind, digest=digest) for kind, digest in missing)


def _find_customer(entry: Entry) -> Customer | None:
    """Find the customer whose own ref has one of the hashes; the survivor where they are merged."""
    digests = {digest for kind, digest in entry["refs"] if kind == "customer"}
    rows = Customer.objects.filter(erasure=None).order_by("pk")
    for customer in rows.only("pk", "source", "external_id", "merged_into").iterator():
        if hash_name(("customer", customer.ref), entry["salt"]) in digests and customer.merged_into_id is None:
            return customer
    return None
