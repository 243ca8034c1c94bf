"""Two versions of the value rules side by side: constants, rules and tiers, each pair with what differs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.models.drafts import CONSTANTS
from partnership.scoring.rules.summaries import describe_rule, format_number

_RULE_FIELDS = [one.name for one in ValueRule._meta.fields if one.name not in ("id", "rule_set", "position", "name")]
_TIER_FIELDS = ("rank", "partnership", "commitment", "confidence", "for_newcomers", "response_hours", "goodwill",
             "exceptions_offered")  # fmt: skip
NO_VALUE = "–"


@dataclass(frozen=True)
class FieldPair:
    """One field of both, in words."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True)
class RowPair:
    """A rule or a tier of one name; the texts are empty on the side that has none. `differences`: of its fields."""

    name: str
    first: str = ""
    second: str = ""
    differences: Sequence[FieldPair] = ()

    @property
    def how(self) -> str:
        """same, changed, added (in the second alone) or gone (in the first alone)."""
        if not self.first:
            return "added"
        if not self.second:
            return "gone"
        return "changed" if self.differences else "same"


@dataclass(frozen=True)
class Comparison:
    first: RuleSet
    second: RuleSet
    constants: Sequence[FieldPair]
    rules: Sequence[RowPair]
    tiers: Sequence[RowPair] = field(default=())

    @property
    def changes(self) -> "Comparison":
        """The same without what is alike."""
        return Comparison(
            self.first,
            self.second,
            [value for value in self.constants if value.differs],
            [pair for pair in self.rules if pair.how != "same"],
            [pair for pair in self.tiers if pair.how != "same"],
        )

    @property
    def is_empty(self) -> bool:
        return not (self.constants or self.rules or self.tiers)


def compare_rule_sets(first: RuleSet, second: RuleSet) -> Comparison:
    """Rules and tiers are matched by their names, in the order of the second set, then what only the first has."""
    return Comparison(
        first,
        second,
        _pair_fields(first, second, CONSTANTS),
        [_pair_rules(*both) for both in _match_by_name(first.rules.all(), second.rules.all())],
        [_pair_tiers(*both) for both in _match_by_name(first.tiers.all(), second.tiers.all())],
    )


def fingerprint(rule_set: RuleSet) -> str:
    """Alike of two states of a set between which `compare` finds no change."""
    said = [[str(getattr(rule_set, name)) for name in CONSTANTS]]
    for rows, names in ((rule_set.rules.all(), _RULE_FIELDS), (rule_set.tiers.all(), _TIER_FIELDS)):
        said += sorted([row.name, *(str(getattr(row, name)) for name in names)] for row in rows)
    return sha256(json.dumps(said).encode()).hexdigest()


def _match_by_name(first: Iterable[Any], second: Iterable[Any]) -> list[tuple[Any, Any]]:
    olds = {row.name: row for row in first}
    pairs = [(olds.pop(row.name, None), row) for row in second]
    return [*pairs, *((old, None) for old in olds.values())]


def _pair_rules(first: ValueRule | None, second: ValueRule | None) -> RowPair:
    """What the order of rules changes is how they are listed, nothing else: it is no difference."""
    old, new = (describe_rule(rule, rule.rule_set.rules.all()) if rule else "" for rule in (first, second))
    return RowPair(_name_of_either(first, second), old, new, _list_differences(first, second, _RULE_FIELDS))


def _pair_tiers(first: Tier | None, second: Tier | None) -> RowPair:
    old, new = (describe_tier(tier) if tier else "" for tier in (first, second))
    return RowPair(_name_of_either(first, second), old, new, _list_differences(first, second, _TIER_FIELDS))


def _name_of_either(*either: Any) -> str:
    return str(next(row.name for row in either if row))


def _list_differences(first: models.Model | None, second: models.Model | None, names: Iterable[str]) -> list[FieldPair]:
    return [value for value in _pair_fields(first, second, names) if value.differs] if first and second else []


def _pair_fields(first: models.Model, second: models.Model, names: Iterable[str]) -> list[FieldPair]:
    fields: list[Any] = [first._meta.get_field(name) for name in names]
    return [
        FieldPair(capfirst(str(one.verbose_name)), _format_value(one, getattr(first, one.name)),
              _format_value(one, getattr(second, one.name)))
        for one in fields
    ]  # fmt: skip


def _format_value(one: Any, value: Any) -> str:
    if value is None or value in ("", []):
        return NO_VALUE
    if isinstance(one, ArrayField):
        labels = dict(one.base_field.flatchoices or [])
        return ", ".join(str(labels.get(item, item)) for item in value)
    if one.choices:
        return str(dict(one.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return format_number(value) if isinstance(value, float | Decimal) else str(value)


def describe_tier(tier: Tier) -> str:
    """Its thresholds and what it earns."""
    thresholds = [
        f"{name} {format_number(value)}"
        for name, value in (
            (_("partnership"), tier.partnership),
            (_("commitment"), tier.commitment),
            (_("confidence"), tier.confidence),
        )
        if value
    ]
    if tier.for_newcomers:
        reached = _("for newcomers")
    elif thresholds:
        reached = _("from %(thresholds)s") % {"thresholds": ", ".join(thresholds)}
    else:
        reached = _("for everybody else")
    answered = _("answer within %(hours)s hours of business") % {"hours": tier.response_hours}
    goodwill = _("goodwill of %(amount)s a year") % {"amount": format_number(tier.goodwill)} if tier.goodwill else ""
    exceptions = _("exceptions are offered") if tier.exceptions_offered else ""
    return "; ".join(filter(None, [reached, answered, goodwill, exceptions]))
