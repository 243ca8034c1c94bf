"""What each number of Health counts, counted anew in plain loops over everything that is stored.

Nothing here is shared with the product's own counting: no query but "all of them".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from customers.models import CheckIn, Commitment, Customer, Goal
from interactions.models import Conversation, Interaction, Settlement
from partnership.recoveries.models import Recovery
from partnership.scoring.models import DEFAULT_RESPONSE_HOURS, ScoreSnapshot
from partnership.staff.models import Firm

SALES = {"purchase", "renewal"}
GIFTS = {"referral", "introduction", "testimonial", "praise", "feedback"}
ASKING = {"question", "request", "complaint", "refund_request"}
TALKING_IN = {"message", "call", "feedback", "praise", "forgiveness", *ASKING}
TALKING_OUT = {"message", "call", "decline"}


@dataclass
class Firmwide:
    """Everything that is stored of customers who are counted, as of a day."""

    firm: Firm
    day: date
    customers: set[int]
    entries: list[Interaction]
    promises: list[Commitment]
    goals: list[Goal]

    def local(self, moment: datetime) -> date:
        return moment.astimezone(self.firm.zone).date()


def everything(day: date) -> Firmwide:
    counted = {one.pk for one in Customer.objects.all() if one.merged_into_id is None and one.lifecycle != "ended"}

    def of(rows: Iterable[Any]) -> list[Any]:
        return [row for row in rows if row.customer_id in counted]

    return Firmwide(
        Firm.current(), day, counted, of(Interaction.objects.all()), of(Commitment.objects.all()),
        of(Goal.objects.all()),
    )  # fmt: skip


def count(name: str, told: Firmwide, since: date, until: date) -> int:
    return sum(number for when, number in COUNTS[name](told) if when is None or since <= when <= until)


Counted = list[tuple[date | None, int]]


def _entries(told: Firmwide, wanted: Callable[[Interaction], bool], *, minutes: bool = False) -> Counted:
    return [(row.occurred_on, row.minutes or 0 if minutes else 1) for row in told.entries if wanted(row)]


def _inbound(*kinds: str) -> Callable[[Firmwide], Counted]:
    return lambda told: _entries(told, lambda row: row.direction == "inbound" and row.kind in kinds)


def _is_automatic(row: Interaction) -> bool:
    """A machine sent it, or it did not leave."""
    return bool({"auto_reply", "not_sent"} & {*row.payload})


def _messages(told: Firmwide) -> Counted:
    def wanted(row: Interaction) -> bool:
        talk = row.kind in {"message", "nudge", "decline"}
        return talk and row.direction == "outbound" and row.minutes is None and not _is_automatic(row)

    return _entries(told, wanted)


def _closed_goals(status: str) -> Callable[[Firmwide], Counted]:
    return lambda told: [(told.local(goal.closed_at), 1) for goal in told.goals
                         if goal.status == status and goal.closed_at]  # fmt: skip


def _stalled(told: Firmwide) -> Counted:
    begin = told.firm.start_of_day(told.day - timedelta(days=21))

    def moved(goal: Goal) -> bool:
        if goal.set_at and goal.set_at >= begin:
            return True
        if any(read.at >= begin for read in CheckIn.objects.all() if read.goal_id == goal.pk):
            return True
        return any(
            row.occurred_at >= begin and not (row.direction == "inbound" and row.kind in TALKING_IN)
            for row in Interaction.objects.all()
            if row.goal_id == goal.pk
        )

    return [(None, 1) for goal in told.goals if goal.status == "active" and not moved(goal)]


def _closed_promises(party: str, how: str) -> Callable[[Firmwide], Counted]:
    def wanted(told: Firmwide, promise: Commitment) -> bool:
        if promise.party != party or not promise.closed_at:
            return False
        late = promise.due_on is not None and told.local(promise.closed_at) > promise.due_on
        if how == "missed":
            return promise.status == "missed" or (promise.status == "released" and late)
        return promise.status == "kept" and late == (how == "late")

    return lambda told: [(told.local(one.closed_at), 1) for one in told.promises
                         if wanted(told, one) and one.closed_at]  # fmt: skip


def _open_promises(party: str) -> Callable[[Firmwide], Counted]:
    return lambda told: [(None, 1) for one in told.promises if (one.party, one.status) == (party, "open")]


def _owed_promises(party: str) -> Callable[[Firmwide], Counted]:
    def wanted(told: Firmwide, one: Commitment) -> bool:
        overdue = one.status == "open" and one.due_on is not None and one.due_on < told.day
        return one.party == party and (overdue or one.status == "missed")

    return lambda told: [(None, 1) for one in told.promises if wanted(told, one)]


def _answers(*, late: bool) -> Callable[[Firmwide], Counted]:
    def walk(told: Firmwide) -> Counted:
        found: Counted = []
        for thread in Conversation.objects.all():
            if thread.customer_id in told.customers:
                found += _answers_in(told, thread, late=late)
        return found

    return walk


def _answers_in(told: Firmwide, thread: Conversation, *, late: bool) -> Counted:
    """Walk through the conversation: they ask, and wait until we answer or close it."""
    steps: list[tuple[datetime, bool, int, str]] = []
    for row in told.entries:
        if row.conversation_id == thread.pk and not _is_automatic(row) and row.payload.get("bulk") is not True:
            if row.direction == "inbound" and row.kind in TALKING_IN:
                steps.append((row.occurred_at, False, row.pk, "asks"))
            elif row.direction == "outbound" and row.kind in TALKING_OUT:
                steps.append((row.occurred_at, False, row.pk, "answers"))
    for end in Settlement.objects.all():
        if end.conversation_id == thread.pk and end.answered != "yes":
            steps.append((end.at, True, end.pk, "settles"))
    found: Counted = []
    asked: datetime | None = None
    for at, _settles, _pk, step in sorted(steps):
        if step == "asks":
            asked = asked or at
        elif asked and step == "answers":
            promised = _target(told, thread.customer_id, told.local(asked))
            if (at - asked > timedelta(hours=promised)) == late:
                found.append((told.local(at), 1))
        if step != "asks":
            asked = None
    return found


def _target(told: Firmwide, customer: int, day: date) -> int:
    stood = [one for one in ScoreSnapshot.objects.all() if one.customer_id == customer and one.day <= day]
    tier = max(stood, key=lambda one: one.day).tier if stood else None
    return tier.response_hours if tier else DEFAULT_RESPONSE_HOURS


def _settlements(answered: str) -> Callable[[Firmwide], Counted]:
    return lambda told: [
        (told.local(one.at), 1) for one in Settlement.objects.select_related("conversation")
        if one.answered == answered and one.by_id and one.conversation.customer_id in told.customers
    ]  # fmt: skip


def _recoveries(told: Firmwide) -> Counted:
    ours = {row.pk for row in told.entries}
    return [(None, 1) for one in Recovery.objects.open() if one.mistake_id in ours]


def _free_for_nothing(told: Firmwide) -> Counted:
    found: Counted = []
    for row in told.entries:
        tried = row.kind == "free_work" and row.direction == "outbound" and row.minutes
        aged = told.day - timedelta(weeks=52) < row.occurred_on <= told.day - timedelta(weeks=4)
        came = any(
            later.customer_id == row.customer_id and later.kind in SALES | GIFTS and later.occurred_at > row.occurred_at
            for later in told.entries
        )
        if tried and aged and not came:
            found.append((None, row.minutes or 0))
    return found


def _delivered(told: Firmwide, row: Interaction) -> bool:
    """Return whether the time of an entry is what they paid for in the year before."""
    return row.kind in told.firm.delivery_kinds and any(
        paid.customer_id == row.customer_id
        and paid.kind in {"purchase", "renewal", "payment"}
        and row.occurred_on - timedelta(weeks=52) <= paid.occurred_on <= row.occurred_on
        for paid in told.entries
    )


COUNTS: dict[str, Callable[[Firmwide], Counted]] = {
    "minutes": lambda told: _entries(told, lambda row: bool(row.minutes) and not _delivered(told, row), minutes=True),
    "delivered": lambda told: _entries(told, lambda row: bool(row.minutes) and _delivered(told, row), minutes=True),
    "messages": _messages,
    "asked": _inbound(*ASKING),
    "worked": _inbound("work_done", "attendance", "check_in"),
    "received": _inbound(*GIFTS),
    "free": lambda told: _entries(
        told, lambda row: row.kind == "free_work" and row.direction == "outbound" and bool(row.minutes), minutes=True
    ),
    "gestures": lambda told: _entries(told, lambda row: row.kind == "gesture" and row.direction == "outbound"),
    "mistakes": lambda told: _entries(told, lambda row: row.kind == "mistake"),
    "goals_reached": _closed_goals("achieved"),
    "goals_dropped": _closed_goals("dropped"),
    **{
        f"{side}_{how}": _closed_promises(party, how)
        for side, party in (("ours", "us"), ("theirs", "them"))
        for how in ("kept", "late", "missed")
    },
    "answered": _answers(late=False),
    "answered_late": _answers(late=True),
    "not_needed": _settlements("not_needed"),
    "without_answer": _settlements("without"),
    "goals_active": lambda told: [(None, 1) for goal in told.goals if goal.status == "active"],
    "goals_stalled": _stalled,
    "ours_open": _open_promises("us"),
    "theirs_open": _open_promises("them"),
    "ours_owed": _owed_promises("us"),
    "theirs_owed": _owed_promises("them"),
    "recoveries_open": _recoveries,
    "free_for_nothing": _free_for_nothing,
    "bought": lambda told: [
        (None, int(row.amount)) for row in told.entries
        if row.kind in SALES and row.amount is not None and row.currency == told.firm.currency
    ],
}  # fmt: skip
