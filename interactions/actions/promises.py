"""Actions on promises. Each changes the commitment and its entries on the timeline."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.merging.resolution import lock_survivor, lock_survivors
from customers.models import Commitment, Customer, Goal
from customers.signals import history_changed
from interactions.actions.record import Entry, record_many
from interactions.actions.timeline_sync import sync_entries
from interactions.errors import ActionRefused
from interactions.models import Channel, Direction, Interaction, Kind
from partnership.staff.external_ids import OWN_SOURCE, new_external_id
from partnership.staff.models import Firm, User

_KINDS = {
    "made": Kind.COMMITMENT_MADE,
    "missed": Kind.COMMITMENT_MISSED,
    "kept": Kind.COMMITMENT_KEPT,
    "released": Kind.COMMITMENT_RELEASED,
}

_OUTSTANDING = (Commitment.Status.OPEN, Commitment.Status.MISSED)


@transaction.atomic
def make_promise(
    *,
    customer: Customer,
    party: str,
    what: str,
    made_at: datetime,
    by: User,
    due_on: date | None = None,
    goal: Goal | None = None,
    owner: User | None = None,
    external_id: str | None = None,
) -> Commitment:
    """Make a promise; a repeated call with the same `external_id` changes nothing."""
    ours = party == Commitment.Party.US
    common = {"party": party, "what": what, "made_at": made_at, "due_on": due_on, "goal": goal}
    promise, _created = Commitment.objects.get_or_create(
        source=OWN_SOURCE,
        external_id=external_id or new_external_id(),
        defaults={"customer": lock_survivor(customer), "owner": (owner or by) if ours else None, **common},
    )
    _write_rows([promise], recorded_at=made_at, by=by)
    return promise


@transaction.atomic
def make_promises(
    *,
    customers: Collection[Customer],
    party: str,
    what: str,
    made_at: datetime,
    at: datetime,
    by: User,
    ref: str,
    due_on: date | None = None,
) -> list[Commitment]:
    """Make one promise for each of many customers; a repeated call with the same `ref` changes nothing."""
    owner = by if party == Commitment.Party.US else None
    common = {"party": party, "what": what, "made_at": made_at, "due_on": due_on, "owner": owner}
    into = lock_survivors([customer.pk for customer in customers])
    new = [
        Commitment(customer_id=into.get(customer.pk, customer.pk), external_id=f"{ref}/{customer.pk}/promise", **common)
        for customer in customers
    ]
    Commitment.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    made = Commitment.objects.filter(source=OWN_SOURCE, external_id__in=[one.external_id for one in new])
    _write_rows(found := list(made), recorded_at=at, by=by)
    return found


@transaction.atomic
def correct_promise(promise: Commitment, *, by: User, **fields: object) -> None:
    """Correct the promise's text, goal or owner, and its entries."""
    for name, value in fields.items():
        setattr(promise, name, value)
    promise.save(update_fields=list(fields))
    sync_entries(promise_entries(promise, firm=Firm.current(), by=by))


def keep_promise(promise: Commitment, *, at: datetime, by: User | None) -> None:
    """Mark a promise as kept. If it was missed, the miss stays and the new entry states days_late."""
    _close(promise, Commitment.Status.KEPT, at=at, by=by, when=_OUTSTANDING)


def release_promise(promise: Commitment, *, at: datetime, by: User | None) -> None:
    """Release a promise by agreement: it counts as neither kept nor missed, but a miss stands."""
    _close(promise, Commitment.Status.RELEASED, at=at, by=by, when=_OUTSTANDING)


@transaction.atomic
def renegotiate_promise(
    promise: Commitment, *, due_on: date, at: datetime, by: User, external_id: str | None = None
) -> Commitment:
    """Release a promise and make a new one for the new day. If it was missed, the miss stands.

    A repeated call with the same `external_id` returns the new promise.
    """
    Commitment.objects.select_for_update(no_key=True).get(pk=promise.pk)  # the second of two finds what the first made
    made = Commitment.objects.filter(source=OWN_SOURCE, external_id=external_id).first() if external_id else None
    if made is not None:
        return made
    _close(promise, Commitment.Status.RELEASED, at=at, by=by, when=_OUTSTANDING)
    return make_promise(
        customer=promise.customer, party=promise.party, what=promise.what, made_at=at, due_on=due_on,
        goal=promise.goal, owner=promise.owner, by=by, external_id=external_id,
    )  # fmt: skip


@transaction.atomic
def reopen_promise(promise: Commitment, *, at: datetime, by: User) -> None:
    """Reopen a promise that was marked as kept or released by mistake, and delete the entry that said so.

    One that was kept or released after its due day is missed again.
    """
    closed = Commitment.objects.select_for_update(no_key=True).exclude(status=Commitment.Status.OPEN)
    row = closed.exclude(status=Commitment.Status.MISSED).filter(pk=promise.pk).first()
    if row is None:
        raise ActionRefused(_("This promise is not closed: there is nothing to reopen."))
    over = Firm.current().end_of_day(row.due_on) if row.due_on else None
    late = over is not None and row.closed_at is not None and row.closed_at >= over
    promise.status = Commitment.Status.MISSED if late else Commitment.Status.OPEN
    promise.closed_at = over if late else None
    promise.save(update_fields=["status", "closed_at"])
    refs = [f"{row.external_id}/{event}" for event in (Commitment.Status.KEPT, Commitment.Status.RELEASED)]
    Interaction.objects.filter(source=row.source, external_id__in=refs).delete()
    history_changed.send(sender=Interaction, customer_ids={row.customer_id})


@transaction.atomic
def withdraw_promise(promise: Commitment, *, at: datetime, by: User) -> None:
    """Delete a promise that was recorded by mistake, with its entry, as long as nothing came of it."""
    row = Commitment.objects.select_for_update().filter(pk=promise.pk, status=Commitment.Status.OPEN).first()
    if row is None or row.interactions.exclude(kind=Kind.COMMITMENT_MADE).exists():
        raise ActionRefused(_("This promise has changed since then. Release it instead."))
    row.interactions.all().delete()
    row.delete()
    history_changed.send(sender=Interaction, customer_ids={row.customer_id})


@transaction.atomic
def undo_renegotiation(promise: Commitment, *, new: Commitment, at: datetime, by: User) -> None:
    """Reopen the released promise for its earlier date, and delete the one that took its place."""
    if (new.customer_id, new.party, new.made_at) != (promise.customer_id, promise.party, promise.closed_at):
        raise ActionRefused(_("This promise does not replace the other one. Reload the page to see both."))
    withdraw_promise(new, at=at, by=by)
    reopen_promise(promise, at=at, by=by)


@transaction.atomic
def miss_overdue(*, at: datetime) -> int:
    """Mark overdue promises as missed at the end of their due day. Return how many."""
    firm = Firm.current()
    overdue = list(Commitment.objects.overdue(firm.local_date(at)).select_for_update(skip_locked=True))
    for promise in overdue:
        assert promise.due_on is not None  # overdue() compares it
        promise.status, promise.closed_at = Commitment.Status.MISSED, firm.end_of_day(promise.due_on)
    Commitment.objects.bulk_update(overdue, ["status", "closed_at"], batch_size=500)
    _write_rows(overdue, recorded_at=at)
    return len(overdue)


@transaction.atomic
def _close(promise: Commitment, status: str, *, at: datetime, by: User | None, when: tuple[str, ...]) -> None:
    changed = Commitment.objects.filter(pk=promise.pk, status__in=when).update(status=status, closed_at=at)
    promise.refresh_from_db()
    if not changed:
        raise ActionRefused(_("This promise is closed already. Its status: %s.") % promise.get_status_display())
    _write_rows([promise], recorded_at=at, by=by)


def _write_rows(promises: Iterable[Commitment], *, recorded_at: datetime, by: User | None = None) -> None:
    """Record the entries that the promises' state calls for, if they are missing."""
    firm = Firm.current()
    entries = [entry for promise in promises for entry in promise_entries(promise, firm=firm, by=by)]
    record_many(entries, recorded_at=recorded_at)


def promise_entries(promise: Commitment, *, firm: Firm, by: User | None = None) -> list[Entry]:
    """Return the promise's entries as its state implies, with refs `<ref>/made`, `/kept`, …."""
    moments = {"made": promise.made_at}
    if promise.status == Commitment.Status.MISSED and promise.closed_at:
        moments["missed"] = promise.closed_at
    over = firm.end_of_day(promise.due_on) if promise.due_on else None
    if over and promise.closed_at and promise.closed_at >= over:
        moments["missed"] = over
    if promise.closed_at and promise.status in (Commitment.Status.KEPT, Commitment.Status.RELEASED):
        moments[promise.status] = promise.closed_at
    return [_promise_entry(promise, event, at, firm=firm, by=by) for event, at in moments.items()]


def _promise_entry(promise: Commitment, event: str, at: datetime, *, firm: Firm, by: User | None) -> Entry:
    ours = promise.party == Commitment.Party.US
    late = (firm.local_date(at) - promise.due_on).days if event == "kept" and promise.due_on else 0
    return Entry(
        customer_id=promise.customer_id,
        occurred_at=at,
        channel=Channel.INTERNAL,
        direction=Direction.OUTBOUND if ours else Direction.INBOUND,
        kind=_KINDS[event],
        subject=promise.what,
        author_id=(promise.owner_id or (by.pk if by else None)) if ours else None,
        goal_id=promise.goal_id,
        commitment_id=promise.pk,
        payload={"days_late": late} if late > 0 else {},
        source=promise.source,
        external_id=f"{promise.external_id}/{event}",
    )
