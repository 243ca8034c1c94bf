"""Requests that ask for a decision: a refund, or an exception. What came of one is written on it.

A request's payload says `exception` where it asks for one, and `decision` once there is one: `outcome`, `on` (the day),
`answer` (the ref of the row that told them) and, where something was given, `given` (the ref of that row), `amount`,
`currency`.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.actions.entries import follow, is_markable, locked
from interactions.actions.goodwill import keep_to_budget
from interactions.actions.record import RECENT, record
from interactions.errors import ActionRefused
from interactions.models import Conversation, Interaction
from interactions.models.kinds import ANSWERS, Channel, Direction, Kind
from partnership.staff.external_ids import OWN
from partnership.staff.models import Firm, User

OURS = ("exception", "decision")
"""What staff say in a request's payload: what the source says of it later takes neither away."""


class Outcome(models.TextChoices):
    GRANTED = "granted", gettext_lazy("granted")
    IN_PART = "in_part", gettext_lazy("granted in part")
    DECLINED = "declined", gettext_lazy("declined")


ASKS_FOR_DECISION = Q(direction=Direction.INBOUND) & (
    Q(kind=Kind.REFUND_REQUEST) | Q(kind=Kind.REQUEST, payload__exception=True)
)
# Both served by what leads from a row to its thread: a few such rows ask.
ANSWERED_ELSEWHERE = Interaction.objects.filter(
    conversation=OuterRef("conversation"), direction=Direction.OUTBOUND, kind__in=ANSWERS,
    occurred_at__gt=OuterRef("occurred_at"),
).exclude(source=OWN)  # fmt: skip
CLOSED = Conversation.objects.filter(pk=OuterRef("conversation"), status=Conversation.Status.CLOSED)

SETTLED_ELSEWHERE = (
    Q(kind=Kind.REFUND_REQUEST, source_snapshot__kind=Kind.REFUND_REQUEST)
    & ~Q(source=OWN)
    & (Q(recorded_at__gt=F("occurred_at") + RECENT) | Exists(ANSWERED_ELSEWHERE) | Exists(CLOSED))
)
"""Another system told of it as history: long after, or with the answer, or its thread is closed. Who marks a message as
such a request asks for a decision."""

DECIDED = reduce(or_, (Q(payload__contains={"decision": {"outcome": value}}) for value in Outcome.values))
UNDECIDED = ASKS_FOR_DECISION & ~DECIDED & ~SETTLED_ELSEWHERE


def asks_for_decision(entry: Interaction) -> bool:
    if entry.direction != Direction.INBOUND:
        return False
    is_exception = entry.kind == Kind.REQUEST and entry.payload.get("exception") is True
    return is_exception or entry.kind == Kind.REFUND_REQUEST


def decision_on(entry: Interaction) -> dict[str, Any] | None:
    """As the module's head says; None while it is open, or there is nothing to decide. What another system calls a
    decision is none of ours."""
    found = entry.payload.get("decision") if asks_for_decision(entry) else None
    return found if isinstance(found, dict) and is_ours(**found) else None


def is_ours(*, outcome: Any = "", on: Any = "", answer: Any = "", **more: Any) -> bool:
    try:
        return bool(Outcome(outcome) and date.fromisoformat(on) and answer)
    except (TypeError, ValueError):
        return False


@transaction.atomic
def ask_for_exception(entry: Interaction, *, by: User) -> None:
    """Say that a message of theirs asks for an exception. ActionRefused for any other row."""
    row = locked(entry)
    if not is_markable(row):
        raise ActionRefused(_("Only a message of theirs can ask for an exception."))
    payload = {**row.payload, "exception": True}
    Interaction.objects.filter(pk=row.pk).update(kind=Kind.REQUEST, payload=payload)
    follow(row)
    entry.refresh_from_db()


@transaction.atomic
def put_at_stake(request: Interaction, *, amount: Decimal | None, currency: str, by: User) -> None:
    """What the request is about, in money; with no amount, nothing is known of it."""
    row = locked(request)
    refuse_unless_open(row)
    Interaction.objects.filter(pk=row.pk).update(amount=amount, currency=currency if amount is not None else "")
    follow(row)
    request.refresh_from_db()


@transaction.atomic
def decide(
    request: Interaction,
    *,
    outcome: str,
    answer: Callable[[], Interaction],
    answer_id: str,
    by: User,
    at: datetime,
    amount: Decimal | None = None,
    currency: str = "",
    as_gesture: bool = False,
) -> None:
    """Answer a request once. `answer` tells them, and records its row under the external id `answer_id`; `amount` is
    given back as a refund, or beyond the terms as a gesture, which the giver's budget must hold.

    With the same `answer_id` again nothing happens. ActionRefused when it is decided otherwise already, or the
    budget does not reach.
    """
    row = locked(request)
    decision = decision_on(row)
    if decision and str(decision.get("answer", "")).endswith(f":{answer_id}"):
        return
    refuse_unless_open(row)
    told = answer()
    decision = {"outcome": outcome, "on": Firm.current().local_date(at).isoformat(), "answer": told.ref}
    if outcome != Outcome.DECLINED and amount:
        given = give(
            row, amount=amount, currency=currency, as_gesture=as_gesture, by=by, at=at, external_id=f"{answer_id}/given"
        )
        decision |= {"given": given.ref, "amount": str(amount), "currency": currency}
    Interaction.objects.filter(pk=row.pk).update(payload={**row.payload, "decision": decision})
    request.refresh_from_db()


def give(
    request: Interaction, *, amount: Decimal, currency: str, as_gesture: bool, by: User, at: datetime, external_id: str
) -> Interaction:
    """The row of what they get."""
    given = record(
        by=by, recorded_at=at, occurred_at=at, customer_id=request.customer_id, direction=Direction.OUTBOUND,
        channel=Channel.INTERNAL if as_gesture else Channel.BILLING, kind=Kind.GESTURE if as_gesture else Kind.REFUND,
        subject=_("For: %s") % request, amount=amount, currency=currency, payload={"request": request.ref},
        external_id=external_id,
    )  # fmt: skip
    if as_gesture:
        keep_to_budget(given, by=by)
    return given


def refuse_unless_open(row: Interaction) -> None:
    if not asks_for_decision(row):
        raise ActionRefused(_("This asks for no refund and no exception: there is nothing to decide."))
    decision = decision_on(row)
    if decision:
        raise ActionRefused(_("This is decided already: %s.") % Outcome(decision["outcome"]).label)
