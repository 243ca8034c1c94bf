"""Record a class, workshop or group call on each attendee's timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from customers.models import Customer
from interactions.actions.promises import make_promises
from interactions.actions.record import Entry, record_many
from interactions.models import Channel, Direction, Kind
from partnership.staff.models import User


@dataclass(frozen=True)
class Attendee:
    """A customer at a session. `attended` is None if unknown; `note` is for this customer only."""

    customer: Customer
    attended: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Session:
    """A group session. `minutes`: the staff's, in total. `note`: for each timeline.

    `what`, `party`, `due_on`: a promise for each. A form that is submitted twice has the same `ref` and records one
    session.
    """

    ref: str
    title: str
    form: str
    held_at: datetime
    minutes: int | None = None
    note: str = ""
    party: str = ""
    what: str = ""
    due_on: date | None = None


@transaction.atomic
def hold_session(session: Session, *, attendees: Sequence[Attendee], at: datetime, by: User) -> int:
    """Record the session with a fixed number of statements. Return the number of new entries."""
    present = [one for one in attendees if one.attended]
    rows = [_attendance_entry(session, one, by) for one in present]
    rows += [row for one in attendees if (row := _note_entry(session, one, by))]
    if rows:
        rows[0].minutes = session.minutes  # a session's minutes were spent once
    new = record_many(rows, recorded_at=at)
    if session.what:
        make_promises(
            customers=[one.customer for one in attendees], party=session.party, what=session.what,
            made_at=session.held_at, due_on=session.due_on, at=at, by=by, ref=session.ref,
        )  # fmt: skip
    return len(new)


def _attendance_entry(session: Session, one: Attendee, by: User) -> Entry:
    return Entry(
        customer_id=one.customer.pk,
        occurred_at=session.held_at,
        channel=Channel.MEETING,
        direction=Direction.INBOUND,
        kind=Kind.ATTENDANCE,
        subject=session.title,
        author_id=by.pk,
        payload={"session": session.form},
        external_id=f"{session.ref}/{one.customer.pk}/attendance",
    )


def _note_entry(session: Session, one: Attendee, by: User) -> Entry | None:
    """Return an entry with the common note and the customer's own; None without any."""
    body = "\n\n".join(filter(None, (session.note, one.note)))
    if not body:
        return None
    return Entry(
        customer_id=one.customer.pk,
        occurred_at=session.held_at,
        channel=Channel.INTERNAL,
        direction=Direction.INTERNAL,
        kind=Kind.NOTE,
        subject=session.title,
        body=body,
        author_id=by.pk,
        external_id=f"{session.ref}/{one.customer.pk}/note",
    )
