"""Answers due: conversations that wait for an answer of ours, by the time left until their tier's response target.

Only how long they wait and that target decide the order.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, FloatField, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.actions.decisions import UNDECIDED
from interactions.first_words import first_words
from interactions.models import Conversation, Direction, Interaction
from interactions.models.kinds import ANSWERS, AWAITS_ANSWER, NOT_SENT
from interactions.querysets import ConversationQuerySet, InteractionQuerySet
from partnership.core.pagination import Page, build_page, format_key, parse_key, parse_moment
from partnership.focus.lanes.scopes import Scope
from partnership.scoring.models import DEFAULT_RESPONSE_HOURS, Tier
from partnership.staff.business_hours import Calendar, firm_calendar
from partnership.staff.models import Firm

SIZE = 8

_AT_RISK_HOURS = 2  # business hours

MOST_COUNTED = 99

# Lists and long texts of a customer, which a lane does not show.
UNSHOWN_OF_CUSTOMER = ("source_snapshot", "trigrams", "attributes", "about")

_SHOWN_OF_MESSAGE = ("conversation_id", "occurred_at", "kind", "subject", "body")
_MOST_NAMED = 2000
TARGET_HOURS = Coalesce(F("customer__score__tier__response_hours"), DEFAULT_RESPONSE_HOURS)
"""Of a conversation: the response target of its customer's tier, in business hours."""

_LATEST_READING = 1e11  # seconds: a business clock would have to run for three thousand years


@dataclass(frozen=True)
class Clock:
    """The firm's business clock: its reading `now`, and the tiers' response targets in hours, the shortest first."""

    calendar: Calendar
    at: datetime
    now: float
    targets: list[int]

    def due(self, since: datetime, target_hours: int) -> float:
        return self.calendar.reading(since) + target_hours * 3600

    def earliest_wait(self, due: float) -> datetime:
        """Return the moment before which no wait that falls due then can have begun."""
        return self.calendar.first_moment(due - self.targets[-1] * 3600)

    def latest_wait(self, due: float) -> datetime:
        """Return the moment after which no wait that falls due by then can have begun."""
        return self.calendar.first_moment(due - self.targets[0] * 3600 + 1)

    def is_overdue(self) -> Q:
        """Return the condition that an answer is overdue, for conversations with `target_hours`."""
        began = {hours: self.calendar.first_moment(self.now - hours * 3600) for hours in self.targets}
        return reduce(or_, (Q(target_hours=hours, waiting_since__lt=moment) for hours, moment in began.items()))


@dataclass(frozen=True)
class Waiting:
    """A row of the lane. `left`: business seconds until it is due, below zero when overdue; `newest`: the customer's
    last message, with `undecided`, the pk of the refund or exception that waits in this conversation, and `unsent`,
    whether an answer of ours to it did not leave; `key`: its place in the lane."""

    thread: Conversation
    left: float
    answer_by: datetime
    newest: Interaction | None
    key: str

    @property
    def is_overdue(self) -> bool:
        return self.left < 0

    @property
    def is_soon(self) -> bool:
        return 0 <= self.left <= _AT_RISK_HOURS * 3600

    @property
    def words(self) -> str:
        return first_words(self.newest.body or self.newest.subject) if self.newest else ""

    @property
    def time_left(self) -> str:
        span = _business_time(abs(self.left))
        return (_("overdue by %s") if self.is_overdue else _("%s left")) % span

    @property
    def time_left_in_short(self) -> str:
        """The same in hours or minutes: "3 h overdue", "16 h"."""
        minutes = int(abs(self.left) // 60)
        span = _("%d h") % (minutes // 60) if minutes >= 60 else _("%d min") % minutes
        return _("%s overdue") % span if self.is_overdue else span


@dataclass(frozen=True)
class AtRisk:
    """How many answers are overdue or due soon: of open conversations, and of snoozed ones."""

    open: int
    snoozed: int


def clock_of(at: datetime, *, firm: Firm | None = None) -> Clock:
    """Return the clock since the oldest wait began; pass `firm` where it is at hand."""
    oldest = Conversation.objects.waiting().order_by().aggregate(oldest=Min("waiting_since"))["oldest"]
    whole = firm_calendar(firm or Firm.current(), begin=min(oldest or at, at), end=at)
    targets = sorted({DEFAULT_RESPONSE_HOURS, *Tier.objects.values_list("response_hours", flat=True)})
    return Clock(whole, at, whole.reading(at), targets)


def waiting_lane(
    visible: CustomerQuerySet,
    *,
    clock: Clock,
    scope: Scope | None = None,
    after: str = "",
    size: int = SIZE,
    are_due: bool = False,
) -> Page[Waiting]:
    """Return a page of conversations that are not snoozed, with `are_due` those of due_soon alone.

    BadRequest when `after` is no position in the lane.
    """
    waiting = _with_target(visible).filter(status=Conversation.Status.OPEN)
    if scope:
        waiting = waiting.filter(scope.threads)
    if are_due:
        waiting = waiting.filter(_is_at_risk(clock))
    if after:
        waiting = _after_position(waiting, after, clock=clock)
    among, span = _candidates(waiting, clock=clock, rows=size + 1)
    first = _in_due_order(waiting.filter(among), span).only("waiting_since")[: size + 1]
    page = build_page(first, size=size, key=lambda one: (_position_of(one), one.pk))
    return Page(_read_rows(page.rows, clock=clock), page.after)


def _after_position(waiting: ConversationQuerySet, position: str, *, clock: Clock) -> ConversationQuerySet:
    (due, since), pk = parse_key(position, _read_position)
    earliest = clock.earliest_wait(due)
    later = Q(waiting_since__gt=since) | Q(waiting_since=since, pk__gt=pk)
    rest = _in_due_order(waiting.filter(waiting_since__gte=earliest), clock.calendar.slice(earliest, clock.at))
    return rest.filter(Q(due__gte=due) & (Q(due__gt=due) | later))


def _candidates(waiting: ConversationQuerySet, *, clock: Clock, rows: int) -> tuple[Q, Calendar]:
    """Narrow to those who may be among the first `rows`, with the calendar of the time in which they began to wait.

    Whoever began so late that even the shortest target falls due after those of the `rows` oldest is none of them.
    Without this, the whole lane would be sorted for one page.
    """
    first = waiting.order_by("waiting_since", "id")[:rows]
    oldest = list(first.values_list("pk", "waiting_since", "target_hours"))  # type: ignore[misc]  # an annotation
    begin = oldest[0][1] if oldest else clock.at
    if len(oldest) < rows:
        return Q(pk__in=[pk for pk, *_ in oldest]), clock.calendar.slice(begin, clock.at)
    until = clock.latest_wait(max(clock.due(since, target) for _, since, target in oldest))
    everybody = Conversation.objects.waiting().filter(waiting_since__lte=until).order_by()
    # By their keys, the planner sees how few they are and looks up their customers alone, not all.
    named = list(everybody.values_list("pk", flat=True)[: _MOST_NAMED + 1])
    among = Q(pk__in=named) if len(named) <= _MOST_NAMED else Q(waiting_since__lte=until)
    return among, clock.calendar.slice(begin, until)


def one_waiting(visible: CustomerQuerySet, pk: int, *, clock: Clock) -> Waiting | None:
    """Return that conversation as the lane shows it; None when it does not wait, or no longer."""
    found = by_due(visible, clock=clock).filter(pk=pk, status=Conversation.Status.OPEN)
    return next(iter(_read_rows(found.only("waiting_since"), clock=clock)), None)


def waits_of(customer: Customer, threads: Collection[Conversation], *, at: datetime) -> dict[int, Waiting]:
    """Return by key those of a customer's conversations that wait, without their newest message."""
    waiting = {one.pk: one.waiting_since for one in threads if one.waiting_since and one.status != one.Status.CLOSED}
    if not waiting:
        return {}
    score = getattr(customer, "score", None)
    hours = score.tier.response_hours if score and score.tier else DEFAULT_RESPONSE_HOURS
    calendar = firm_calendar(Firm.current(), begin=min(*waiting.values(), at), end=at)
    clock = Clock(calendar, at, calendar.reading(at), [hours])
    due = {pk: clock.due(since, hours) for pk, since in waiting.items()}
    return {
        one.pk: Waiting(one, due[one.pk] - clock.now, calendar.first_moment(due[one.pk]), None, "")
        for one in threads
        if one.pk in due
    }


def by_due(visible: CustomerQuerySet, *, clock: Clock) -> ConversationQuerySet:
    return _in_due_order(_with_target(visible), clock.calendar.head(clock.at))


def _in_due_order(waiting: ConversationQuerySet, calendar: Calendar) -> ConversationQuerySet:
    """Sort by `due`, the business clock's reading at the target; those of equal reading by when they wrote."""
    since = calendar.reading_in_sql('"interactions_conversation"."waiting_since"')
    due = since + F("target_hours") * Value(3600.0, FloatField())
    return waiting.annotate(due=due).order_by("due", "waiting_since", "id")


def _with_target(visible: CustomerQuerySet) -> ConversationQuerySet:
    """Return the conversations that wait, each with its tier's response target as `target_hours`."""
    return Conversation.objects.waiting().filter(customer__in=visible.unmerged()).annotate(target_hours=TARGET_HOURS)


def at_risk(visible: CustomerQuerySet, *, clock: Clock, scope: Scope | None = None) -> AtRisk:
    """Count those overdue or due within AT_RISK_HOURS; MOST_COUNTED + 1 stands for more."""
    due = due_soon(visible, clock=clock, scope=scope).order_by().values("pk")

    def count(status: str) -> int:
        return due.filter(status=status)[: MOST_COUNTED + 1].count()

    return AtRisk(count(Conversation.Status.OPEN), count(Conversation.Status.SNOOZED))


def due_soon(visible: CustomerQuerySet, *, clock: Clock, scope: Scope | None = None) -> ConversationQuerySet:
    """Return the conversations, snoozed ones too, whose answer is overdue or due within AT_RISK_HOURS."""
    due = _with_target(visible).filter(_is_at_risk(clock))
    return due.filter(scope.threads) if scope else due


def _is_at_risk(clock: Clock) -> Q:
    soon = clock.now + _AT_RISK_HOURS * 3600
    of_each = (Q(target_hours=h, waiting_since__lte=clock.calendar.last_moment(soon - h * 3600)) for h in clock.targets)
    return Q(reduce(or_, of_each), waiting_since__lte=clock.latest_wait(soon))


def _read_rows(threads: Iterable[Conversation], *, clock: Clock) -> list[Waiting]:
    """Read what the lane shows of these conversations, in two statements.

    Sorting keys first and joining the rest afterwards takes a third of the time of sorting the joined tables.
    """
    found: list[Any] = list(threads)  # with `due`
    shown = {one.pk: one for one in _with_people([one.pk for one in found])}
    newest = {row.conversation_id: row for row in _last_inbound(list(shown))}
    return [
        Waiting(
            shown[one.pk],
            one.due - clock.now,
            clock.calendar.first_moment(one.due),
            newest.get(one.pk),
            format_key(_position_of(one), one.pk),
        )
        for one in found
        if one.pk in shown  # not deleted meanwhile
    ]


def _with_people(threads: Collection[int]) -> ConversationQuerySet:
    found = Conversation.objects.filter(pk__in=threads)
    return found.select_related("customer__score__tier", "customer__owner", "assignee", "department").defer(
        "source_snapshot", *(f"customer__{name}" for name in UNSHOWN_OF_CUSTOMER)
    )


def _last_inbound(threads: Collection[int]) -> InteractionQuerySet:
    asks = Q(direction=Direction.INBOUND, kind__in=AWAITS_ANSWER)
    inbound = Interaction.objects.filter(asks, conversation=OuterRef("pk")).order_by("-occurred_at", "-id")
    asked = Conversation.objects.filter(pk__in=threads).order_by()
    newest = asked.annotate(newest=Subquery(inbound.values("pk")[:1])).values("newest")
    since = OuterRef("conversation__waiting_since")
    asked_for = Interaction.objects.filter(UNDECIDED, conversation=OuterRef("conversation"), occurred_at__gte=since)
    ours = Interaction.objects.filter(conversation=OuterRef("conversation"), occurred_at__gte=OuterRef("occurred_at"))
    unsent = ours.filter(direction=Direction.OUTBOUND, kind__in=ANSWERS, payload__has_key=NOT_SENT)
    messages = Interaction.objects.filter(pk__in=newest).annotate(
        undecided=Subquery(asked_for.order_by("occurred_at").values("pk")[:1]), unsent=Exists(unsent)
    )
    return messages.only(*_SHOWN_OF_MESSAGE)


def _business_time(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    return ngettext("%d business hour", "%d business hours", minutes // 60) % (minutes // 60)


def _position_of(thread: Any) -> str:
    return f"{thread.due!r}/{thread.waiting_since.isoformat()}"


def _read_position(text: str) -> tuple[float, datetime]:
    due, _, since = text.partition("/")
    if not 0 <= float(due) < _LATEST_READING:
        raise ValueError(text)
    return float(due), parse_moment(since)
