"""Decisions on requests for a refund or an exception, kept in the request's payload.

`exception`: true if an exception is asked for. `decision`: `outcome`, `on` (the day), `answer` (ref of the reply) and,
if something was given, `given` (ref of that entry), `amount`, `currency`.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Required, TypedDict, cast

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.actions.entries import is_markable, lock_entry, refresh_dependents
from interactions.actions.goodwill import enforce_budget
from interactions.actions.record import STAYS_OPEN_FOR, record
from interactions.errors import ActionRefused
from interactions.models import Conversation, Interaction
from interactions.models.kinds import ANSWERS, Channel, Direction, Kind
from interactions.querysets import WAS_SENT
from partnership.staff.external_ids import OWN_SOURCE, parse_ref
from partnership.staff.models import Firm, User

# Payload keys written by staff; an import keeps them.
STAFF_PAYLOAD_KEYS = ("exception", "decision")


class Decision(TypedDict, total=False):
    """The decision in a request's payload."""

    outcome: Required[str]
    on: Required[str]
    answer: Required[str]
    given: str
    amount: str
    currency: str


class Outcome(models.TextChoices):
    GRANTED = "granted", gettext_lazy("granted")
    IN_PART = "in_part", gettext_lazy("granted in part")
    DECLINED = "declined", gettext_lazy("declined")


_ASKS_FOR_DECISION = Q(direction=Direction.INBOUND) & (
    Q(kind=Kind.REFUND_REQUEST) | Q(kind=Kind.REQUEST, payload__exception=True)
)
# Both served by what leads from a row to its thread: a few such rows ask.
_ANSWERED_ELSEWHERE = Interaction.objects.filter(
    WAS_SENT, conversation=OuterRef("conversation"), direction=Direction.OUTBOUND, kind__in=ANSWERS,
    occurred_at__gt=OuterRef("occurred_at"),
).exclude(source=OWN_SOURCE)  # fmt: skip
CLOSED = Conversation.objects.filter(pk=OuterRef("conversation"), status=Conversation.Status.CLOSED)

# Requests that another system reported as history: long after the fact, with the answer, or in a closed thread. A
# message that staff marked as a request still needs a decision.
SETTLED_ELSEWHERE = (
    Q(kind=Kind.REFUND_REQUEST, source_snapshot__kind=Kind.REFUND_REQUEST)
    & ~Q(source=OWN_SOURCE)
    & (Q(recorded_at__gt=F("occurred_at") + STAYS_OPEN_FOR) | Exists(_ANSWERED_ELSEWHERE) | Exists(CLOSED))
)

_DECIDED = reduce(or_, (Q(payload__contains={"decision": {"outcome": value}}) for value in Outcome.values))
UNDECIDED = _ASKS_FOR_DECISION & ~_DECIDED & ~SETTLED_ELSEWHERE


def asks_for_decision(entry: Interaction) -> bool:
    if entry.direction != Direction.INBOUND:
        return False
    is_exception = entry.kind == Kind.REQUEST and entry.payload.get("exception") is True
    return is_exception or entry.kind == Kind.REFUND_REQUEST


def decision_of(entry: Interaction) -> Decision | None:
    """Return the decision, or None if it is open or nothing is to decide.

    A `decision` of another system has another form and does not count.
    """
    found = entry.payload.get("decision") if asks_for_decision(entry) else None
    return cast(Decision, found) if isinstance(found, dict) and _is_decision(found) else None


def _is_decision(found: Mapping[str, object]) -> bool:
    outcome, on, answer, given = (found.get(name, "") for name in ("outcome", "on", "answer", "given"))
    if not (isinstance(outcome, str) and isinstance(on, str) and isinstance(answer, str) and isinstance(given, str)):
        return False
    try:
        Outcome(outcome)
        date.fromisoformat(on)
        for ref in filter(None, [answer, given]):
            parse_ref(ref)
    except ValueError:
        return False
    return bool(answer)


@transaction.atomic
def ask_for_exception(entry: Interaction, *, by: User) -> None:
    """Mark a customer's message as a request for an exception. Raise ActionRefused for any other entry."""
    row = lock_entry(entry)
    if not is_markable(row):
        raise ActionRefused(_("Only a message of theirs can ask for an exception."))
    payload = {**row.payload, "exception": True}
    Interaction.objects.filter(pk=row.pk).update(kind=Kind.REQUEST, payload=payload)
    refresh_dependents(row)
    entry.refresh_from_db()


@transaction.atomic
def set_stake(request: Interaction, *, amount: Decimal | None, currency: str, by: User) -> None:
    """Set the amount that a request is about; None if unknown."""
    row = lock_entry(request)
    _refuse_unless_open(row)
    Interaction.objects.filter(pk=row.pk).update(amount=amount, currency=currency if amount is not None else "")
    refresh_dependents(row)
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
    """Decide a request once. `answer` records the reply under the external id `answer_id`.

    `amount` is refunded or, with `as_gesture`, given within the user's goodwill budget. A repeated call with the same
    `answer_id` does nothing. Raise ActionRefused if it was decided otherwise, or if the budget is too small.
    """
    row = lock_entry(request)
    decision = decision_of(row)
    if decision and str(decision.get("answer", "")).endswith(f":{answer_id}"):
        return
    _refuse_unless_open(row)
    reply = answer()
    decision = {"outcome": outcome, "on": Firm.current().local_date(at).isoformat(), "answer": reply.ref}
    if outcome != Outcome.DECLINED and amount:
        given = _give(
            row, amount=amount, currency=currency, as_gesture=as_gesture, by=by, at=at, external_id=f"{answer_id}/given"
        )
        decision |= {"given": given.ref, "amount": str(amount), "currency": currency}
    Interaction.objects.filter(pk=row.pk).update(payload={**row.payload, "decision": decision})
    request.refresh_from_db()


def _give(
    request: Interaction, *, amount: Decimal, currency: str, as_gesture: bool, by: User, at: datetime, external_id: str
) -> Interaction:
    """Record the refund or goodwill gesture."""
    given = record(
        by=by, recorded_at=at, occurred_at=at, customer_id=request.customer_id, direction=Direction.OUTBOUND,
        channel=Channel.INTERNAL if as_gesture else Channel.BILLING, kind=Kind.GESTURE if as_gesture else Kind.REFUND,
        subject=_("For: %s") % request, amount=amount, currency=currency, payload={"request": request.ref},
        external_id=external_id,
    )  # fmt: skip
    if as_gesture:
        enforce_budget(given, by=by)
    return given


def _refuse_unless_open(row: Interaction) -> None:
    if not asks_for_decision(row):
        raise ActionRefused(_("This asks for no refund and no exception: there is nothing to decide."))
    decision = decision_of(row)
    if decision:
        raise ActionRefused(_("This is decided already: %s.") % Outcome(decision["outcome"]).label)
