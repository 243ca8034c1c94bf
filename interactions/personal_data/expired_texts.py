"""Texts and files of customers who ended long ago: they go, who the customers are and what is counted stays."""

from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from customers.models import CheckIn, Commitment, Customer, Goal
from customers.querysets import CustomerQuerySet
from interactions.models import Attachment, Conversation, Deletion, Erasure, Interaction, Outgoing, Settlement
from interactions.personal_data.blanks import Payloads, blank_entries, blank_entry_events, blank_rows
from interactions.personal_data.erasing import ENTRIES_A_STEP, STEPS_OF_A_CUSTOMER, forget_attachments
from interactions.personal_data.hashes import find_salt, remember_names
from interactions.personal_data.rows import ROWS, Keys, events_of, record_keys
from partnership.core.locks import LockKey, lock_transaction
from partnership.staff.audit import suspend_audit
from partnership.staff.models import Firm

_RECORDS = {
    Goal: "goal", CheckIn: "check_in", Commitment: "commitment", Conversation: "conversation",
    Settlement: "settlement",
}  # fmt: skip


def customers_with_expired_texts(*, before: datetime) -> CustomerQuerySet:
    """Keep customers who have ended, of whom nothing was recorded since `before`, and who have texts or files."""
    entries = Interaction.objects.filter(customer=OuterRef("pk"))
    has_text = Exists(entries.exclude(subject="", body="", html="", quoted=""))
    has_files = Exists(Attachment.objects.filter(interaction__customer=OuterRef("pk")))
    ended = Customer.objects.unmerged().filter(lifecycle=Customer.Lifecycle.ENDED, erasure=None, created_at__lt=before)
    since = entries.filter(Q(occurred_at__gte=before) | Q(recorded_at__gte=before))
    return ended.filter(~Exists(since)).filter(has_text | has_files).order_by("pk")


def begin_expiry(*, reason: str, at: datetime) -> Erasure:
    """Note that texts expire: a certificate of a customer without a name, whose files a worker deletes."""
    pending = {"addresses": [], "names": [], "files": [], "step": STEPS_OF_A_CUSTOMER, "after": 0, "swept": True}
    return Erasure.objects.create(asked_at=at, reason=reason, salt=find_salt(), pending=pending)


@transaction.atomic
def expire_texts(customer: Customer, *, erasure: Erasure) -> None:
    """Erase one customer's texts and files. Their refs are kept as hashes, so that no import brings them back."""
    lock_transaction(LockKey.HISTORY)
    row = Erasure.objects.select_for_update().get(pk=erasure.pk)
    keys = record_keys(customer)
    entries = Interaction.objects.filter(customer__in=keys)
    _remember_refs(row, keys, entries)
    with suspend_audit(), Firm.current().localized():
        _blank_in_steps(entries.values_list("pk", "payload"), blank_entries)
        events: Any = Interaction.pgh_event_model  # type: ignore[attr-defined]
        of_them = events._default_manager.filter(customer_id__in=keys)
        _blank_in_steps(of_them.values_list("pgh_id", "payload"), blank_entry_events)
        files = Attachment.objects.filter(interaction__in=entries.order_by().values("pk"))
        _add(row, "files", files.count())
        forget_attachments(row, files, events_of(Attachment, keys, files))
        for model in _RECORDS:
            blank_rows(model, keys)
        Outgoing.objects.filter(interaction__in=entries.order_by().values("pk")).exclude(
            status__in=[Outgoing.Status.QUEUED, Outgoing.Status.SENDING]
        ).delete()
        ROWS[Deletion](keys).delete()
    _add(row, "customers", 1)
    _add(row, "entries", entries.count())
    row.save(update_fields=["pending", "counts"])


def _remember_refs(erasure: Erasure, keys: Keys, entries: Any) -> None:
    files = Attachment.objects.filter(interaction__in=entries.order_by().values("pk"))
    found = {"interaction": [entries, ROWS[Deletion](keys)], "attachment": [files]}
    found |= {type_: [ROWS[model](keys)] for model, type_ in _RECORDS.items()}
    for type_, several in found.items():
        for rows in several:
            refs = rows.order_by().values_list("source", "external_id").iterator(ENTRIES_A_STEP)
            remember_names(erasure, ((type_, f"{source}:{name}") for source, name in refs))


def _blank_in_steps(rows: Any, blank: Any) -> None:
    payloads: Payloads = []
    for row in rows.order_by("pk").iterator(ENTRIES_A_STEP):
        payloads.append(row)
        if len(payloads) == ENTRIES_A_STEP:
            blank(payloads)
            payloads = []
    if payloads:
        blank(payloads)


def _add(erasure: Erasure, name: str, number: int) -> None:
    counts = cast(dict[str, int], erasure.counts)
    counts[name] = counts.get(name, 0) + number
