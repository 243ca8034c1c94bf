"""Rule sets to begin with, as data, one module each."""

from django.db import transaction
from django.utils.translation import gettext

from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.rules.presets import coach, consultancy, law_office, standard
from partnership.scoring.rules.presets.preset import Preset
from partnership.staff.audit import history_author
from partnership.staff.models import Firm, User

__all__ = ["PRESETS", "Preset", "create_from_preset", "find_free_name", "is_in_force"]

PRESETS: dict[str, Preset] = {
    "standard": standard.PRESET,
    "consultancy": consultancy.PRESET,
    "law_office": law_office.PRESET,
    "coach": coach.PRESET,
}


@transaction.atomic
def create_from_preset(name: str, *, by: User | None) -> RuleSet:
    """Make a draft from a preset, in the firm's language, under a free name. KeyError when there is no such preset."""
    preset = PRESETS[name]
    with history_author(by), Firm.current().localized():
        draft = RuleSet.objects.create(
            name=find_free_name(gettext(preset.name)), description=gettext(preset.description), **preset.constants
        )
        rows: list[ValueRule | Tier] = [
            *(
                ValueRule(**{**rule, "name": gettext(rule["name"])}, rule_set=draft, position=position)
                for position, rule in enumerate(preset.rules, 1)
            ),
            *(
                Tier(**{**tier, "name": gettext(tier["name"])}, rule_set=draft, colour=tier["rank"])
                for tier in preset.tiers
            ),
        ]
        for row in rows:
            row.full_clean()
            row.save()
    return RuleSet.objects.with_rows().get(pk=draft.pk)


def is_in_force(name: str) -> bool:
    """Check that the active rule set has the preset's tiers, named in the firm's language."""
    with Firm.current().localized():
        named = {gettext(tier["name"]) for tier in PRESETS[name].tiers}
    return named == set(RuleSet.objects.active().tiers.values_list("name", flat=True))


def find_free_name(stem: str, *, first: int = 1) -> str:
    """Return the first free name of “Coach”, “Coach 2”, “Coach 3” …; begin with “Coach 2” where `first` is 2."""
    taken = set(RuleSet.objects.filter(name__startswith=stem).values_list("name", flat=True))
    names = (f"{stem} {number}" if number > 1 else stem for number in range(first, first + len(taken) + 1))
    return next(name for name in names if name not in taken)
