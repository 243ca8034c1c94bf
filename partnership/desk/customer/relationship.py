"""One customer with all that the head of their page says of the relationship, read in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject, Left
from django.http import Http404

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.actions.nudges import NUDGE_PERIOD, Nudges, recent_nudges
from interactions.models import Channel, Direction, Interaction
from interactions.models.kinds import PAST_THEM, Kind
from interactions.querysets import WAS_SENT
from interactions.renewals import renewal_decisions
from partnership.core.compiled_queries import CompiledQuery
from partnership.core.formats import format_money
from partnership.desk.customer.sparkline import ScorePoint
from partnership.desk.tier_pins.section import PINNED
from partnership.desk.timeline.tier_changes import TierChangeRow, tier_change_rows_of_each
from partnership.recoveries.models import Recovery
from partnership.scoring.models import ScoreSnapshot
from partnership.staff.models import Firm, User

_YEAR = timedelta(days=365)
_RECOVERY = {"pk": "pk", "what": Left("what_happened", 200), "opened_at": "opened_at"}
_SCORE_POINT = {"day": "day", "points": "partnership", "rules": "rule_set", "name": "rule_set__name"}


@dataclass(frozen=True)
class OpenRecovery:
    pk: int
    what: str
    opened_at: datetime


@dataclass(frozen=True)
class Renewal:
    """`worth`: the amount as text, empty where it is not known; `decision`: the kind of entry that decided it, and
    `decided_on` its day."""

    day: date
    worth: str
    is_past: bool
    decision: str = ""
    decided_on: date | None = None

    @property
    def is_renewed(self) -> bool:
        return self.decision == Kind.RENEWAL


@dataclass(frozen=True)
class Relationship:
    """`score_history`: a year of daily snapshots; `tier_changes`: all of them; the days are those of the last words
    from the customer and from us."""

    customer: Customer
    score_history: Sequence[ScorePoint]
    tier_changes: Sequence[TierChangeRow]
    last_inbound_on: date | None
    last_outbound_on: date | None
    open_recoveries: list[OpenRecovery]
    nudges: Nudges
    renewal: Renewal | None


def relationship_or_404(viewer: User, pk: int, *, today: date) -> Relationship:
    days = {"since": today - _YEAR, "nudged_after": today - NUDGE_PERIOD}
    found = _OF_ANY(pk=pk, **days) if viewer.is_manager else _OF_VISIBLE(pk=pk, viewer=viewer.pk, **days)
    if not found:
        raise Http404
    read = vars(found[0])
    ceiling = read["nudge_ceiling"]
    return Relationship(
        customer=found[0],
        score_history=read["score_history"],
        tier_changes=read["tier_changes"],
        last_inbound_on=read["last_inbound_on"],
        last_outbound_on=read["last_outbound_on"],
        open_recoveries=[
            replace(OpenRecovery(**one), opened_at=datetime.fromisoformat(one["opened_at"]))
            for one in read["open_recoveries"]
        ],
        nudges=Nudges(Firm().nudge_ceiling if ceiling is None else ceiling, read["nudged_on"]),
        renewal=_renewal(found[0], read["renewal_decision"], read["currency"] or Firm().currency, today),
    )


def _renewal(customer: Customer, decision: dict[str, str] | None, currency: str, today: date) -> Renewal | None:
    if customer.renews_on is None:
        return None
    worth = "" if customer.renewal_amount is None else format_money(customer.renewal_amount, currency)
    is_past = customer.renews_on < today
    if not decision:
        return Renewal(customer.renews_on, worth, is_past)
    return Renewal(customer.renews_on, worth, is_past, decision["kind"], date.fromisoformat(decision["day"]))


def _relationships(customers: CustomerQuerySet, since: date, nudged_after: date) -> CustomerQuerySet:
    snapshots = ScoreSnapshot.objects.filter(customer=OuterRef("pk"), day__gte=since).order_by("day")
    recoveries = Recovery.objects.open().filter(customer=OuterRef("pk")).order_by("opened_at", "pk")
    decisions = renewal_decisions().order_by("-occurred_on", "-pk")
    own_nudges = recent_nudges(after=nudged_after).filter(customer=OuterRef("pk"))
    return customers.select_related("owner__cover", "score__tier", "score__rule_set", *PINNED).annotate(
        score_history=ArraySubquery(snapshots.values(row=JSONObject(**_SCORE_POINT))),
        tier_changes=tier_change_rows_of_each(),
        last_inbound_on=_last_word(Direction.INBOUND),
        last_outbound_on=_last_word(Direction.OUTBOUND),
        open_recoveries=ArraySubquery(recoveries.values(row=JSONObject(**_RECOVERY))),
        nudged_on=ArraySubquery(own_nudges.values("occurred_on")),
        renewal_decision=Subquery(decisions.values(row=JSONObject(kind="kind", day="occurred_on"))[:1]),
        currency=Subquery(Firm.objects.values("currency")[:1]),
        nudge_ceiling=Subquery(Firm.objects.values("nudge_ceiling")[:1]),
    )


def _of_any(pk: int, since: date, nudged_after: date) -> CustomerQuerySet:
    return _relationships(Customer.objects.filter(pk=pk), since, nudged_after)


def _of_visible(pk: int, since: date, nudged_after: date, viewer: int) -> CustomerQuerySet:
    return _of_any(pk, since, nudged_after).visible_to_non_manager(viewer)


_OF_ANY = CompiledQuery(_of_any, pk=int, since=date, nudged_after=date)
_OF_VISIBLE = CompiledQuery(_of_visible, pk=int, since=date, nudged_after=date, viewer=int)


def _last_word(direction: str) -> Subquery:
    """Find the day. Served by interactions_scoring."""
    words = Interaction.objects.filter(WAS_SENT, customer=OuterRef("pk"), direction=direction)
    spoken = words.exclude(channel__in=[Channel.INTERNAL, Channel.BILLING]).exclude(kind__in=PAST_THEM)
    return Subquery(spoken.order_by("-occurred_on").values("occurred_on")[:1])
