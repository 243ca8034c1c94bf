"""What is counted, declared once: each measure's rows are what its number counts and what it is clicked through to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, TruncDate
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Goal
from interactions.models import Direction, Interaction, Kind
from interactions.models.kinds import CORRESPONDENCE, DEMANDS, SALES, VALUE_RECEIVED
from interactions.stalled_goals import STALLS_AFTER, stalled_goals
from partnership.health.models import Answer
from partnership.health.rollup.periods import Span
from partnership.staff.models import Firm

if TYPE_CHECKING:
    from datetime import date

    from django_stubs_ext import StrOrPromise

PATIENCE = timedelta(weeks=4)
"""Free work younger than this may still lead somewhere."""

WORK = (Kind.WORK_DONE, Kind.ATTENDANCE, Kind.CHECK_IN)

US, THEM = Commitment.Party.US, Commitment.Party.THEM
Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Measure:
    """`rows` of a firm on a day; those of a span by `day`, a moment or a local day; with none they stand for today.

    The number is how many rows there are, or the sum of their `amount`.
    """

    label: "StrOrPromise"
    rows: Callable[[Firm, "date"], Rows]
    day: str = ""
    amount: str = ""

    @property
    def by_moment(self) -> bool:
        return self.day.endswith("_at")

    def within(self, firm: Firm, today: "date", span: Span) -> Rows:
        rows = self.rows(firm, today)
        if not self.day:
            return rows
        if self.by_moment:
            begin, end = firm.start_of_day(span.since), firm.end_of_day(span.until)
            return rows.filter(**{f"{self.day}__gte": begin, f"{self.day}__lt": end})
        return rows.filter(**{f"{self.day}__gte": span.since, f"{self.day}__lte": span.until})

    def facts(self, firm: Firm, today: "date") -> Rows:
        """(customer, local day or nothing, number) of each row, for sums."""
        day: Any = Cast(Value(None), DateField()) if not self.day else F(self.day)
        if self.by_moment:
            day = TruncDate(self.day, tzinfo=firm.zone)
        number = F(self.amount) if self.amount else Value(1)
        return self.rows(firm, today).order_by().values_list("customer_id", day, number)


def entries(*conditions: Q, **more: Any) -> Callable[[Firm, "date"], Rows]:
    return lambda firm, today: Interaction.objects.filter(*conditions, **more)


def standing_still(firm: Firm, today: "date") -> Rows:
    return Goal.objects.filter(stalled_goals(since=firm.start_of_day(today - STALLS_AFTER)))


def active(firm: Firm, today: "date") -> Rows:
    return Goal.objects.filter(status=Goal.Status.ACTIVE)


def goals(status: str) -> Callable[[Firm, "date"], Rows]:
    return lambda firm, today: Goal.objects.filter(status=status, closed_at__isnull=False)


def promises(party: str, status: str) -> Callable[[Firm, "date"], Rows]:
    return lambda firm, today: Commitment.objects.filter(party=party, status=status)


def kept(party: str, *, late: bool) -> Callable[[Firm, "date"], Rows]:
    def rows(firm: Firm, today: "date") -> Rows:
        done = promises(party, Commitment.Status.KEPT)(firm, today).alias(
            kept_on=TruncDate("closed_at", tzinfo=firm.zone)
        )
        in_time = Q(due_on=None) | Q(kept_on__lte=F("due_on"))
        return done.filter(kept_on__gt=F("due_on")) if late else done.filter(in_time)

    return rows


def answers(*, late: bool) -> Callable[[Firm, "date"], Rows]:
    return lambda firm, today: Answer.objects.filter(late=late)


def to_be_mended(firm: Firm, today: "date") -> Rows:
    """Mistakes of ours whose recovery is open. The table is of the focus queue, which lies beside this package."""
    return Interaction.objects.filter(
        pk__in=RawSQL("SELECT mistake_id FROM recoveries_recovery WHERE closed_at IS NULL", ())
    )


def for_nothing(firm: Firm, today: "date") -> Rows:
    """Free work of the last year, after which they neither bought nor put in anything. Served by interactions_value."""
    came = Interaction.objects.filter(
        customer=OuterRef("customer"), kind__in=[*SALES, *VALUE_RECEIVED], occurred_at__gt=OuterRef("occurred_at")
    )
    tried = Interaction.objects.filter(kind=Kind.FREE_WORK, direction=Direction.OUTBOUND, minutes__gt=0)
    return tried.filter(~Exists(came), occurred_on__gt=today - timedelta(weeks=52), occurred_on__lte=today - PATIENCE)


def sales(firm: Firm, today: "date") -> Rows:
    return Interaction.objects.filter(kind__in=SALES, currency=firm.currency, amount__isnull=False)


MEASURES = {
    "minutes": Measure(_("time entered"), entries(minutes__gt=0), "occurred_on", "minutes"),
    "messages": Measure(
        _("messages of ours without time"),
        entries(~Q(payload__has_key="auto_reply"), direction=Direction.OUTBOUND, kind__in=CORRESPONDENCE, minutes=None),
        "occurred_on",
    ),
    "asked": Measure(
        _("what they asked for"), entries(direction=Direction.INBOUND, kind__in=sorted(DEMANDS)), "occurred_on"
    ),
    "worked": Measure(
        _("times they did their part"), entries(direction=Direction.INBOUND, kind__in=WORK), "occurred_on"
    ),
    "received": Measure(
        _("what they put in"), entries(direction=Direction.INBOUND, kind__in=VALUE_RECEIVED), "occurred_on"
    ),
    "free": Measure(
        _("free work"),
        entries(kind=Kind.FREE_WORK, direction=Direction.OUTBOUND, minutes__gt=0),
        "occurred_on",
        "minutes",
    ),
    "mistakes": Measure(_("mistakes of ours"), entries(kind=Kind.MISTAKE), "occurred_on"),
    "goals_reached": Measure(_("goals reached"), goals(Goal.Status.ACHIEVED), "closed_at"),
    "goals_dropped": Measure(_("goals dropped"), goals(Goal.Status.DROPPED), "closed_at"),
    "ours_kept": Measure(_("promises of ours kept"), kept(US, late=False), "closed_at"),
    "ours_late": Measure(_("promises of ours kept late"), kept(US, late=True), "closed_at"),
    "ours_missed": Measure(_("promises of ours broken"), promises(US, Commitment.Status.MISSED), "closed_at"),
    "theirs_kept": Measure(_("promises of theirs kept"), kept(THEM, late=False), "closed_at"),
    "theirs_late": Measure(_("promises of theirs kept late"), kept(THEM, late=True), "closed_at"),
    "theirs_missed": Measure(_("promises of theirs missed"), promises(THEM, Commitment.Status.MISSED), "closed_at"),
    "answered": Measure(_("answers within the promise"), answers(late=False), "answered_at"),
    "answered_late": Measure(_("answers after the promise"), answers(late=True), "answered_at"),
    "goals_active": Measure(_("goals pursued"), active),
    "goals_stalled": Measure(_("goals stalled"), standing_still),
    "ours_open": Measure(_("promises of ours open"), promises(US, Commitment.Status.OPEN)),
    "theirs_open": Measure(_("promises of theirs open"), promises(THEM, Commitment.Status.OPEN)),
    "recoveries_open": Measure(_("recoveries open"), to_be_mended),
    "free_for_nothing": Measure(_("free work that led nowhere"), for_nothing, amount="minutes"),
    "bought": Measure(_("what they bought"), sales, amount="amount"),
}
"""By the name of the tally's field."""
