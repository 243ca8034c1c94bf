"""Whose partnership rose and fell most, with what happened meanwhile."""

from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.health.frame.scope import Scope, first
from partnership.health.frame.tables import Board, Cell, Table
from partnership.health.frame.wording import times
from partnership.health.rollup.periods import PERIODS

SHOWN = 10
NAMES = ("worked", "received", "theirs_kept", "theirs_late", "theirs_missed", "goals_reached", "free")


def movers(scope: Scope) -> Board:
    up, down = moved(scope, up=True), moved(scope, up=False)
    title, text = _("Movers"), _("Whose partnership moved most in %s.") % scope.label
    if not up and not down:
        return Board(
            title, text, empty=_("Nobody moved. Choose a longer period, or come back when there is more to tell.")
        )
    return Board(title, text, tables=[table(scope, "up", up), table(scope, "down", down)])


def moved(scope: Scope, *, up: bool) -> list[Any]:
    """Those who moved by at least a point, furthest first; with what was counted now and before."""
    found, then = scope.in_brief(), F(f"partnership_then__{list(PERIODS).index(scope.period)}")
    moved, furthest = f"moved_{scope.period}", "-" if up else ""
    chosen = found.filter(**({f"{moved}__gte": 1} if up else {f"{moved}__lte": -1}))
    shown = scope.tallies().annotate(then=then, moved=F("partnership") - then)
    for name in NAMES:
        shown = shown.annotate(**{f"n_{name}": scope.number(name), f"b_{name}": scope.number(name, before=True)})
    return first(chosen.order_by(f"{furthest}{moved}", "pk"), SHOWN, shown=shown)


def table(scope: Scope, name: str, rows: list[Any]) -> Table:
    heads = [_("Customer"), _("Then"), _("Now"), _("Moved by"), _("What happened")]
    title = _("Up") if name == "up" else _("Down")
    return Table(name, title, heads, [row_of(scope, one) for one in rows], empty=_("Nobody."))


def row_of(scope: Scope, one: Any) -> list[Cell]:
    since = scope.span(before=True).until
    why = f"{reverse('why', args=[one.pk])}?since={since}&as_of={scope.day}"
    return [
        Cell(one.customer.name, one.customer.get_absolute_url()),
        Cell(f"{one.then:.0f}", number=True),
        Cell(f"{one.partnership:.0f}", number=True),
        Cell(f"{one.moved:+.0f}".replace("-", "−"), why, number=True),
        Cell(" · ".join(reasons(one))),
    ]


def reasons(one: Any) -> list[str]:
    """What they did and left, beside the period before."""
    found = []
    if one.n_worked or one.b_worked:
        before = times(one.b_worked) if one.b_worked else _("never")
        now = _("did their part %s") % times(one.n_worked) if one.n_worked else _("did nothing of their part")
        found.append(_("%(now)s (before: %(before)s)") % {"now": now, "before": before})
    kept, late, missed = one.n_theirs_kept, one.n_theirs_late, one.n_theirs_missed
    told = [
        (kept, ngettext("%d promise kept", "%d promises kept", kept)),
        (late, ngettext("%d promise kept late", "%d promises kept late", late)),
        (missed, ngettext("%d promise missed", "%d promises missed", missed)),
        (one.n_goals_reached, ngettext("%d goal reached", "%d goals reached", one.n_goals_reached)),
    ]
    found += [text % count for count, text in told if count]
    if one.n_received:
        found.append(_("put in something of their own"))
    if one.n_free:
        found.append(_("took free work of ours"))
    return found or [_("nothing new: what was there fades")]
