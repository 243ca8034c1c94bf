"""The board of movers: whose partnership rose and fell most, and what changed it."""

from dataclasses import replace
from datetime import date

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from partnership.health.frame.scope import MetricsRow, Scope, first, subjects_of
from partnership.health.frame.tables import Board, Cell, Table, change_cell, evidence_hint, number
from partnership.health.frame.wording import signed_points
from partnership.scoring.explain.change_reasons import ChangeReason, ChangeSummary, summarize_changes

SHOWN = 10


def movers(scope: Scope) -> Board:
    up, down = moved(scope, up=True), moved(scope, up=False)
    title = _("Movers")
    text = _("Whose partnership moved most in %s. What changed adds up to the points, the rest of it under “other”.")
    if not up and not down:
        empty = _("No customer moved. Choose a longer period, or come back later.")
        return Board(title, text % scope.label, empty=empty)
    changes = summarize_changes([one.customer_id for one in up + down], since=_start(scope), until=scope.day)
    tables = [_table(scope, "up", up, changes), _table(scope, "down", down, changes)]
    return Board(title, text % scope.label, tables=tables)


def moved(scope: Scope, *, up: bool) -> list[MetricsRow]:
    """Return those who moved by at least a point, the furthest first."""
    found = scope.metrics().annotate(moved=F("partnership") - F("partnership_then"))
    chosen = (
        found.filter(moved__gte=1).order_by("-moved", "customer_id")
        if up
        else found.filter(moved__lte=-1).order_by("moved", "customer_id")
    )
    return first(chosen, SHOWN, shown=found)


def _start(scope: Scope) -> date:
    return scope.span(before=True).until


def _table(scope: Scope, name: str, rows: list[MetricsRow], changes: dict[int, ChangeSummary]) -> Table:
    heads = [_("Customer"), _("Then"), _("Now"), _("Moved by"), _("What changed")]
    title = _("Up") if name == "up" else _("Down")
    known = [(one, changes[one.customer_id]) for one in rows if one.customer_id in changes]
    lines = [_mover_row(scope, one, change) for one, change in known]
    subjects = subjects_of(scope, [one for one, _change in known])
    empty, hint_head = _("No customers."), _("Evidence")
    return Table(name, title, heads, lines, empty=empty, subjects=subjects, hint_head=hint_head)


def _mover_row(scope: Scope, one: MetricsRow, change: ChangeSummary) -> list[Cell]:
    why = f"{reverse('why', args=[one.customer_id])}?since={_start(scope)}&as_of={scope.day}"
    return [
        Cell(one.customer.name, one.customer.get_absolute_url()),
        number(change.start),
        replace(number(change.end), hint=evidence_hint(thin=one.thin)),
        change_cell(change.difference, why),
        Cell(" · ".join(describe_reason(reason) for reason in change.reasons)),
    ]


def describe_reason(reason: ChangeReason) -> str:
    """Say a reason with its points, such as “kept 2 promises +4.1”."""
    return f"{reason.text} {signed_points(reason.tenths)}"
