"""Promised: who waits for an answer of ours, by the time that is left of what their tier is promised.

Nothing but how long they wait and that promise moves anybody here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, FloatField, Max, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.querysets import CustomerQuerySet
from interactions.actions.deciding import UNDECIDED
from interactions.models import Conversation, Direction, Interaction
from interactions.models.kinds import AWAITS_ANSWER
from interactions.querysets import ConversationQuerySet
from partnership.focus.scopes import Scope
from partnership.paging import Page, page_of, parse_key
from partnership.scoring.models import Tier
from partnership.staff.hours import Calendar, calendar
from partnership.staff.models import Firm

SIZE = 10

LAST = 16
"""Business hours that somebody without a tier yet is promised."""

AT_RISK = 2
"""The floor is at risk when something falls due within so many business hours."""

SHOWN = ("conversation_id", "occurred_at", "kind", "subject", "body")

FEW = 2000
"""So many conversations are looked up one by one."""

MANY = 99
"""Nobody counts further than that."""


@dataclass(frozen=True)
class Clock:
    """The firm's business clock, and what it shows now."""

    calendar: Calendar
    at: datetime
    now: float
    shortest: int
    longest: int
    """Hours that a tier promises, at least and at most."""

    def earliest(self, due: float) -> datetime:
        """Since when somebody can have waited whose promise is over then."""
        return self.calendar.moment(due - self.longest * 3600)

    def latest(self, due: float) -> datetime:
        """A moment after which nobody's wait began whose promise is over by then."""
        return self.calendar.moment(due - self.shortest * 3600 + 1)


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


def clock_of(at: datetime) -> Clock:
    """From when the first of all who wait began to."""
    oldest = Conversation.objects.waiting().order_by().aggregate(oldest=Min("waiting_since"))["oldest"]
    whole = calendar(Firm.current(), begin=min(oldest or at, at), end=at)
    hours = Tier.objects.aggregate(
        shortest=Min("response_hours", default=LAST), longest=Max("response_hours", default=LAST)
    )
    return Clock(whole, at, whole.reading(at), min(LAST, hours["shortest"]), max(LAST, hours["longest"]))


def promised_lane(
    visible: CustomerQuerySet, *, clock: Clock, scope: Scope | None = None, after: str = "", size: int = SIZE
) -> Page[Waiting]:
    """Who is not snoozed, of the threads that `scope` takes in. BadRequest when `after` is no place in the lane."""
    waiting = by_promise(visible, clock=clock).filter(status=Conversation.Status.OPEN)
    if scope:
        waiting = waiting.filter(scope.threads)
    if after:
        (due, since), pk = parse_key(after, read_place)
        later = Q(waiting_since__gt=since) | Q(waiting_since=since, pk__gt=pk)
        waiting = waiting.filter(Q(due__gte=due) & (Q(due__gt=due) | later), waiting_since__gte=clock.earliest(due))
    waiting = waiting.filter(within_reach(waiting, clock=clock, rows=size + 1))
    page = page_of(waiting[: size + 1], size=size, key=lambda one: (place_of(one), one.pk))
    return Page(with_words(page.rows, clock=clock), page.after)


def within_reach(waiting: ConversationQuerySet, *, clock: Clock, rows: int) -> Q:
    """Who may be among the first `rows`: nobody who began to wait so late that even the shortest promise is due later
    than all of as many who wait the longest. Without it the whole lane would be put in order for one page."""
    oldest = list(waiting.order_by("waiting_since", "id").values_list("pk", "due")[:rows])
    if len(oldest) < rows:
        return Q(pk__in=[pk for pk, _due in oldest])
    until = clock.latest(max(due for _pk, due in oldest))
    everybody = Conversation.objects.waiting().filter(waiting_since__lte=until).order_by()
    # Named one by one, the database knows how few they are and looks up each one's customer, not all customers.
    named = list(everybody.values_list("pk", flat=True)[: FEW + 1])
    return Q(pk__in=named) if len(named) <= FEW else Q(waiting_since__lte=until)


def one_waiting(visible: CustomerQuerySet, pk: int, *, clock: Clock) -> Waiting | None:
    """That thread as the lane shows it; None when it is not in it, or no longer."""
    found = by_promise(visible, clock=clock).filter(pk=pk, status=Conversation.Status.OPEN)
    return next(iter(with_words(found, clock=clock)), None)


def by_promise(visible: CustomerQuerySet, *, clock: Clock) -> ConversationQuerySet:
    """`due`: what the business clock shows when the promise is over. Who wrote while it stood still come in turn."""
    since = clock.calendar.until(clock.at).reading_in_sql('"interactions_conversation"."waiting_since"')
    hours = Coalesce(F("customer__score__tier__response_hours"), LAST)
    return (
        Conversation.objects.waiting()
        .filter(customer__in=visible.standing())
        .annotate(due=since + hours * Value(3600.0, FloatField()))
        .select_related("customer__score__tier", "customer__owner", "assignee", "department")
        .order_by("due", "waiting_since", "id")
    )


def at_risk(visible: CustomerQuerySet, *, clock: Clock) -> int:
    """How many fall due within AT_RISK business hours or are overdue, snoozed ones too; MANY + 1 stands for more."""
    soon = clock.now + AT_RISK * 3600
    due = by_promise(visible, clock=clock).filter(due__lte=soon, waiting_since__lte=clock.latest(soon))
    return due.order_by()[: MANY + 1].count()


def with_words(threads: Iterable[Conversation], *, clock: Clock) -> list[Waiting]:
    """One read more, however many: the newest of their words in each."""
    found: list[Any] = list(threads)  # with `due`
    asks = Q(direction=Direction.INBOUND, kind__in=AWAITS_ANSWER)
    said = Interaction.objects.filter(asks, conversation=OuterRef("pk")).order_by("-occurred_at", "-id")
    asked = Conversation.objects.filter(pk__in=[thread.pk for thread in found]).order_by()
    newest = asked.annotate(newest=Subquery(said.values("pk")[:1])).values("newest")
    since = OuterRef("conversation__waiting_since")
    asked_for = Interaction.objects.filter(UNDECIDED, conversation=OuterRef("conversation"), occurred_at__gte=since)
    words_of = Interaction.objects.filter(pk__in=newest).annotate(
        undecided=Subquery(asked_for.order_by("occurred_at").values("pk")[:1])
    )
    rows = words_of.only(*SHOWN) if found else ()
    words = {row.conversation_id: row for row in rows}
    return [Waiting(one, one.due - clock.now, clock.calendar.moment(one.due), words.get(one.pk)) for one in found]


def business_time(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    return ngettext("%d business hour", "%d business hours", minutes // 60) % (minutes // 60)


def place_of(thread: Any) -> str:
    return f"{thread.due!r}/{thread.waiting_since.isoformat()}"


def read_place(text: str) -> tuple[float, datetime]:
    due, _, since = text.partition("/")
    moment = datetime.fromisoformat(since)
    if moment.tzinfo is None:
        raise ValueError(text)
    return float(due), moment
