"""Rule sets to begin with, as data: one module each."""

from typing import Any

from django.db import transaction

from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.presets import coach, consultancy, law_office, standard
from partnership.scoring.presets.preset import Preset
from partnership.staff.models import User

__all__ = ["PRESETS", "Preset", "from_preset"]

PRESETS: dict[str, Preset] = {
    "standard": standard.PRESET,
    "consultancy": consultancy.PRESET,
    "law_office": law_office.PRESET,
    "coach": coach.PRESET,
}


@transaction.atomic
def from_preset(name: str, *, by: User | None) -> RuleSet:
    """A draft of it, under a name of its own. Who made it is in its history. KeyError when there is no such preset."""
    preset = PRESETS[name]
    draft = RuleSet.objects.create(name=free_name(preset.name), description=preset.description, **preset.constants)
    rows: list[ValueRule | Tier] = [
        *(ValueRule(rule_set=draft, position=position, **rule) for position, rule in enumerate(preset.rules, 1)),
        *(Tier(rule_set=draft, **tier) for tier in preset.tiers),
    ]
    for row in rows:
        row.full_clean()
        row.save()
    return RuleSet.objects.prefetch_related("rules", "tiers").get(pk=draft.pk)


def free_name(name: str) -> str:
    taken: set[Any] = set(RuleSet.objects.filter(name__startswith=name).values_list("name", flat=True))
    candidates = [name, *(f"{name} {number}" for number in range(2, len(taken) + 3))]
    return next(one for one in candidates if one not in taken)
