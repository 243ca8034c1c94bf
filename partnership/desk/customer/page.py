"""The customer's page: a fixed number of reads, whatever the length of the history.

What lies below the first screen is fetched after it: partnership.desk.customer.facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from customers.models import Customer
from interactions.models import Interaction
from partnership.core.compiled_queries import CompiledQuery
from partnership.desk.composer.section import ComposerSection, composer_as_left
from partnership.desk.customer.relationship import OpenRecovery, Relationship, Renewal
from partnership.desk.customer.sparkline import Sparkline, sparkline
from partnership.desk.goals.section import GoalsSection, goals_section
from partnership.desk.promises.section import PromisesSection, promises_section
from partnership.desk.tier_pins.section import pin_in_force
from partnership.desk.timeline import Day, Row, days_of, rows_of
from partnership.desk.timeline.section import TimelineSection, timeline_section
from partnership.scoring.explain.explanation import round_gain
from partnership.scoring.models import Score, Tier, TierPin
from partnership.staff.access import staff_member

_MOST_PINNED = 5


@dataclass(frozen=True)
class Owner:
    """The owner of a customer, and whether they are there; `cover` stands in while they are away."""

    name: str
    has_left: bool
    is_away: bool
    away_to: date | None
    cover: str


@dataclass(frozen=True, kw_only=True)
class CustomerPage(TimelineSection, ComposerSection):
    """`score`: None before the first; `gained`: whole points of partnership in 4 weeks, None without a score then;
    `former_tier`: that of a customer who fell quiet; `pinned`: entries on top."""

    score: Score | None
    gained: int | None
    former_tier: Tier | None
    pin: TierPin | None
    owner: Owner | None
    renewal: Renewal | None
    sparkline: Sparkline | None
    last_inbound_on: date | None
    last_outbound_on: date | None
    open_recoveries: Sequence[OpenRecovery]
    goals: GoalsSection
    promises: PromisesSection
    pinned: list[Day]


def customer_page(request: HttpRequest, relationship: Relationship, composer: ComposerSection) -> CustomerPage:
    customer, today = relationship.customer, timezone.localdate()
    score: Score | None = getattr(customer, "score", None)
    section = timeline_section(request, customer, tier_changes=relationship.tier_changes)
    return CustomerPage(
        **{**vars(section), **vars(composer)},
        score=score,
        gained=None if score is None or score.trend is None else round_gain(score.trend, score.partnership),
        former_tier=score.find_former_tier() if score else None,
        pin=pin_in_force(customer),
        owner=_owner(customer, today),
        renewal=relationship.renewal,
        sparkline=sparkline(relationship.score_history, today),
        last_inbound_on=relationship.last_inbound_on,
        last_outbound_on=relationship.last_outbound_on,
        open_recoveries=relationship.open_recoveries,
        goals=goals_section(customer),
        promises=promises_section(customer),
        pinned=days_of(_PINNED(customer=customer.pk), customer),
    )


def draft_section(request: HttpRequest, relationship: Relationship) -> ComposerSection:
    """The composer as the user left it."""
    return composer_as_left(
        relationship.customer,
        by=staff_member(request),
        no_nudge=relationship.nudges.refusal(),
        is_folded="folded" in request.GET,
    )


def _pinned_rows(customer: int) -> QuerySet[Interaction, Row]:
    """Mostly none, which the index interactions_pinned tells at once."""
    return rows_of(Customer(pk=customer)).filter(pinned=True)[:_MOST_PINNED]


_PINNED = CompiledQuery(_pinned_rows, customer=int)


def _owner(customer: Customer, today: date) -> Owner | None:
    owner = customer.owner
    if owner is None:
        return None
    away = bool(owner.away_from and owner.away_from <= today and (owner.away_to is None or today <= owner.away_to))
    cover = owner.cover.name if away and owner.cover else ""
    return Owner(str(owner), not owner.is_active, away, owner.away_to, cover)
