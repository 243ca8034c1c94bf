"""The metrics, declared once: the rows of each are what its number counts and what its drill-down lists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, TruncDate
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Goal
from interactions.models import Direction, Interaction, Kind, Settlement
from interactions.models.kinds import CORRESPONDENCE, DEMANDS, SALES, VALUE_RECEIVED
from interactions.querysets import WAS_SENT
from interactions.stalled_goals import STALLS_AFTER, stalled_goals
from partnership.health.models import Answer
from partnership.health.rollup.periods import Span
from partnership.recoveries.models import Recovery
from partnership.staff.models import Firm

if TYPE_CHECKING:
    from datetime import date

    from django_stubs_ext import StrOrPromise

_MAY_STILL_LEAD_SOMEWHERE = timedelta(weeks=4)
_WORK = (Kind.WORK_DONE, Kind.ATTENDANCE, Kind.CHECK_IN)

US, THEM = Commitment.Party.US, Commitment.Party.THEM
Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Metric:
    """A number of rows, or the sum of their `amount`.

    `rows` are those of a firm as of a day. `day` is the field (a moment or a local day) that puts a row into a period;
    without it the number is as of today. `customer` is the way from a row to its customer.
    """

    label: "StrOrPromise"
    rows: Callable[[Firm, "date"], Rows]
    day: str = ""
    amount: str = ""
    customer: str = "customer"

    @property
    def by_moment(self) -> bool:
        return self.day == "at" or self.day.endswith("_at")

    def within(self, firm: Firm, today: "date", span: Span) -> Rows:
        rows = self.rows(firm, today)
        if not self.day:
            return rows
        if self.by_moment:
            begin, end = firm.start_of_day(span.since), firm.end_of_day(span.until)
            return rows.filter(**{f"{self.day}__gte": begin, f"{self.day}__lt": end})
        return rows.filter(**{f"{self.day}__gte": span.since, f"{self.day}__lte": span.until})

    def facts(self, firm: Firm, today: "date") -> Rows:
        """Return (customer, local day or None, number) of each row, to be summed."""
        number = F(self.amount) if self.amount else Value(1)
        return self.rows(firm, today).order_by().values_list(f"{self.customer}_id", self.local_day(firm), number)

    def local_day(self, firm: Firm) -> Any:
        """Return the expression of the day that puts a row into a period; NULL where the number is as of today."""
        if self.by_moment:
            return TruncDate(self.day, tzinfo=firm.zone)
        return F(self.day) if self.day else Cast(Value(None), DateField())

    def sum(self) -> Sum | Count:
        """Return the number of some of its rows."""
        return Sum(self.amount) if self.amount else Count("pk")


def _entries(*conditions: Q, **more: Any) -> Callable[[Firm, "date"], Rows]:
    return lambda firm, today: Interaction.objects.filter(*conditions, **more)


# What a customer pays with.
_PAYS = (*SALES, Kind.PAYMENT)
_PAID_FOR = timedelta(weeks=52)


def _is_delivery(firm: Firm) -> Q:
    """Return the condition on entries that the customer paid for, as the firm's settings say it.

    Served by interactions_scoring.
    """
    paid = Interaction.objects.filter(
        customer=OuterRef("customer"), kind__in=_PAYS, occurred_on__lte=OuterRef("occurred_on"),
        occurred_on__gte=OuterRef("occurred_on") - _PAID_FOR,
    )  # fmt: skip
    # "" is no kind; of an empty list Django makes no statement.
    return Q(kind__in=[*firm.delivery_kinds, ""]) & Q(Exists(paid))


def _delivery(firm: Firm, today: "date") -> Rows:
    return Interaction.objects.filter(_is_delivery(firm), minutes__gt=0)


def _service_time(firm: Firm, today: "date") -> Rows:
    return Interaction.objects.filter(~_is_delivery(firm), minutes__gt=0)


def _stalled_goals(firm: Firm, today: "date") -> Rows:
    return Goal.objects.filter(stalled_goals(since=firm.start_of_day(today - STALLS_AFTER)))


def _active_goals(firm: Firm, today: "date") -> Rows:
    return Goal.objects.filter(status=Goal.Status.ACTIVE)


def _goals(status: str) -> Callable[[Firm, "date"], Rows]:
    return lambda firm, today: Goal.objects.filter(status=status, closed_at__isnull=False)


def _promises(party: str, status: str) -> Callable[[Firm, "date"], Rows]:
    return lambda firm, today: Commitment.objects.filter(party=party, status=status)


def _owed(party: str) -> Callable[[Firm, "date"], Rows]:
    return lambda firm, today: Commitment.objects.owed(today).filter(party=party)


def _missed(party: str) -> Callable[[Firm, "date"], Rows]:
    """Count promises that were missed and not kept since, those too for which a new date was agreed on afterwards."""

    def rows(firm: Firm, today: "date") -> Rows:
        missed, released = Commitment.Status.MISSED, Commitment.Status.RELEASED
        closed = Commitment.objects.filter(party=party, status__in=[missed, released]).alias(
            closed_on=TruncDate("closed_at", tzinfo=firm.zone)
        )
        return closed.filter(Q(status=missed) | Q(closed_on__gt=F("due_on")))

    return rows


def _kept(party: str, *, late: bool) -> Callable[[Firm, "date"], Rows]:
    def rows(firm: Firm, today: "date") -> Rows:
        done = _promises(party, Commitment.Status.KEPT)(firm, today).alias(
            kept_on=TruncDate("closed_at", tzinfo=firm.zone)
        )
        in_time = Q(due_on=None) | Q(kept_on__lte=F("due_on"))
        return done.filter(kept_on__gt=F("due_on")) if late else done.filter(in_time)

    return rows


def _answers(*, late: bool) -> Callable[[Firm, "date"], Rows]:
    return lambda firm, today: Answer.objects.filter(late=late)


def _settlements(answered: str) -> Callable[[Firm, "date"], Rows]:
    """What people closed; an import closes without them."""
    return lambda firm, today: Settlement.objects.filter(answered=answered, by__isnull=False)


def _open_recoveries(firm: Firm, today: "date") -> Rows:
    """Mistakes of ours whose recovery is open."""
    return Interaction.objects.filter(pk__in=Recovery.objects.open().order_by().values("mistake"))


def _free_for_nothing(firm: Firm, today: "date") -> Rows:
    """Free work of the last year after which they neither bought nor gave anything. Served by interactions_value."""
    came = Interaction.objects.filter(
        customer=OuterRef("customer"), kind__in=[*SALES, *VALUE_RECEIVED], occurred_at__gt=OuterRef("occurred_at")
    )
    tried = Interaction.objects.filter(kind=Kind.FREE_WORK, direction=Direction.OUTBOUND, minutes__gt=0)
    since, until = today - timedelta(weeks=52), today - _MAY_STILL_LEAD_SOMEWHERE
    return tried.filter(~Exists(came), occurred_on__gt=since, occurred_on__lte=until)


def _sales(firm: Firm, today: "date") -> Rows:
    return Interaction.objects.filter(kind__in=SALES, currency=firm.currency, amount__isnull=False)


# By the name of the field of CustomerMetrics.
METRICS = {
    # Together, these two are all minutes that were entered.
    "minutes": Metric(_("service time entered"), _service_time, "occurred_on", "minutes"),
    "delivered": Metric(_("paid delivery"), _delivery, "occurred_on", "minutes"),
    "messages": Metric(
        _("messages of ours without time"),
        _entries(
            WAS_SENT,
            ~Q(payload__has_key="auto_reply"),
            direction=Direction.OUTBOUND,
            kind__in=CORRESPONDENCE,
            minutes=None,
        ),
        "occurred_on",
    ),
    "asked": Metric(
        _("what they asked for"), _entries(direction=Direction.INBOUND, kind__in=sorted(DEMANDS)), "occurred_on"
    ),
    "worked": Metric(
        _("times they did their part"), _entries(direction=Direction.INBOUND, kind__in=_WORK), "occurred_on"
    ),
    "received": Metric(
        _("what they put in"), _entries(direction=Direction.INBOUND, kind__in=VALUE_RECEIVED), "occurred_on"
    ),
    "free": Metric(
        _("free work"),
        _entries(kind=Kind.FREE_WORK, direction=Direction.OUTBOUND, minutes__gt=0),
        "occurred_on",
        "minutes",
    ),
    "gestures": Metric(
        _("goodwill gestures"), _entries(kind=Kind.GESTURE, direction=Direction.OUTBOUND), "occurred_on"
    ),
    "mistakes": Metric(_("mistakes of ours"), _entries(kind=Kind.MISTAKE), "occurred_on"),
    "goals_reached": Metric(_("goals achieved"), _goals(Goal.Status.ACHIEVED), "closed_at"),
    "goals_dropped": Metric(_("goals dropped"), _goals(Goal.Status.DROPPED), "closed_at"),
    "ours_kept": Metric(_("promises of ours kept in time"), _kept(US, late=False), "closed_at"),
    "ours_late": Metric(_("promises of ours kept late"), _kept(US, late=True), "closed_at"),
    "ours_missed": Metric(_("promises of ours missed"), _missed(US), "closed_at"),
    "theirs_kept": Metric(_("promises of theirs kept in time"), _kept(THEM, late=False), "closed_at"),
    "theirs_late": Metric(_("promises of theirs kept late"), _kept(THEM, late=True), "closed_at"),
    "theirs_missed": Metric(_("promises of theirs missed"), _missed(THEM), "closed_at"),
    "answered": Metric(_("answers in time"), _answers(late=False), "answered_at"),
    "answered_late": Metric(_("answers too late"), _answers(late=True), "answered_at"),
    "not_needed": Metric(
        _("conversations closed as no answer needed"),
        _settlements(Settlement.Answered.NOT_NEEDED),
        "at",
        customer="conversation__customer",
    ),
    "without_answer": Metric(
        _("conversations closed without answering"),
        _settlements(Settlement.Answered.WITHOUT),
        "at",
        customer="conversation__customer",
    ),
    "goals_active": Metric(_("goals pursued"), _active_goals),
    "goals_stalled": Metric(_("goals stalled"), _stalled_goals),
    "ours_open": Metric(_("promises of ours open"), _promises(US, Commitment.Status.OPEN)),
    "theirs_open": Metric(_("promises of theirs open"), _promises(THEM, Commitment.Status.OPEN)),
    "ours_owed": Metric(_("promises of ours broken, still owed"), _owed(US)),
    "theirs_owed": Metric(_("promises of theirs broken, still owed"), _owed(THEM)),
    "recoveries_open": Metric(_("recoveries open"), _open_recoveries),
    "free_for_nothing": Metric(_("free work that led nowhere"), _free_for_nothing, amount="minutes"),
    "bought": Metric(_("what they bought"), _sales, amount="amount"),
}
