"""The board of the customers' goals: reached, dropped, pursued, stalled."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table, number, total_row
from partnership.health.frame.wording import change
from partnership.health.rollup.tier_sums import by_tier, sum_of_tiers

NAMES = ("goals_reached", "goals_dropped", "goals_active", "goals_stalled")


def goals(scope: Scope) -> Board:
    tiers = by_tier(scope, *NAMES)
    found = Counter(sum_of_tiers(tiers))
    rows = [
        [Cell(row.name), *(number(row.sums[name], row.url("health_rows", name)) for name in NAMES)] for row in tiers
    ]
    heads = [_("Tier"), _("Achieved"), _("Dropped"), _("Pursued"), _("Stalled")]
    total = total_row(*(number(found[name], scope.url("health_rows", name)) for name in NAMES))
    table = Table("goals", _("Goals by tier"), heads, rows, total=total, lead=_("Stalled"))
    nothing = not any(found[name] for name in NAMES)
    return Board(
        _("Goals"),
        _("Whether customers achieve what they came for."),
        sentences_of(scope, found),
        [] if nothing else [table],
        empty=_("No goals yet. Agree on a goal on a customer's page: what they want, by when, how you both will know.")
        if nothing
        else "",
    )


def sentences_of(scope: Scope, found: dict[str, int]) -> list[Sentence]:
    reached, stalled = found["goals_reached"], found["goals_stalled"]
    told = ngettext("%(n)s goal achieved in %(period)s", "%(n)s goals achieved in %(period)s", reached)
    first = told % {"n": format_number(reached), "period": scope.label}
    before = change(reached, found["before_goals_reached"])
    second = ngettext(
        "%(n)s of %(all)s goals stalls: nothing was done for it for three weeks.",
        "%(n)s of %(all)s goals stall: nothing was done for them for three weeks.",
        stalled,
    ) % {"n": format_number(stalled), "all": format_number(found["goals_active"])}
    opening = Sentence(f"{first}, {before}.", scope.url("health_rows", "goals_reached") if reached else "")
    if not found["goals_active"]:
        return [opening, Sentence(_("No goal is pursued."))]
    return [
        opening,
        Sentence(second, scope.url("health_rows", "goals_stalled"), "bad" if stalled else "good"),
    ]
