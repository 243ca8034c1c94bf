"""Promised: who waits for an answer of ours, by the time that is left of what their tier is promised.

Nothing but how long they wait and that promise moves anybody here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, FloatField, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.querysets import CustomerQuerySet
from interactions.actions.decisions import UNDECIDED
from interactions.models import Conversation, Direction, Interaction
from interactions.models.kinds import AWAITS_ANSWER
from interactions.querysets import ConversationQuerySet, InteractionQuerySet
from partnership.core.compiled_queries import by_keys
from partnership.core.pagination import Page, page_of, parse_key, read_moment
from partnership.focus.lanes.scopes import Scope
from partnership.scoring.models import DEFAULT_RESPONSE_HOURS, Tier
from partnership.staff.business_hours import Calendar, calendar
from partnership.staff.models import Firm

SIZE = 10

AT_RISK = 2
"""The floor is at risk when something falls due within so many business hours."""

UNSHOWN = ("source_snapshot", "trigrams", "attributes", "about")
"""Of a customer; lists and long texts that a lane leaves where they are."""

SHOWN = ("conversation_id", "occurred_at", "kind", "subject", "body")

FEW = 2000
"""So many conversations are looked up one by one."""

FARTHEST = 1e11
"""What no business clock shows: it would have to run for three thousand years."""

MANY = 99
"""Nobody counts further than that."""


@dataclass(frozen=True)
class Clock:
    """The firm's business clock, and what it shows now."""

    calendar: Calendar
    at: datetime
    now: float
    hours: list[int]
    """That the tiers promise, the shortest first."""

    def due(self, since: datetime, hours: int) -> float:
        return self.calendar.reading(since) + hours * 3600

    def earliest(self, due: float) -> datetime:
        """Since when somebody can have waited whose promise is over then."""
        return self.calendar.moment(due - self.hours[-1] * 3600)

    def latest(self, due: float) -> datetime:
        """A moment after which nobody's wait began whose promise is over by then."""
        return self.calendar.moment(due - self.hours[0] * 3600 + 1)


@dataclass(frozen=True)
class Waiting:
    """`left`: business seconds until it is due, below zero when overdue; `newest`: their last words, if there are,
    with `undecided`, the pk of the refund or exception that waits in this thread."""

    thread: Conversation
    left: float
    answer_by: datetime
    newest: Interaction | None

    @property
    def is_overdue(self) -> bool:
        return self.left < 0

    @property
    def is_soon(self) -> bool:
        return 0 <= self.left <= AT_RISK * 3600

    @property
    def in_words(self) -> str:
        span = business_time(abs(self.left))
        return (_("overdue by %s") if self.is_overdue else _("%s left")) % span


def clock_of(at: datetime, *, firm: Firm | None = None) -> Clock:
    """From when the first of all who wait began to; `firm` where it is at hand."""
    oldest = Conversation.objects.waiting().order_by().aggregate(oldest=Min("waiting_since"))["oldest"]
    whole = calendar(firm or Firm.current(), begin=min(oldest or at, at), end=at)
    hours = sorted({DEFAULT_RESPONSE_HOURS, *Tier.objects.values_list("response_hours", flat=True)})
    return Clock(whole, at, whole.reading(at), hours)


def promised_lane(
    visible: CustomerQuerySet, *, clock: Clock, scope: Scope | None = None, after: str = "", size: int = SIZE
) -> Page[Waiting]:
    """Who is not snoozed, of the threads that `scope` takes in. BadRequest when `after` is no place in the lane."""
    waiting = promised(visible).filter(status=Conversation.Status.OPEN)
    if scope:
        waiting = waiting.filter(scope.threads)
    if after:
        waiting = beyond(waiting, after, clock=clock)
    among, span = within_reach(waiting, clock=clock, rows=size + 1)
    first = in_order(waiting.filter(among), span).only("waiting_since")[: size + 1]
    page = page_of(first, size=size, key=lambda one: (place_of(one), one.pk))
    return Page(in_full(page.rows, clock=clock), page.after)


def beyond(waiting: ConversationQuerySet, place: str, *, clock: Clock) -> ConversationQuerySet:
    """Those after that place in the lane."""
    (due, since), pk = parse_key(place, read_place)
    earliest = clock.earliest(due)
    later = Q(waiting_since__gt=since) | Q(waiting_since=since, pk__gt=pk)
    rest = in_order(waiting.filter(waiting_since__gte=earliest), clock.calendar.between(earliest, clock.at))
    return rest.filter(Q(due__gte=due) & (Q(due__gt=due) | later))


def within_reach(waiting: ConversationQuerySet, *, clock: Clock, rows: int) -> tuple[Q, Calendar]:
    """Who may be among the first `rows`, and the calendar of the time in which they began to wait. It is nobody who
    began so late that even the shortest promise is due later than all of as many who wait the longest. Without it the
    whole lane would be put in order for one page."""
    oldest = list(waiting.order_by("waiting_since", "id").values_list("pk", "waiting_since", "promised")[:rows])
    begin = oldest[0][1] if oldest else clock.at
    if len(oldest) < rows:
        return Q(pk__in=[pk for pk, *_ in oldest]), clock.calendar.between(begin, clock.at)
    until = clock.latest(max(clock.due(since, promised) for _, since, promised in oldest))
    everybody = Conversation.objects.waiting().filter(waiting_since__lte=until).order_by()
    # Named one by one, the database knows how few they are and looks up each one's customer, not all customers.
    named = list(everybody.values_list("pk", flat=True)[: FEW + 1])
    among = Q(pk__in=named) if len(named) <= FEW else Q(waiting_since__lte=until)
    return among, clock.calendar.between(begin, until)


def one_waiting(visible: CustomerQuerySet, pk: int, *, clock: Clock) -> Waiting | None:
    """That thread as the lane shows it; None when it is not in it, or no longer."""
    found = by_promise(visible, clock=clock).filter(pk=pk, status=Conversation.Status.OPEN)
    return next(iter(in_full(found.only("waiting_since"), clock=clock)), None)


def by_promise(visible: CustomerQuerySet, *, clock: Clock) -> ConversationQuerySet:
    return in_order(promised(visible), clock.calendar.until(clock.at))


def in_order(waiting: ConversationQuerySet, calendar: Calendar) -> ConversationQuerySet:
    """`due`: what the business clock shows when the promise is over. Who wrote while it stood still come in turn."""
    since = calendar.reading_in_sql('"interactions_conversation"."waiting_since"')
    due = since + F("promised") * Value(3600.0, FloatField())
    return waiting.annotate(due=due).order_by("due", "waiting_since", "id")


def promised(visible: CustomerQuerySet) -> ConversationQuerySet:
    """Who waits, with the hours that their tier is promised."""
    hours = Coalesce(F("customer__score__tier__response_hours"), DEFAULT_RESPONSE_HOURS)
    return Conversation.objects.waiting().filter(customer__in=visible.standing()).annotate(promised=hours)


def at_risk(visible: CustomerQuerySet, *, clock: Clock) -> int:
    """How many fall due within AT_RISK business hours or are overdue, snoozed ones too; MANY + 1 stands for more."""
    soon = clock.now + AT_RISK * 3600
    of_each = (Q(promised=h, waiting_since__lte=clock.calendar.last(soon - h * 3600)) for h in clock.hours)
    due = promised(visible).filter(reduce(or_, of_each), waiting_since__lte=clock.latest(soon))
    return due.order_by().values("pk")[: MANY + 1].count()


def in_full(threads: Iterable[Conversation], *, clock: Clock) -> list[Waiting]:
    """Two reads, however many: what a lane shows of each, and the newest of their words. Put in order by themselves,
    they take a third of the time that it takes to plan all these tables in order."""
    found: list[Any] = list(threads)  # with `due`
    shown = {one.pk: one for one in LANE_READ([one.pk for one in found])}
    words = {row.conversation_id: row for row in WORDS_READ(shown)}
    return [
        Waiting(shown[one.pk], one.due - clock.now, clock.calendar.moment(one.due), words.get(one.pk))
        for one in found
        if one.pk in shown  # not deleted meanwhile
    ]


def of_a_lane(threads: Collection[int]) -> ConversationQuerySet:
    found = Conversation.objects.filter(pk__in=threads)
    return found.select_related("customer__score__tier", "customer__owner", "assignee", "department").defer(
        "source_snapshot", *(f"customer__{name}" for name in UNSHOWN)
    )


LANE_READ = by_keys(of_a_lane)


def newest_words(threads: Collection[int]) -> InteractionQuerySet:
    asks = Q(direction=Direction.INBOUND, kind__in=AWAITS_ANSWER)
    source_snapshot = Interaction.objects.filter(asks, conversation=OuterRef("pk")).order_by("-occurred_at", "-id")
    asked = Conversation.objects.filter(pk__in=threads).order_by()
    newest = asked.annotate(newest=Subquery(source_snapshot.values("pk")[:1])).values("newest")
    since = OuterRef("conversation__waiting_since")
    asked_for = Interaction.objects.filter(UNDECIDED, conversation=OuterRef("conversation"), occurred_at__gte=since)
    words_of = Interaction.objects.filter(pk__in=newest).annotate(
        undecided=Subquery(asked_for.order_by("occurred_at").values("pk")[:1])
    )
    return words_of.only(*SHOWN)


WORDS_READ = by_keys(newest_words)


def business_time(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    return ngettext("%d business hour", "%d business hours", minutes // 60) % (minutes // 60)


def place_of(thread: Any) -> str:
    return f"{thread.due!r}/{thread.waiting_since.isoformat()}"


def read_place(text: str) -> tuple[float, datetime]:
    due, _, since = text.partition("/")
    if not 0 <= float(due) < FARTHEST:
        raise ValueError(text)
    return float(due), read_moment(since)
