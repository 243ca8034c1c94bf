"""docs/scoring.md in plain Python, as simple as possible, to check the SQL statement against."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from interactions.actions.record import Entry
from interactions.models.kinds import MAILED
from partnership.scoring.models import RuleSet, Tier, ValueRule

SUMS = ("kept", "missed", "effort", "received", "given", "demand")
UNIT = 1000 * 2**30  # sums are integers: thousandths of a point times 2³⁰

MAX_DAY_POINTS = 8_000_000_000  # thousandths of a point of one day's minutes or money

MAX_RULE_POINTS = 10**17  # units that a rule adds to a sum at most


@dataclass(frozen=True)
class Part:
    """A rule's count, points in thousandths, and decayed points in the units of the sums."""

    count: int
    points: int
    decayed: int


@dataclass(frozen=True)
class ReferenceScores:
    sums: dict[str, int]
    parts: list[Part]
    reciprocity: float
    commitment: float
    partnership: float
    loudness: float
    confidence: float
    tier: Tier


def compute_reference_scores(
    rule_set: RuleSet, history: Iterable[Entry], *, day: date, zone: ZoneInfo, tags: Iterable[str] = ()
) -> ReferenceScores:
    """Compute scores as of the end of a local day, of a customer with those tags."""
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in history:
        local = entry.occurred_at.astimezone(zone).date()
        if local <= day:
            by_day[local].append(entry)
    rules = list(rule_set.rules.all())
    earned = {rule.pk: count_by_day(rule, by_day, set(tags)) for rule in rules}
    for cap in {rule.shared_cap for rule in rules if rule.shared_cap}:
        apply_shared_cap([rule for rule in rules if rule.shared_cap == cap], earned)
    parts = [fade_points(rule, earned[rule.pk], day) for rule in rules]
    sums = dict.fromkeys(SUMS, 0)
    for rule, part in zip(rules, parts, strict=True):
        sums[rule.sum] += part.decayed
    return apply_formulas(rule_set, sums, parts, days_known=(day - min(by_day)).days if by_day else None)


@dataclass
class DayPoints:
    count: int
    points: int


def count_by_day(rule: ValueRule, by_day: dict[date, list[Entry]], tags: set[str]) -> dict[date, DayPoints]:
    found = {}
    for then, entries in by_day.items():
        matching = [entry for entry in entries if matches(rule, entry, tags)]
        found[then] = DayPoints(len(matching), day_points(rule, matching))
    return found


def apply_shared_cap(sharing: list[ValueRule], earned: dict[int, dict[date, DayPoints]]) -> None:
    """Limit points to the shared cap, rules earlier in the set first."""
    for then in earned[sharing[0].pk]:
        left = int(sharing[0].daily_cap * 1000)
        for rule in sharing:
            earned[rule.pk][then].points = min(earned[rule.pk][then].points, left)
            left -= earned[rule.pk][then].points


def fade_points(rule: ValueRule, earned: dict[date, DayPoints], day: date) -> Part:
    count = points = decayed = 0
    for then, found in earned.items():
        weight = round(2**30 * 2.0 ** max((then - day).days / rule.half_life, -64))
        count, points = count + found.count, points + found.points
        decayed += found.points * weight
    return Part(count, points, min(decayed, MAX_RULE_POINTS))


def matches(rule: ValueRule, entry: Entry, tags: set[str]) -> bool:
    number = as_number(entry.payload.get(rule.payload_key))
    return (
        entry.kind in rule.kinds
        and (not rule.direction or entry.direction == rule.direction)
        and not (entry.direction == "outbound" and "not_sent" in entry.payload and entry.kind in MAILED)
        and (not rule.channels or entry.channel in rule.channels)
        and (not rule.tags or bool(set(rule.tags) & tags))
        and (rule.payload != "has" or rule.payload_key in entry.payload)
        and (rule.payload != "lacks" or rule.payload_key not in entry.payload)
        and (rule.payload != "equals" or as_text(entry.payload.get(rule.payload_key)) == rule.payload_value)
        and (rule.payload != "at_least" or (number is not None and number >= Fraction(rule.payload_value)))
        and (not rule.currency or entry.currency == rule.currency)
        and (rule.amount_at_least is None or (entry.amount is not None and abs(entry.amount) >= rule.amount_at_least))
    )


def as_text(value: Any) -> str | None:
    """Write a payload value as PostgreSQL does, for the payloads of the tests."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return format(Decimal(repr(value)), "f")
    return value if isinstance(value, str) else None


def as_number(value: Any) -> Fraction | None:
    text = as_text(value)
    return Fraction(text) if text and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text) else None


def day_points(rule: ValueRule, matching: list[Entry]) -> int:
    """Compute the thousandths that one day's rows earn, rounded half up and capped."""
    minutes = sum(entry.minutes or 0 for entry in matching)
    money = sum((abs(entry.amount) for entry in matching if entry.amount is not None), start=0)
    numbers = sum(max(as_number(entry.payload.get(rule.number_key)) or 0, 0) for entry in matching)
    units = {"event": len(matching), "minute": minutes, "hour": Fraction(minutes, 60), "unit": Fraction(money),
             "number": Fraction(numbers)}  # fmt: skip
    earned = math.floor(Fraction(rule.points) * 1000 * units[rule.per] + Fraction(1, 2))
    if rule.daily_cap is not None:
        return min(earned, int(rule.daily_cap * 1000))
    return earned if rule.per == "event" else min(earned, MAX_DAY_POINTS)


def apply_formulas(
    rule_set: RuleSet, sums: dict[str, int], parts: list[Part], *, days_known: int | None
) -> ReferenceScores:
    k, m, e, r, g, d = (sums[name] / UNIT for name in SUMS)
    kappa, lambda_, alpha = rule_set.doubt, rule_set.balance_doubt, rule_set.promise_weight
    keep = (k + kappa / 2) / (k + m + kappa)
    effort = 1 - 2 ** (-e / rule_set.effort_half)
    commitment = 100 * (alpha * keep + (1 - alpha) * effort)
    reciprocity = 100 * min(1, 2 * (r + lambda_ / 4) / (r + g + lambda_))
    partnership = math.sqrt(reciprocity * commitment)
    confidence = 1 - 2 ** (-(k + m + r + effort) / rule_set.confidence_half)
    return ReferenceScores(
        sums=sums,
        parts=parts,
        reciprocity=reciprocity,
        commitment=commitment,
        partnership=partnership,
        loudness=100 * (1 - 2 ** (-d / rule_set.demand_half)),
        confidence=confidence,
        tier=earned_tier(rule_set, partnership, commitment, confidence, days_known),
    )


def earned_tier(
    rule_set: RuleSet, partnership: float, commitment: float, confidence: float, days_known: int | None
) -> Tier:
    ranked = [tier for tier in rule_set.tiers.all() if not tier.for_newcomers]
    if confidence < rule_set.thin_below:
        is_new = days_known is None or days_known < rule_set.newcomer_days
        newcomers = [tier for tier in rule_set.tiers.all() if tier.for_newcomers]
        return newcomers[0] if is_new and newcomers else ranked[0]
    earned = ranked[0]
    for tier in ranked[1:]:
        if partnership >= tier.partnership and commitment >= tier.commitment and confidence >= tier.confidence:
            earned = tier
    return earned
