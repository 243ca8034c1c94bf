"""Verbs on promises. Each changes the Commitment and makes its timeline rows say the same."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.merge_resolution import held_survivors, who_stands
from customers.models import Commitment, Customer, Goal
from interactions.actions.record import Entry, record_many
from interactions.actions.timeline_sync import retell
from interactions.errors import ActionRefused
from interactions.models import Channel, Direction, Kind
from partnership.staff.external_ids import OWN, new_external_id
from partnership.staff.models import Firm, User

KIND_OF = {
    "made": Kind.COMMITMENT_MADE,
    "missed": Kind.COMMITMENT_MISSED,
    "kept": Kind.COMMITMENT_KEPT,
    "released": Kind.COMMITMENT_RELEASED,
}


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
    """`external_id`: one promise however often it is made under it."""
    ours = party == Commitment.Party.US
    said = {"party": party, "what": what, "made_at": made_at, "due_on": due_on, "goal": goal}
    promise, _created = Commitment.objects.get_or_create(
        source=OWN,
        external_id=external_id or new_external_id(),
        defaults={"customer": who_stands(customer), "owner": (owner or by) if ours else None, **said},
    )
    write_rows([promise], recorded_at=made_at, by=by)
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
    """The same promise with each of many, whatever their number; under one `ref` it is made once."""
    owner = by if party == Commitment.Party.US else None
    said = {"party": party, "what": what, "made_at": made_at, "due_on": due_on, "owner": owner}
    into = held_survivors([customer.pk for customer in customers])
    new = [
        Commitment(customer_id=into.get(customer.pk, customer.pk), external_id=f"{ref}/{customer.pk}/promise", **said)
        for customer in customers
    ]
    Commitment.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    made = Commitment.objects.filter(source=OWN, external_id__in=[one.external_id for one in new])
    write_rows(found := list(made), recorded_at=at, by=by)
    return found


@transaction.atomic
def correct_promise(promise: Commitment, *, by: User, **fields: Any) -> None:
    """Say it better: its words, its goal or its owner. Its rows follow; history keeps what stood."""
    for name, value in fields.items():
        setattr(promise, name, value)
    promise.save(update_fields=list(fields))
    retell(rows_of(promise, firm=Firm.current(), by=by))


def keep_promise(promise: Commitment, *, at: datetime, by: User | None) -> None:
    """Also a missed one, late: the miss stands, and a kept row with days_late joins it."""
    close(promise, Commitment.Status.KEPT, at=at, by=by, when=(Commitment.Status.OPEN, Commitment.Status.MISSED))


def release_promise(promise: Commitment, *, at: datetime, by: User | None) -> None:
    """Let go by agreement: neither kept nor missed."""
    close(promise, Commitment.Status.RELEASED, at=at, by=by, when=(Commitment.Status.OPEN,))


@transaction.atomic
def renegotiate_promise(
    promise: Commitment, *, due_on: date, at: datetime, by: User, external_id: str | None = None
) -> Commitment:
    """Release it before it is due, and open a new one for the new day: that is honest, not missed.

    `external_id`: the new one's, which is made once however often it is agreed on under it.
    """
    Commitment.objects.select_for_update(no_key=True).get(pk=promise.pk)  # the second of two finds what the first made
    made = Commitment.objects.filter(source=OWN, external_id=external_id).first() if external_id else None
    if made is not None:
        return made
    release_promise(promise, at=at, by=by)
    return make_promise(
        customer=promise.customer, party=promise.party, what=promise.what, made_at=at, due_on=due_on,
        goal=promise.goal, owner=promise.owner, by=by, external_id=external_id,
    )  # fmt: skip


@transaction.atomic
def miss_overdue(*, at: datetime) -> int:
    """Every open promise whose due day is over becomes missed at the start of the next local day; how many."""
    firm = Firm.current()
    overdue = list(Commitment.objects.overdue(firm.local_date(at)).select_for_update(skip_locked=True))
    for promise in overdue:
        promise.status, promise.closed_at = Commitment.Status.MISSED, firm.end_of(promise.due_on)
    Commitment.objects.bulk_update(overdue, ["status", "closed_at"], batch_size=500)
    write_rows(overdue, recorded_at=at)
    return len(overdue)


@transaction.atomic
def close(promise: Commitment, status: str, *, at: datetime, by: User | None, when: tuple[str, ...]) -> None:
    changed = Commitment.objects.filter(pk=promise.pk, status__in=when).update(status=status, closed_at=at)
    promise.refresh_from_db()
    if not changed:
        raise ActionRefused(_("This promise is already %s.") % promise.get_status_display())
    write_rows([promise], recorded_at=at, by=by)


def write_rows(promises: Iterable[Commitment], *, recorded_at: datetime, by: User | None = None) -> None:
    """Add the timeline rows that the promises' state calls for and that are not there yet."""
    firm = Firm.current()
    entries = [entry for promise in promises for entry in rows_of(promise, firm=firm, by=by)]
    record_many(entries, recorded_at=recorded_at)


def rows_of(promise: Commitment, *, firm: Firm, by: User | None = None) -> list[Entry]:
    """The rows a promise has on the timeline, a function of its state alone; refs are `<ref>/made`, `/kept`, …"""
    moments = {"made": promise.made_at}
    if promise.status == Commitment.Status.MISSED and promise.closed_at:
        moments["missed"] = promise.closed_at
    over = firm.end_of(promise.due_on) if promise.due_on else None
    if over and promise.closed_at and promise.closed_at >= over:
        moments["missed"] = over
    if promise.closed_at and promise.status in (Commitment.Status.KEPT, Commitment.Status.RELEASED):
        moments[promise.status] = promise.closed_at
    return [row_of(promise, event, at, firm=firm, by=by) for event, at in moments.items()]


def row_of(promise: Commitment, event: str, at: datetime, *, firm: Firm, by: User | None) -> Entry:
    ours = promise.party == Commitment.Party.US
    late = (firm.local_date(at) - promise.due_on).days if event == "kept" and promise.due_on else 0
    return Entry(
        customer_id=promise.customer_id,
        occurred_at=at,
        channel=Channel.INTERNAL,
        direction=Direction.OUTBOUND if ours else Direction.INBOUND,
        kind=KIND_OF[event],
        subject=promise.what,
        author_id=(promise.owner_id or (by.pk if by else None)) if ours else None,
        goal_id=promise.goal_id,
        commitment_id=promise.pk,
        payload={"days_late": late} if late > 0 else {},
        source=promise.source,
        external_id=f"{promise.external_id}/{event}",
    )
