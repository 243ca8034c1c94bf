"""Two rule sets side by side: constants, rules and tiers, each pair with its differences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.models.drafts import CONSTANTS
from partnership.scoring.rules.summaries import describe_rule, describe_tier, format_number

R = TypeVar("R", bound=ValueRule | Tier)

_NO_VALUE = "–"


@dataclass(frozen=True)
class _FieldPair:
    """One field of both sets, as text."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True)
class _RowPair:
    """Two rules or two tiers of one name; the text is empty on the side that has none."""

    name: str
    first: str = ""
    second: str = ""
    differences: Sequence[_FieldPair] = ()

    @property
    def change(self) -> str:
        """Return same, changed, added (only in the second set) or gone (only in the first)."""
        if not self.first:
            return "added"
        if not self.second:
            return "gone"
        return "changed" if self.differences else "same"


@dataclass(frozen=True)
class Comparison:
    first: RuleSet
    second: RuleSet
    constants: Sequence[_FieldPair]
    rules: Sequence[_RowPair]
    tiers: Sequence[_RowPair] = ()

    @property
    def changes(self) -> "Comparison":
        """Return the same comparison without pairs that do not differ."""
        return Comparison(
            self.first,
            self.second,
            [value for value in self.constants if value.differs],
            [pair for pair in self.rules if pair.change != "same"],
            [pair for pair in self.tiers if pair.change != "same"],
        )

    @property
    def is_empty(self) -> bool:
        return not (self.constants or self.rules or self.tiers)


def compare_rule_sets(first: RuleSet, second: RuleSet) -> Comparison:
    """Pair rules and tiers by name, in the order of the second set, then those that only the first has."""
    return Comparison(
        first,
        second,
        _pair_fields(first, second, CONSTANTS),
        [_pair_rules(*both) for both in _match_by_name(first.rules.all(), second.rules.all())],
        [_pair_tiers(*both) for both in _match_by_name(first.tiers.all(), second.tiers.all())],
    )


def _match_by_name(first: Iterable[R], second: Iterable[R]) -> list[tuple[R | None, R | None]]:
    unmatched = {row.name: row for row in first}
    pairs: list[tuple[R | None, R | None]] = [(unmatched.pop(row.name, None), row) for row in second]
    return [*pairs, *((row, None) for row in unmatched.values())]


def _pair_rules(first: ValueRule | None, second: ValueRule | None) -> _RowPair:
    """Pair two rules; their position is no difference, since it only changes how rules are listed."""
    old, new = (describe_rule(rule, rule.rule_set.rules.all()) if rule else "" for rule in (first, second))
    return _RowPair(
        _name_of_either(first, second), old, new, _list_differences(first, second, ValueRule.scoring_fields())
    )


def _pair_tiers(first: Tier | None, second: Tier | None) -> _RowPair:
    old, new = (describe_tier(tier) if tier else "" for tier in (first, second))
    return _RowPair(_name_of_either(first, second), old, new, _list_differences(first, second, Tier.scoring_fields()))


def _name_of_either(*rows: ValueRule | Tier | None) -> str:
    return next(row.name for row in rows if row)


def _list_differences(
    first: models.Model | None, second: models.Model | None, names: Iterable[str]
) -> list[_FieldPair]:
    return [pair for pair in _pair_fields(first, second, names) if pair.differs] if first and second else []


def _pair_fields(first: models.Model, second: models.Model, names: Iterable[str]) -> list[_FieldPair]:
    pairs = []
    for name in names:
        field = _field_of(first, name)
        old, new = (_format_value(field, getattr(row, name)) for row in (first, second))
        pairs.append(_FieldPair(capfirst(str(field.verbose_name)), old, new))
    return pairs


def _field_of(row: models.Model, name: str) -> "models.Field[object, object]":
    found = row._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


def _format_value(field: "models.Field[object, object]", value: object) -> str:
    if value is None or value in ("", []):
        return _NO_VALUE
    if isinstance(field, ArrayField) and isinstance(value, list):
        labels = dict(field.base_field.flatchoices or [])
        return ", ".join(str(labels.get(item, item)) for item in value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return format_number(value) if isinstance(value, float | Decimal) else str(value)
