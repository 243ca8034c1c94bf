"""The board of tier flow: who moved between tiers from the end of one day to the end of another.

A tier is the same one under other rules where the admin or its name says so; the past keeps the name of its day.
"""

from collections import Counter
from math import inf

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.frame.period_comparison import days_of, first_kept, name_past_tier, tier_now, tier_then
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table, number, total_row
from partnership.health.frame.wording import format_day

# Customers by the keys of their tiers then and now, one key for all tiers that are alike; None: no score yet.
Counts = dict[tuple[int | None, int | None], int]


def flow(scope: Scope) -> Board:
    days = days_of(scope)
    title = _("Tier flow")
    said = {"since": format_day(days.since), "until": format_day(days.until)}
    text = _("From which tier to which, from %(since)s to %(until)s, by the last score kept by the end of each.") % said
    found = counts(scope)
    if not found:
        return Board(
            title, text, empty=_("No customer has a score yet. Add customers; their scores follow automatically.")
        )
    if all(then is None for then, _now in found):
        return Board(title, text, empty=_why_unknown(scope))
    return Board(title, text, _sentences(scope, found), [_matrix(scope, found)])


def counts(scope: Scope) -> Counts:
    """Count customers; tiers of several rule sets that are the same one and have one name are counted together."""
    moved = scope.metrics().annotate(then=tier_then(scope), now=tier_now(scope))
    found: Counter[tuple[int | None, int | None]] = Counter()
    for row in moved.values("then", "now").annotate(customers=Count("pk")).order_by():
        found[_first_alike(scope, row["then"]), _first_alike(scope, row["now"])] += row["customers"]
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


def sentence_of(scope: Scope) -> Sentence:
    """Say who rose and fell in the period, with the board behind it."""
    found = counts(scope)
    if all(then is None for then, _now in found):
        return Sentence(_("No score of an earlier day is stored yet to compare with."))
    [said] = _sentences(scope, found)
    return Sentence(said.text, scope.url("health_flow"))


def _sentences(scope: Scope, found: Counts) -> list[Sentence]:
    """Count who rose and fell by the order of the tiers in force; a tier that is gone has no place in it."""
    known = []
    for (then, now), count in found.items():
        tiers = [scope.lineage.now[key] for key in (then, now) if key in scope.lineage.now]
        if len(tiers) == 2 and not any(tier.for_newcomers for tier in tiers):
            known.append((tiers[1].rank - tiers[0].rank, count))
    up = sum(count for steps, count in known if steps > 0)
    down = sum(count for steps, count in known if steps < 0)
    first = ngettext("%s customer rose to a higher tier", "%s customers rose to a higher tier", up) % format_number(up)
    second = ngettext("%s fell to a lower one.", "%s fell to a lower one.", down) % format_number(down)
    return [Sentence(f"{first}, {second}")]


def _matrix(scope: Scope, found: Counts) -> Table:
    before = [*_tiers(scope, {then for then, _now in found}), None]
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
