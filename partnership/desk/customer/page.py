"""What stands on a customer's page: a fixed number of reads, whatever the length of the story.

What lies below the first screen comes after it: partnership.desk.customer.facts.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import JSONObject, Left, RowNumber
from django.http import Http404, HttpRequest
from django.utils import timezone

from customers.models import Commitment, Customer, Goal
from customers.querysets import CustomerQuerySet
from interactions.actions.nudges import PERIOD, Nudges, nudges
from interactions.models import Channel, Direction, Interaction
from partnership.core.compiled_queries import Prepared
from partnership.desk.composer.drafts import newest_draft
from partnership.desk.composer.tabs import TABS, Composer, NoteForm, composer_of
from partnership.desk.customer.sparkline import sparkline
from partnership.desk.timeline import Day, days_of, rows_of
from partnership.desk.timeline.section import timeline_section
from partnership.desk.timeline.tier_changes import turns_of_each
from partnership.recoveries.models import Recovery
from partnership.scoring.models import ScoreSnapshot
from partnership.staff.access import staff_member
from partnership.staff.models import Firm, User

PROMISES = 6
"""Promises of each side on the page."""

GOALS, PINNED = 10, 5

STILL_OWED = timedelta(days=90)
"""So long a missed promise of ours that was not kept since is flagged."""

TREND = timedelta(days=365)
TROUBLE = {"pk": "pk", "what": Left("what_happened", 200), "opened_at": "opened_at"}
TRAIL = {"day": "day", "points": "partnership", "rules": "rule_set", "name": "rule_set__name"}


def relationship_or_404(viewer: User, pk: int, *, today: date) -> Customer:
    """With what the page shows: `trail` is the year's score snapshots, `turns` those where the tier changed, `heard_on`
    and `contacted_on` the days of the last words from them and from us, `unmended` the recoveries that are open,
    `nudged` the days of our nudges within a period of modesty, `nudge_ceiling` how many are enough."""
    read, given = (OF_ALL, {}) if viewer.is_manager else (OF_THOSE_SEEN, {"viewer": viewer.pk})
    for found in read(pk=pk, since=today - TREND, pushed=today - PERIOD, **given):
        return found
    raise Http404


def relationship(customers: CustomerQuerySet, *, since: date, pushed: date) -> CustomerQuerySet:
    snapshots = ScoreSnapshot.objects.filter(customer=OuterRef("pk"), day__gte=since)
    moved = snapshots.order_by("day").values(row=JSONObject(**TRAIL))
    unmended = Recovery.objects.open().filter(customer=OuterRef("pk"))
    return customers.select_related("owner__cover", "score__tier", "score__rule_set", "tier_pin__tier").annotate(
        trail=ArraySubquery(moved),
        turns=turns_of_each(),
        heard_on=last_word(Direction.INBOUND),
        contacted_on=last_word(Direction.OUTBOUND),
        unmended=ArraySubquery(unmended.order_by("opened_at", "pk").values(row=JSONObject(**TROUBLE))),
        nudged=ArraySubquery(nudges(after=pushed).filter(customer=OuterRef("pk")).values("occurred_on")),
        nudge_ceiling=Subquery(Firm.objects.values("nudge_ceiling")[:1]),
    )


def of_all(pk: int, since: date, pushed: date) -> CustomerQuerySet:
    return relationship(Customer.objects.filter(pk=pk), since=since, pushed=pushed)


def of_those_seen(pk: int, since: date, pushed: date, viewer: int) -> CustomerQuerySet:
    return of_all(pk, since, pushed).seen_by(viewer)


OF_ALL = Prepared(of_all, pk=int, since=date, pushed=date)
OF_THOSE_SEEN = Prepared(of_those_seen, pk=int, since=date, pushed=date, viewer=int)


def last_word(direction: str) -> Subquery:
    """Served by interactions_scoring alone."""
    words = Interaction.objects.filter(customer=OuterRef("pk"), direction=direction)
    spoken = words.exclude(channel__in=[Channel.INTERNAL, Channel.BILLING]).order_by("-occurred_on")
    return Subquery(spoken.values("occurred_on")[:1])


def customer_page(request: HttpRequest, customer: Customer, *, form: Composer | None = None) -> dict[str, Any]:
    """`customer` as relationship_or_404 finds them."""
    by = staff_member(request)
    draft = None if form else newest_draft(by, customer)
    written = {"initial": draft.fields} if draft else {}
    return {
        **timeline_section(request, customer),
        **head_of(customer),
        **goals_part(customer),
        **promises_part(customer),
        "tabs": TABS,
        "form": form or composer_of(customer, draft.tab if draft else NoteForm.tab, by=by, **written),
        "pinned": pinned_of(customer),
        "no_nudge": modesty_of(customer).in_words(),
    }


def head_of(customer: Customer) -> dict[str, Any]:
    today = timezone.localdate()
    score = getattr(customer, "score", None)
    return {
        "customer": customer,
        "today": today,
        "score": score,
        "once": score and score.find_former_tier(),
        "pin": pin_of(customer, today),
        "sparkline": sparkline(customer.trail, today),  # type: ignore[attr-defined]
        "owner": owner_of(customer, today),
        "unmended": unmended_of(customer),
    }


def unmended_of(customer: Customer) -> list[dict[str, Any]]:
    """Of the recoveries that are open: pk, what (happened), opened_at."""
    found: list[dict[str, Any]] = customer.unmended  # type: ignore[attr-defined]
    return [one | {"opened_at": datetime.fromisoformat(one["opened_at"])} for one in found]


def modesty_of(customer: Customer) -> Nudges:
    """As relationship_or_404 found them; before a firm is set up, its default ceiling."""
    ceiling = customer.nudge_ceiling  # type: ignore[attr-defined]
    return Nudges(Firm().nudge_ceiling if ceiling is None else ceiling, customer.nudged)  # type: ignore[attr-defined]


def pinned_of(customer: Customer) -> list[Day]:
    """Mostly nothing, which is cheap to learn. Served by interactions_pinned."""
    return days_of(PINNED_READ(customer=customer.pk), customer)


PINNED_READ = Prepared(lambda customer: rows_of(Customer(pk=customer)).filter(pinned=True)[:PINNED], customer=int)


def pin_of(customer: Customer, today: date) -> Any:
    pin = getattr(customer, "tier_pin", None)
    return pin if pin and pin.until >= today else None


@dataclass(frozen=True)
class Owner:
    """Who looks after a customer, and whether they can; `cover` stands in while they are away."""

    name: str
    has_left: bool
    is_away: bool
    away_to: date | None
    cover: str


def owner_of(customer: Customer, today: date) -> Owner | None:
    owner = customer.owner
    if owner is None:
        return None
    away = bool(owner.away_from and owner.away_from <= today and (owner.away_to is None or today <= owner.away_to))
    cover = owner.cover.name if away and owner.cover else ""
    return Owner(str(owner), not owner.is_active, away, owner.away_to, cover)


def goals_part(customer: Customer) -> dict[str, Any]:
    """Those that are pursued first, then the newest of the others."""
    found: list[Goal] = GOALS_READ(customer=customer.pk)
    for goal in found:
        goal.customer = customer
    return {
        "customer": customer,
        "goals": [goal for goal in found if goal.status == Goal.Status.ACTIVE],
        "closed_goals": [goal for goal in found if goal.status != Goal.Status.ACTIVE],
        "today": timezone.localdate(),
    }


def goals_of(customer: int) -> QuerySet[Goal]:
    goals = Goal.objects.filter(customer=customer)
    return goals.order_by(F("closed_at").desc(nulls_first=True), "due_on", "id")[:GOALS]


GOALS_READ = Prepared(goals_of, customer=int)


TO_DO = (Commitment.Status.OPEN, Commitment.Status.MISSED)


@dataclass(frozen=True)
class Side:
    """One party's promises: what is open first. `owed`: those of ours that are late."""

    party: str
    promises: list[Commitment]
    owed: list[Commitment]

    @property
    def to_do(self) -> list[Commitment]:
        return [promise for promise in self.promises if promise.status in TO_DO]

    @property
    def done(self) -> list[Commitment]:
        return [promise for promise in self.promises if promise.status not in TO_DO]


def promises_part(customer: Customer) -> dict[str, Any]:
    """Their promises beside ours; ours first when one of them is late."""
    today = timezone.localdate()
    ours, theirs = sides_of(customer, today)
    return {
        "customer": customer,
        "sides": [ours, theirs] if ours.owed else [theirs, ours],
        "owed": ours.owed,
        "today": today,
    }


def sides_of(customer: Customer, today: date) -> list[Side]:
    found: list[Commitment] = PROMISES_READ(customer=customer.pk)
    for promise in found:
        promise.customer = customer
    sides = []
    for party in (Commitment.Party.US, Commitment.Party.THEM):
        made = [promise for promise in found if promise.party == party]
        late = [promise for promise in made if is_owed(promise, today)] if party == Commitment.Party.US else []
        sides.append(Side(party, made, late))
    return sides


def promises_of(customer: int) -> QuerySet[Commitment]:
    order = (F("closed_at").desc(nulls_first=True), F("due_on").asc(), F("id").asc())
    place = Window(RowNumber(), partition_by=F("party"), order_by=order)
    promises = Commitment.objects.filter(customer=customer)
    named = promises.annotate(owner_name=F("owner__name"), goal_title=F("goal__title"), place=place)
    return named.filter(place__lte=PROMISES).order_by(*order)


PROMISES_READ = Prepared(promises_of, customer=int)


def is_owed(promise: Commitment, today: date) -> bool:
    """Due and not done; a miss of long ago is history."""
    if promise.due_on is None or promise.due_on >= today:
        return False
    missed = promise.status == Commitment.Status.MISSED and promise.due_on >= today - STILL_OWED
    return promise.status == Commitment.Status.OPEN or missed
