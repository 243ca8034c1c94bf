"""Hypothesis strategies for histories and rule sets, and a database transaction that is rolled back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.record import Entry, record_many
from interactions.models import Channel, Direction, Kind
from partnership.scoring.engine.statement import compile_rules
from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.models.value_rules import CANDID_KINDS, DEMAND_KINDS, HONESTY_KINDS
from partnership.scoring.rules.tier_lineage import carry_tiers_over, match_tiers
from partnership.scoring.rules.validation import find_problems
from partnership.staff.models import Firm

DAY = date(2026, 1, 15)
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Africa/Cairo", "Asia/Kolkata", "Pacific/Apia"]

# The days around which those zones change their clocks, at midnight in some.
CHANGES = [date(2025, 3, 9), date(2025, 3, 30), date(2025, 4, 25), date(2025, 10, 26), date(2025, 10, 31),
           date(2025, 11, 2)]  # fmt: skip
EDGES = [time(0, 0), time(0, 30), time(1, 30), time(2, 30), time(23, 59, 59, 999999)]

OWN_PART = [Kind.WORK_DONE, Kind.ATTENDANCE, Kind.CHECK_IN, Kind.COMMITMENT_KEPT]
DEMANDS = [Kind.QUESTION, Kind.REQUEST, Kind.COMPLAINT, Kind.REFUND_REQUEST, Kind.MESSAGE, Kind.CALL]
CURRENCIES = ["EUR", "USD"]
PAYLOADS: list[dict[str, Any]] = [
    {}, {}, {}, {"not_sent": True}, {"days_late": 3}, {"course": "b"}, {"course": 2, "score": 81.5},
    {"score": "79"}, {"score": -4}, {"score": True, "course": None}, {"score": ["90"], "course": {"b": 1}},
    {"score": "ninety"}, {"score": 10**18},
]  # fmt: skip
TAGS = ["evening", "Früh"]

zones = st.sampled_from(ZONES)


def days(until: date = DAY) -> st.SearchStrategy[date]:
    """Days mostly of the last two years, some on which clocks change, some long ago, some in the future."""
    return st.one_of(
        st.integers(0, 30).map(lambda ago: until - timedelta(days=ago)),
        st.integers(0, 700).map(lambda ago: until - timedelta(days=ago)),
        st.sampled_from(CHANGES),
        st.dates(date(1950, 1, 1), until),
        st.integers(1, 30).map(lambda ahead: until + timedelta(days=ahead)),
    )


@st.composite
def moments(draw: st.DrawFn, zone: str = "UTC", when: st.SearchStrategy[date] | None = None) -> datetime:
    """Moments in UTC, often near midnights and clock changes of a zone."""
    clock = draw(st.one_of(st.sampled_from(EDGES), st.times()))
    day = draw(days() if when is None else when)
    local = datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).replace(fold=draw(st.integers(0, 1)))
    return local.astimezone(UTC)


@st.composite
def entries(draw: st.DrawFn, zone: str = "UTC", kinds: Sequence[str] = Kind.values, **fixed: Any) -> Entry:
    amount = draw(st.none() | st.decimals(-500, 500, places=2))
    drawn: dict[str, Any] = {
        "customer_id": 0,
        "occurred_at": draw(moments(zone)),
        "channel": draw(st.sampled_from(Channel.values)),
        "direction": draw(st.sampled_from([*Direction.values, "inbound", "inbound"])),
        "kind": draw(st.sampled_from(kinds)),
        "body": draw(st.sampled_from(["", "Thank you!", "THIS IS A DISGRACE", "Wo bleibt die Antwort?"])),
        "minutes": draw(st.none() | st.integers(0, 600)),
        "amount": amount,
        "currency": draw(st.sampled_from(CURRENCIES)) if amount is not None else "",
        "payload": draw(st.sampled_from(PAYLOADS)),
    }
    return Entry(**{**drawn, **fixed})


def histories(zone: str = "UTC", *, most: int = 25, **options: Any) -> st.SearchStrategy[list[Entry]]:
    return st.lists(entries(zone, **options), max_size=most)


def demands(zone: str = "UTC") -> st.SearchStrategy[list[Entry]]:
    """Inbound demand of any kind, tone, number and date."""
    some = st.lists(entries(zone, kinds=DEMANDS, direction="inbound"), min_size=1, max_size=8)
    return st.builds(lambda found, times: found * times, some, st.sampled_from([1, 1, 1, 40]))


@st.composite
def rules(draw: st.DrawFn, half_life: float) -> dict[str, Any]:
    """A rule that its own validation accepts; rules for promises have the set's half-life."""
    total = draw(st.sampled_from(ValueRule.Sum.values))
    allowed = {kind for kind in Kind.values if kind != Kind.GESTURE and (total == "demand" or kind not in DEMAND_KINDS)}
    if total == "missed":
        allowed -= set(OWN_PART)
    if total in ("missed", "given"):
        allowed -= CANDID_KINDS | HONESTY_KINDS
    per = draw(st.sampled_from(ValueRule.Per.values))
    least = draw(st.none() | st.decimals(0, 300, places=2))
    thousandths = st.integers(1, 5000).map(lambda number: Decimal(number) / 1000)
    kinds = draw(st.lists(st.sampled_from(sorted(allowed)), min_size=1, max_size=6, unique=True))
    theirs_alone = total == "missed" and Kind.COMMITMENT_MISSED in kinds
    return {
        "sum": total,
        "kinds": kinds,
        "channels": draw(st.just([]) | st.lists(st.sampled_from(Channel.values), min_size=1, max_size=4, unique=True)),
        "direction": "inbound" if theirs_alone else draw(st.sampled_from(["", "", *Direction.values])),
        "tags": draw(st.sampled_from([[], [], TAGS[:1], TAGS])),
        **draw(payload_conditions()),
        "amount_at_least": least,
        "points": draw(thousandths),
        "per": per,
        "number_key": "score" if per == "number" else "",
        "currency": draw(st.sampled_from(CURRENCIES)) if per == "unit" or least is not None else "",
        "daily_cap": draw(st.none() | thousandths),
        "half_life": half_life if total in ("kept", "missed") else draw(st.sampled_from([0.5, 7, 14, 90.25, 180])),
    }


@st.composite
def payload_conditions(draw: st.DrawFn) -> dict[str, str]:
    asked = draw(st.sampled_from(["", "", "", *ValueRule.Payload.values]))
    if not asked:
        return {}
    key = draw(st.sampled_from(["days_late", "course", "score"]))
    values = {"equals": ["b", "2", "true", "79"], "at_least": ["0", "2", "79.5", "-10"]}
    return {"payload": asked, "payload_key": key, "payload_value": draw(st.sampled_from(values.get(asked, [""])))}


@st.composite
def with_shared_caps(draw: st.DrawFn, drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let some rules share a cap, and what such rules must have alike."""
    first = next((rule for rule in drawn if rule["daily_cap"] is not None), None)
    if first is None or not draw(st.booleans()):
        return drawn
    alike = {name: first[name] for name in ("daily_cap", "half_life")}
    return [{**rule, **alike, "shared_cap": "together"} if rule["sum"] == first["sum"] else rule for rule in drawn]


@st.composite
def rule_sets(draw: st.DrawFn) -> dict[str, Any]:
    """A valid rule set as data for make_rule_set."""
    thresholds = st.sampled_from([0, 20, 35, 37.5, 50, 60, 80, 100, 1e300])
    return {
        "constants": {
            "doubt": draw(st.sampled_from([1.6, 2, 3.3])),
            "balance_doubt": draw(st.sampled_from([2, 5.5, 8])),
            "promise_weight": draw(st.sampled_from([0.3, 0.57, 0.6, 0.61, 1])),
            "effort_half": draw(st.sampled_from([1, 6, 20])),
            "demand_half": draw(st.sampled_from([0.7, 5])),
            "confidence_half": draw(st.sampled_from([0.5, 2])),
            "thin_below": draw(st.sampled_from([0, 0.2, 0.4])),
            "newcomer_days": draw(st.sampled_from([0, 30, 180])),
            "margin": draw(st.sampled_from([0, 1.5, 3])),
        },
        "rules": draw(st.lists(rules(draw(st.sampled_from([10, 60, 100.5]))), max_size=7).flatmap(with_shared_caps)),
        "tiers": draw(
            st.lists(
                st.fixed_dictionaries(
                    {
                        "partnership": thresholds,
                        "commitment": thresholds,
                        "confidence": st.sampled_from([0, 0.4, 0.7]),
                        "response_hours": st.sampled_from([1, 4, 16, 32767]),
                    }
                ),
                max_size=4,
            )
        ),
        "newcomers": draw(st.booleans()),
    }


def make_rule_set(data: dict[str, Any] | None) -> RuleSet:
    """Save a rule set as a draft; return the active one for None."""
    if data is None:
        return RuleSet.objects.active()
    rule_set = RuleSet.objects.create(name="Drawn", **data["constants"])
    drawn = [
        ValueRule(rule_set=rule_set, name=f"Rule {number}", position=number, **rule)
        for number, rule in enumerate(data["rules"])
    ]
    for rule in drawn:
        rule.clean()
    ValueRule.objects.bulk_create(drawn)
    tiers = [{}, *([{"for_newcomers": True}] if data["newcomers"] else []), *data["tiers"]]
    Tier.objects.bulk_create(
        Tier(rule_set=rule_set, rank=rank, name=f"Tier {rank}", **tier) for rank, tier in enumerate(tiers)
    )
    rule_set = RuleSet.objects.prefetch_related("rules", "tiers").get(pk=rule_set.pk)
    assert not find_problems(rule_set, list(rule_set.rules.all()), list(rule_set.tiers.all()))
    return rule_set


def make_active(rule_set: RuleSet) -> None:
    """Activate a set without its checks; each tier becomes the one that is likely the same."""
    former = RuleSet.objects.active()
    if former.pk != rule_set.pk:
        carry_tiers_over(former, rule_set, {one.former.pk: one.latter for one in match_tiers(former, rule_set)})
    RuleSet.objects.filter(status="active").exclude(pk=rule_set.pk).update(status="retired")
    RuleSet.objects.filter(pk=rule_set.pk).update(status="active")


def entry(kind: str, *, ago: int = 0, **fields: object) -> Entry:
    """Make an inbound entry, so many days before NOON."""
    at = NOON - timedelta(days=ago)
    given = {"channel": "web", "direction": "inbound", **fields}
    return Entry(customer_id=0, occurred_at=at, kind=kind, **given)  # type: ignore[arg-type]


@contextmanager
def rolled_back(zone: str = "UTC") -> Iterator[None]:
    """Set the firm's zone, and roll everything back at the end."""
    with transaction.atomic():
        Firm.objects.update_or_create(id=1, defaults={"name": "Firm", "timezone": zone})
        yield
        transaction.set_rollback(True)


def customer_with(
    history: Sequence[Entry], name: str = "Ada", *, at: datetime = NOON, tags: Sequence[str] = TAGS[:1]
) -> Customer:
    customer = Customer.objects.create(name=name, tags=list(tags))
    add_history(customer, history, at=at)
    return customer


def add_history(customer: Customer, history: Sequence[Entry], *, prefix: str = "row", at: datetime = NOON) -> None:
    """Record a history, each row with its own ref."""
    record_many(
        [
            replace(entry, customer_id=customer.pk, source="test", external_id=f"{customer.pk}/{prefix}{number}")
            for number, entry in enumerate(history)
        ],
        recorded_at=at,
    )


def fetch_scores(rule_set: RuleSet, *customers: Customer, day: date = DAY) -> list[dict[str, Any]]:
    """Fetch the statement's rows in the order of the customers, with all columns of its last stage."""
    rows = compile_rules(rule_set, day=day, customers=[customer.pk for customer in customers]).fetch_rows(
        "SELECT tiered_scores.*, tier.rank FROM tiered_scores JOIN scoring_tier tier ON tier.id = earned_tier_id"
    )
    by_customer = {row.pop("customer_id"): row for row in rows}
    return [by_customer[customer.pk] for customer in customers]
