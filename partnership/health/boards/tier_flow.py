"""The board of tier flow: who moved between tiers from the end of one day to the end of another.

A tier is the same one under other rules where the admin or its name says so; the past keeps the name of its day. What a
change of rules made is no customer's doing, and told apart.
"""

from collections import Counter
from math import inf

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.frame.period_comparison import days_of, first_kept, name_past_tier
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table, number, total_row
from partnership.health.frame.tier_paths import (
    Move,
    TierPath,
    TierPaths,
    describe_rule_changes,
    sum_by_rules,
    tier_paths,
)
from partnership.health.frame.wording import format_day
from partnership.scoring.rules.rule_changes import list_rule_changes

# Customers by the keys of their tiers then and now, one key for all tiers that are alike; None: no score yet.
Counts = dict[Move, int]


def flow(scope: Scope) -> Board:
    days = days_of(scope)
    title = _("Tier flow")
    said = {"since": format_day(days.since), "until": format_day(days.until)}
    text = _("From which tier to which, from %(since)s to %(until)s, by the last score kept by the end of each.") % said
    paths = tier_paths(scope, list_rule_changes(scope.firm))
    found = counts(scope, paths)
    if not found:
        return Board(
            title, text, empty=_("No customer has a score yet. Add customers; their scores follow automatically.")
        )
    if all(then is None for then, _now in found):
        return Board(title, text, empty=_why_unknown(scope))
    if newcomers := [tier.name for tier in scope.tiers if tier.for_newcomers]:
        text += " " + _("Moves from or to “%(tier)s” are listed, but are no rise and no fall.") % {"tier": newcomers[0]}
    tables = [_matrix(scope, found), *([_rules_table(scope, paths)] if paths.changes else [])]
    return Board(title, text, [_moves_sentence(scope, paths)], tables)


def counts(scope: Scope, paths: TierPaths) -> Counts:
    """Count customers; tiers of several rule sets that are the same one and have one name are counted together."""
    found: Counter[Move] = Counter()
    for path in paths.found:
        found[_first_alike(scope, path.then), _first_alike(scope, path.now)] += path.customers
    return found


def _first_alike(scope: Scope, key: int | None) -> int | None:
    return None if key is None else max(scope.lineage.list_alike(key), default=key)


def _why_unknown(scope: Scope) -> str:
    """Say why there is nothing to compare with."""
    first, since = first_kept(), format_day(days_of(scope).since)
    if first is None:
        return _("No score of an earlier day is stored yet. Come back tomorrow.")
    said = {"since": since, "first": format_day(first)}
    return _("None of these customers had a score on %(since)s: the first stored score is of %(first)s. Choose a later"
             " day to begin with.") % said  # fmt: skip


def sentence_of(scope: Scope, paths: TierPaths) -> Sentence:
    """Say who rose and fell in the period, with the board behind it."""
    if all(path.then is None for path in paths.found):
        return Sentence(_("No score of an earlier day is stored yet to compare with."))
    return Sentence(_moves_sentence(scope, paths).text, scope.url("health_flow"))


def _moves_sentence(scope: Scope, paths: TierPaths) -> Sentence:
    """Count who rose and fell by what they did, and whose tier other rules changed."""
    steps = [(_steps(scope, path), path.customers) for path in paths.found]
    up = sum(count for gained, count in steps if gained > 0)
    down = sum(count for gained, count in steps if gained < 0)
    ruled = sum(path.customers for path in paths.found if path.ruled(scope.lineage))
    first = ngettext("%s customer rose to a higher tier", "%s customers rose to a higher tier", up) % format_number(up)
    second = ngettext("%s fell to a lower one", "%s fell to a lower one", down) % format_number(down)
    told = ngettext("%s changed tier by other rules", "%s changed tier by other rules", ruled) % format_number(ruled)
    return Sentence(f"{first}, {second}{f'; {told}' if ruled else ''}.")


def _steps(scope: Scope, path: TierPath) -> int:
    """Return by how many tiers in force they rose themselves; a tier that is gone has no place in their order."""
    gained = 0
    for move in path.own():
        tiers = [scope.lineage.now[key] for key in move if key in scope.lineage.now]
        if len(tiers) == 2 and not any(tier.for_newcomers for tier in tiers):
            gained += tiers[1].rank - tiers[0].rank
    return gained


def _matrix(scope: Scope, found: Counts) -> Table:
    stood = {then for then, _now in found}
    before = [*(key for key in _tiers(scope, stood) if key in stood), *([None] if None in stood else [])]
    after = _tiers(scope, {now for _then, now in found})
    if any(now is None for _then, now in found):
        after.append(None)
    heads = [_("Then ↓ now →"), *(name_past_tier(scope, key) for key in after)]
    rows = [
        [Cell(name_past_tier(scope, then)), *(_cell(scope, then, now, found.get((then, now), 0)) for now in after)]
        for then in before
    ]
    sums = {now: sum(count for (_then, became), count in found.items() if became == now) for now in after}
    total = total_row(*(number(sums[now], scope.url("health_customers", became=_key(now))) for now in after))
    return Table("flow", _("Customers by tier then and now"), heads, rows, total=total)


def _rules_table(scope: Scope, paths: TierPaths) -> Table:
    """List what the changes of rules made of whose tier."""
    found: Counter[Move] = Counter()
    for (before, after), customers in sum_by_rules(scope.lineage, paths).items():
        found[_first_alike(scope, before), _first_alike(scope, after)] += customers
    places = {key: place for place, key in enumerate(_tiers(scope, {key for move in found for key in move}))}
    rows = [
        [Cell(name_past_tier(scope, before)), Cell(name_past_tier(scope, after)), number(found[before, after])]
        for before, after in sorted(found, key=lambda move: [places.get(key, len(places)) for key in move])
    ]
    heads = [_("Under the rules before"), _("Under the new rules"), _("Customers")]
    empty = _("No customer changed tier by that.")
    text = describe_rule_changes(paths.changes)
    return Table("rules", _("Changed tier by other rules"), heads, rows, text=text, empty=empty)


def _tiers(scope: Scope, found: set[int | None]) -> list[int | None]:
    """Return the tiers in force, the highest first, each with those that had another name; then those that are gone."""
    known = {_first_alike(scope, tier.pk) for tier in scope.tiers} | found - {None}

    def place(key: int) -> tuple[float, bool, str]:
        current = scope.lineage.now.get(key)
        name = scope.lineage.names.get(key, "")
        return (-current.rank, current.name != name, name) if current else (inf, True, name)

    return [*sorted((key for key in known if key is not None), key=place)]


def _key(tier: int | None) -> int | str:
    """Return the tier as it is in the URL."""
    return "none" if tier is None else tier


def _cell(scope: Scope, then: int | None, now: int | None, count: int) -> Cell:
    url = scope.url("health_customers", was=_key(then), became=_key(now))
    same = then == now or (then in scope.lineage.now and scope.lineage.now[then] == scope.lineage.now.get(now or 0))
    return number(count, url, note="same" if same else "")
