"""Which tier of the active rules each tier of any rule set is: by its name, or by the admin's word on activation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from partnership.scoring.models import RuleSet, Tier


@dataclass(frozen=True)
class TierLineage:
    """Tiers of active and retired sets.

    `active`: those in force, the lowest first; `names`: of all, by key; `now`: by key, the tier in force that each is.
    """

    active: list[Tier]
    names: dict[int, str]
    now: dict[int, Tier]

    def list_keys(self, pk: int) -> list[int]:
        """List the keys of all tiers that are the same tier in force as this one; itself alone where it is none."""
        if (current := self.now.get(pk)) is None:
            return [pk]
        return [key for key, tier in self.now.items() if tier.pk == current.pk]

    def list_alike(self, pk: int) -> list[int]:
        """List those of list_keys() that have the name of this one as well."""
        return [key for key in self.list_keys(pk) if self.names.get(key) == self.names.get(pk)]


def load_tier_lineage() -> TierLineage:
    """Load all tiers with one statement."""
    rows = Tier.objects.exclude(rule_set__status=RuleSet.Status.DRAFT).select_related("rule_set")
    tiers = {tier.pk: tier for tier in rows.order_by("rank", "pk")}
    active = {pk: tier for pk, tier in tiers.items() if tier.rule_set.status == RuleSet.Status.ACTIVE}
    followed = {pk: _follow(tier, tiers, active.keys()) for pk, tier in tiers.items()}
    return TierLineage(
        active=list(active.values()),
        names={pk: tier.name for pk, tier in tiers.items()},
        now={pk: active[end] for pk, end in followed.items() if end is not None},
    )


def _follow(tier: Tier, tiers: Mapping[int, Tier], ends: Iterable[int]) -> int | None:
    """Follow same_as to the first of the `ends`; None where it leads to none of them."""
    seen: set[int] = set()
    pk: int | None = tier.pk
    while pk is not None and pk not in seen:
        if pk in ends:
            return pk
        seen.add(pk)
        pk = tiers[pk].same_as_id if pk in tiers else None
    return None


@dataclass(frozen=True)
class TierMatch:
    """A tier of the active set and the tier of another that it is likely to become, if any.

    `is_certain`: it has the same name, or was said to be the same before. Otherwise an admin decides.
    """

    former: Tier
    latter: Tier | None
    is_certain: bool


def match_tiers(former: RuleSet, latter: RuleSet) -> list[TierMatch]:
    """Match the tiers of the active set with those of a draft or a retired set, the highest first.

    In a draft the name decides: a renamed copy is asked about. A retired set has been matched before, which decides.
    """
    tiers, old = {tier.pk: tier for tier in Tier.objects.all()}, list(former.tiers.all())
    new = list(latter.tiers.all())
    by_name = {tier.name: tier for tier in new}
    copies: dict[int, list[Tier]] = {tier.pk: [] for tier in old}
    for tier in new:
        if (origin := _follow(tier, tiers, copies.keys())) is not None:
            copies[origin].append(tier)
    certain: dict[int, Tier] = {}
    for tier in old:
        known = copies[tier.pk][0] if not latter.editable and len(copies[tier.pk]) == 1 else None
        if match := known or by_name.get(tier.name):
            certain[tier.pk] = match
    free = [tier for tier in new if tier not in certain.values()]
    likely = dict(certain)
    for tier in sorted(old, key=lambda one: not copies[one.pk]):  # what was copied from a tier is no other's
        if tier.pk not in certain and (match := _guess(tier, old, new, copies[tier.pk], free)):
            likely[tier.pk] = match
            free.remove(match)
    return [TierMatch(tier, likely.get(tier.pk), tier.pk in certain) for tier in reversed(old)]


def _guess(tier: Tier, old: list[Tier], new: list[Tier], copies: list[Tier], free: list[Tier]) -> Tier | None:
    """Guess by what was copied from it, by what it is for, then by its place; only tiers that no other is."""
    alike = [
        *copies,
        *(one for one in new if tier.for_newcomers and one.for_newcomers),
        *(one for one in new if _is_lowest(tier, old) and _is_lowest(one, new)),
        *(one for one in new if one.rank == tier.rank and not one.for_newcomers and not _is_lowest(one, new)),
    ]
    return next((one for one in alike if one in free), None)


def _is_lowest(tier: Tier, tiers: Iterable[Tier]) -> bool:
    return tier == min((one for one in tiers if not one.for_newcomers), key=lambda one: one.rank, default=None)


def carry_tiers_over(former: RuleSet, latter: RuleSet, matches: Mapping[int, Tier | None]) -> None:
    """Point every tier of active and retired sets to what it is in `latter`, which is about to replace `former`.

    `matches`: by key of the former set's tiers. What was none of them is found by its name again.
    """
    lineage, by_name = load_tier_lineage(), {tier.name: tier for tier in latter.tiers.all()}
    moved: dict[Tier | None, list[int]] = {}
    for tier in Tier.objects.exclude(rule_set=latter).exclude(rule_set__status=RuleSet.Status.DRAFT):
        was = lineage.now.get(tier.pk)
        moved.setdefault(matches.get(was.pk) if was else by_name.get(tier.name), []).append(tier.pk)
    latter.tiers.update(same_as=None)
    for current, keys in moved.items():
        Tier.objects.filter(pk__in=keys).update(same_as=current)
