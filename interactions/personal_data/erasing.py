"""Erase who a customer was and what was said; what is counted stays under a nameless record.

Begun in one transaction, which takes away their name and addresses and cancels what was to be sent. The rest follows in
steps, each a transaction that remembers how far it came: a step begun again after a kill does nothing twice.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from customers.models import CheckIn, Commitment, ContactPoint, Customer, Goal, Merge
from customers.signals import CountedFacts, customers_erased, history_changed
from interactions.errors import ActionRefused
from interactions.merging.merging import lock_customers, lock_timelines
from interactions.models import Attachment, Conversation, Deletion, Erasure, Interaction, Outgoing, Settlement
from interactions.models.kinds import NOT_SENT
from interactions.personal_data.blanks import blank_entries, blank_entry_events, blank_rows
from interactions.personal_data.counted_facts import find_counted_facts
from interactions.personal_data.hashes import Name, digest_of, find_salt, remember_names
from interactions.personal_data.rows import ROWS, Keys, events_of, own_entries, record_keys
from interactions.personal_data.words import Words
from partnership.core.locks import LockKey, lock_transaction
from partnership.staff.audit import suspend_audit
from partnership.staff.audit_log import reference
from partnership.staff.models import AuditRecord, Firm, User

ENTRIES_A_STEP = 1_000

_IN_OUTBOX = (Outgoing.Status.QUEUED, Outgoing.Status.FAILED)
_PAYLOAD = "payload"
_MAIL = "message/rfc822"


@transaction.atomic
def begin_erasure(
    customer: Customer,
    *,
    reason: str,
    by: User | None,
    at: datetime,
    everywhere: bool,
    uid: str | None = None,
    salt: str = "",
    backups_until: date | None = None,
) -> Erasure:
    """Take away the customer's name and addresses, and note what is still to be erased. Raise ActionRefused."""
    lock_transaction(LockKey.HISTORY)
    keys = record_keys(customer)
    lock_timelines(keys)
    lock_customers(*Customer.objects.filter(pk__in=keys))
    customer = Customer.objects.get(pk=customer.pk)
    if obstacle := erasure_obstacle(customer):
        raise ActionRefused(obstacle)
    words = find_words(keys)
    given: dict[str, Any] = {} if uid is None else {"uid": uid}
    erasure = Erasure.objects.create(
        customer=customer, asked_at=at, by=by, reason=reason, everywhere=everywhere, salt=salt or find_salt(),
        backups_until=backups_until,
        pending={"addresses": list(words.addresses), "names": list(words.names), "files": [], "step": 0, "after": 0},
        **given,
    )  # fmt: skip
    remember_names(erasure, _names_of(keys))
    counted = find_counted_facts()
    with suspend_audit():
        _cancel_mails(erasure, keys)
        _end_open_matters(keys, at=at)
        customers_erased.send(sender=Erasure, customer_ids=keys, at=at, erasure=erasure)
        _erase_identity(erasure, keys, counted)
    erasure.save()
    history_changed.send(sender=Erasure, customer_ids=keys)
    return erasure


def erasure_obstacle(customer: Customer) -> str:
    """Explain why the customer cannot be erased now; empty if they can."""
    if customer.merged_into_id:
        return _("This record was merged into another: erase that one.")
    if Erasure.objects.filter(customer=customer).exists():
        return _("This customer is erased already.")
    sending = Outgoing.objects.filter(interaction__customer=customer, status=Outgoing.Status.SENDING)
    if sending.exists():
        return _("A mail to them is being sent at this moment. Try again in a minute.")
    return ""


def find_words(keys: Keys) -> Words:
    """Collect the names and addresses that the customers have and had."""
    names: set[str] = set()
    addresses: set[str] = set()
    for rows in (ROWS[Customer](keys), events_of(Customer, keys, ROWS[Customer](keys))):
        names.update(rows.order_by().values_list("name", flat=True))
    for rows in (ROWS[ContactPoint](keys), events_of(ContactPoint, keys, ROWS[ContactPoint](keys))):
        for pair in rows.order_by().values_list("value", "normalised"):
            addresses.update(pair)
    return Words.of(addresses, names)


def _names_of(keys: Keys) -> Iterable[Name]:
    """Yield the refs of all their records, and their addresses."""
    for model, type_ in _REMEMBERED.items():
        rows = ROWS[model](keys).order_by().values_list("source", "external_id")
        yield from ((type_, f"{source}:{external_id}") for source, external_id in rows.iterator(ENTRIES_A_STEP))
    points = ROWS[ContactPoint](keys)
    for found in (points, events_of(ContactPoint, keys, points)):
        yield from found.order_by().values_list("kind", "normalised")


_REMEMBERED: dict[type[Any], str] = {
    Customer: "customer", Goal: "goal", CheckIn: "check_in", Commitment: "commitment", Conversation: "conversation",
    Settlement: "settlement", Interaction: "interaction", Attachment: "attachment", Deletion: "interaction",
}  # fmt: skip


def _cancel_mails(erasure: Erasure, keys: Keys) -> None:
    """Take back what was to be sent: it is no mail of ours that left."""
    waiting = ROWS[Outgoing](keys).filter(status__in=_IN_OUTBOX)
    entries = list(waiting.values_list("interaction_id", flat=True))
    for entry in Interaction.objects.filter(pk__in=entries):
        Interaction.objects.filter(pk=entry.pk).update(payload={**entry.payload, NOT_SENT: True})
    _count(erasure, "cancelled_mails", len(entries))
    _count(erasure, "mails", ROWS[Outgoing](keys).count() - len(entries))
    ROWS[Outgoing](keys).delete()


def _end_open_matters(keys: Keys, *, at: datetime) -> None:
    """End what nobody can do any more, without counting it as done, missed, dropped or answered."""
    ROWS[Goal](keys).filter(status=Goal.Status.ACTIVE).update(status=Goal.Status.DROPPED, closed_at=None)
    promises, released = ROWS[Commitment](keys), Commitment.Status.RELEASED
    promises.filter(status=Commitment.Status.OPEN).update(status=released, closed_at=at, due_on=None)
    # Closed after its date, it counts as missed all the same, and is owed no longer.
    promises.filter(status=Commitment.Status.MISSED).update(status=released)
    ROWS[Conversation](keys).update(status=Conversation.Status.CLOSED, snoozed_until=None, waiting_since=None)


def _erase_identity(erasure: Erasure, keys: Keys, counted: CountedFacts) -> None:
    customers = ROWS[Customer](keys)
    events = events_of(Customer, keys, customers)
    photos = {name for rows in (customers, events) for name in rows.values_list("photo", flat=True) if name}
    cast(dict[str, Any], erasure.pending)["files"] += sorted(photos)
    for rows in (customers, events):
        for pk, tags in rows.exclude(tags=[]).values_list("pk", "tags"):
            rows.filter(pk=pk).update(tags=[tag for tag in tags if tag in counted.tags])
    refs = [reference(one) for one in customers]
    AuditRecord.objects.filter(about_ref__in=refs).update(about="", about_ref="")
    # They are contacted no more, and stand in no list of whom to contact.
    customers.update(do_not_contact=True)
    blank_rows(Customer, keys)
    points = ROWS[ContactPoint](keys)
    _count(erasure, "contact_points", points.count())
    events_of(ContactPoint, keys, points).delete()
    points.delete()
    # What another's source said of whom they belong to or were brought by names them by ref.
    for name in ("organisation", "introduced_by"):
        others = Customer.objects.filter(**{f"{name}__in": keys}, source_snapshot__has_key=name)
        for one in others.exclude(pk__in=keys):
            snapshot = {key: value for key, value in (one.source_snapshot or {}).items() if key != name}
            Customer.objects.filter(pk=one.pk).update(source_snapshot=snapshot)


def _count(erasure: Erasure, name: str, number: int) -> None:
    erasure.counts[name] = erasure.counts.get(name, 0) + number


def continue_erasing(erasure: Erasure) -> bool:
    """Do the next step in the database. Return whether there is another."""
    with transaction.atomic():
        row = Erasure.objects.select_for_update().get(pk=erasure.pk)
        if row.pending is None or row.pending["step"] >= len(_STEPS):
            return False
        with suspend_audit(), Firm.current().localized():
            keys = record_keys(row.customer) if row.customer else []
            is_done = _STEPS[row.pending["step"]](row, keys)
        if is_done:
            row.pending |= {"step": row.pending["step"] + 1, "after": 0}
        row.save(update_fields=["pending", "counts"])
    return True


def _erase_entries(erasure: Erasure, keys: Keys) -> bool:
    """Erase the texts of the next entries; return whether these were the last."""
    pending = cast(dict[str, Any], erasure.pending)
    found = Interaction.objects.filter(own_entries(keys), pk__gt=pending["after"]).order_by("pk")
    rows = list(found.values_list("pk", _PAYLOAD)[:ENTRIES_A_STEP])
    if rows:
        blank_entries(rows)
        _count(erasure, "entries", len(rows))
        pending["after"] = rows[-1][0]
    return len(rows) < ENTRIES_A_STEP


def _erase_entry_events(erasure: Erasure, keys: Keys) -> bool:
    """Erase the texts of the next earlier versions, those of deleted entries included."""
    pending = cast(dict[str, Any], erasure.pending)
    events = events_of(Interaction, keys, ROWS[Interaction](keys)).filter(pgh_id__gt=pending["after"])
    rows = list(events.order_by("pgh_id").values_list("pgh_id", _PAYLOAD)[:ENTRIES_A_STEP])
    if rows:
        blank_entry_events(rows)
        _count(erasure, "earlier_versions", len(rows))
        pending["after"] = rows[-1][0]
    return len(rows) < ENTRIES_A_STEP


def _erase_records(erasure: Erasure, keys: Keys) -> bool:
    """Erase goals, promises, threads and merges, and what was kept of deleted entries."""
    for model, name in ((Goal, "goals"), (CheckIn, "check_ins"), (Commitment, "promises"),
                        (Conversation, "conversations"), (Settlement, ""), (Merge, "")):  # fmt: skip
        number = blank_rows(model, keys)
        if name:
            _count(erasure, name, number)
    _count(erasure, "deletions", ROWS[Deletion](keys).count())
    ROWS[Deletion](keys).delete()
    return True


def _forget_originals(erasure: Erasure, keys: Keys) -> bool:
    """Delete the originals of mails of others that name an address of theirs, as a recipient of a copy for one.

    The text of such a mail stays with its entry.
    """
    words = words_of(erasure)
    if words.addresses:
        others = Interaction.objects.exclude(own_entries(keys)).annotate(further=Cast("payload", TextField()))
        naming = others.filter(further__iregex=Words(words.addresses).sql_pattern).order_by().values("pk")
        rows = Attachment.objects.filter(interaction__in=naming, content_type=_MAIL)
        pks = list(rows.values_list("pk", flat=True))
        _count(erasure, "originals", len(pks))
        events: Any = Attachment.pgh_event_model  # type: ignore[attr-defined]
        forget_attachments(
            erasure, Attachment.objects.filter(pk__in=pks), events._default_manager.filter(pgh_obj_id__in=pks)
        )
    return True


def words_of(erasure: Erasure) -> Words:
    pending = erasure.pending or {}
    return Words(tuple(pending.get("addresses", ())), tuple(pending.get("names", ())))


def _erase_attachments(erasure: Erasure, keys: Keys) -> bool:
    """Delete the rows of files; the files themselves go once that is committed."""
    rows = ROWS[Attachment](keys)
    _count(erasure, "files", rows.count())
    forget_attachments(erasure, rows, events_of(Attachment, keys, rows))
    return True


def forget_attachments(erasure: Erasure, rows: Any, events: Any) -> None:
    pending = cast(dict[str, Any], erasure.pending)
    for found in (rows, events):
        for name, sha256 in found.order_by().values_list("file", "sha256"):
            pending["files"] += [name, f"previews/{sha256[:2]}/{sha256}.webp"]
    events.delete()
    rows.delete()
    pending["files"] = sorted(set(filter(None, pending["files"])))


_STEPS: tuple[Callable[[Erasure, Keys], bool], ...] = (
    _erase_entries,
    _erase_entry_events,
    _erase_attachments,
    _forget_originals,
    _erase_records,
)


STEPS_OF_A_CUSTOMER = len(_STEPS)


def finish_erasure(erasure: Erasure, *, at: datetime) -> None:
    """Forget the words that were looked for; what is left is the certificate."""
    Erasure.objects.filter(pk=erasure.pk, finished_at=None).update(
        pending=None, finished_at=at, digest=digest_of(erasure)
    )
    erasure.refresh_from_db()
    if erasure.customer:
        history_changed.send(sender=Erasure, customer_ids=record_keys(erasure.customer))
