"""The quadrant: partnership across, our service time up, a dot for each customer or for all in about the same place."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Any, TypedDict

from django.db.models import Avg, Count, F, IntegerField, Max, Q, QuerySet, StdDev
from django.db.models.functions import Cast, Floor, Least
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.frame.scope import MetricsRow, Scope, subjects_of
from partnership.health.frame.tables import Board, Cell, Head, Sentence, Table, number, score_cell, time_cell, time_head
from partnership.health.frame.wording import hours
from partnership.scoring.explain.explanation import round_score

WIDTH, HEIGHT = 720, 420
MOST_DOTS = 400  # with more customers, those in about the same place share a dot
_ACROSS, UP = 20, 12  # places

LOUD, _AUDIBLE = 60, 25
SIZES = {"quiet": 5, "audible": 6.5, "loud": 8}


class Place(TypedDict):
    """Customers who stand in about the same place."""

    column: int
    row: int
    thin: bool
    customers: int
    loudness: float
    costly: int
    beyond: int


class _Averages(TypedDict):
    """Of all customers drawn; `height` is the mean partnership of those with evidence."""

    customers: int
    most: float
    mean: float
    spread: float
    thin: int
    height: float | None


@dataclass(frozen=True)
class _Dot:
    """`volume` (quiet, audible, loud) is drawn as shape and colour, thin evidence hollow; `points`: of a polygon."""

    x: float
    y: float
    size: float
    volume: str
    thin: bool
    text: str
    url: str

    @property
    def points(self) -> str:
        x, y, r = self.x, self.y, self.size
        corners = {
            "loud": [(x, y - r * 1.2), (x + r * 1.1, y + r * 0.8), (x - r * 1.1, y + r * 0.8)],
            "audible": [(x, y - r), (x + r, y), (x, y + r), (x - r, y)],
        }
        return " ".join(f"{across:.1f},{up:.1f}" for across, up in corners.get(self.volume, []))


@dataclass(frozen=True)
class _Chart:
    """Lengths are in units of the drawing; `beyond` says how many customers are above the axis."""

    width: int
    height: int
    dots: list[_Dot]
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    beyond: str
    shared: bool
    thin: int


def quadrant(scope: Scope) -> Board:
    metrics = scope.metrics_with_effort()
    found: Any = metrics.aggregate(
        customers=Count("pk"), most=Max("effort"), mean=Avg("effort"), spread=StdDev("effort"),
        height=Avg("partnership", filter=Q(thin=False)), thin=Count("pk", filter=Q(thin=True)),
    )  # fmt: skip
    title, text = (
        _("Quadrant"),
        _("Each dot is a customer: how much of a partner across, how much of our service time up."),
    )
    if not found["customers"] or not found["most"]:
        return Board(title, text, empty=_("Nothing to draw yet: it takes scored customers and time spent on them."))
    top = _round_up(min(found["most"], found["mean"] + 4 * found["spread"]))
    shared = found["customers"] > MOST_DOTS
    costly = Q(effort__gt=found["mean"], thin=False, partnership__lt=found["height"] or 0)
    rows: list[Any] = _places(metrics, top, costly) if shared else list(metrics.select_related("customer__owner"))
    if not shared:
        rows.sort(key=lambda one: (-one.effort, one.customer_id))
    dots = [_shared_dot(scope, row, top) if shared else _dot(row, top) for row in rows]
    beyond, costing = _counts(rows, found, top, shared=shared)
    chart = _Chart(WIDTH, HEIGHT, dots, _ticks_across(), _ticks_up(top), _beyond_sentence(beyond, top), shared,
                   found["thin"])  # fmt: skip
    return Board(title, text, _sentences(scope, found, costing), [_table(scope, rows, top, shared=shared)], chart)


def _counts(rows: list[Any], found: _Averages, top: float, *, shared: bool) -> tuple[int, int]:
    """Count those who take more than the axis shows, and those in the costly corner."""
    if shared:
        return sum(row["beyond"] for row in rows), sum(row["costly"] for row in rows)
    costly = [one for one in rows
              if not one.thin and one.effort > found["mean"] and one.partnership < (found["height"] or 0)]  # fmt: skip
    return sum(one.effort > top for one in rows), len(costly)


def _round_up(minutes: float) -> float:
    """Return the end of an axis with four round steps."""
    steps = (1, 2, 5, 10, 15, 30, 60, 90, 120, 180, 240, 300)
    step = next((step for step in steps if 4 * step >= minutes), None)
    return 4.0 * (step or 300 * ceil(minutes / 1200))


def _sentences(scope: Scope, found: _Averages, costing: int) -> list[Sentence]:
    sentences = [_corner_sentence(scope, found, costing)] if found["height"] is not None else []
    if thin := found["thin"]:
        told = ngettext(
            "%s customer has too little evidence for a score: the dot is hollow, about the starting point.",
            "%s customers have too little evidence for a score: their dots are hollow, about the starting point.",
            thin,
        )
        sentences.append(Sentence(told % format_number(thin), scope.url("health_customers", evidence="thin")))
    return sentences


def _corner_sentence(scope: Scope, found: _Averages, count: int) -> Sentence:
    """Count who takes more than average time and has less than average partnership."""
    told = ngettext(
        "%(n)s customer takes more service time than the average of %(mean)s and is less of a partner than average.",
        "%(n)s customers take more service time than the average of %(mean)s and are less of a partner than average.",
        count,
    )
    url = scope.url("health_customers", over=floor(found["mean"]) + 1, below=round(found["height"] or 0, 3),
                    evidence="enough")  # fmt: skip
    return Sentence(told % {"n": format_number(count), "mean": hours(found["mean"])}, url if count else "")


def _volume(loudness: float) -> str:
    return "loud" if loudness >= LOUD else "audible" if loudness >= _AUDIBLE else "quiet"


def _dot(one: MetricsRow, top: float) -> _Dot:
    volume = _volume(one.loudness)
    text = _("%(name)s: partnership %(points)d, %(hours)s") % {
        "name": one.customer.name, "points": round_score(one.partnership), "hours": hours(one.effort),
    }  # fmt: skip
    x, y = one.partnership / 100 * WIDTH, HEIGHT * (1 - min(1, one.effort / top))
    if one.thin:
        text = _("%(text)s, thin evidence") % {"text": text}
    return _Dot(round(x, 1), round(y, 1), SIZES[volume], volume, one.thin, text, one.customer.get_absolute_url())


def _places(metrics: QuerySet[Any], top: float, costly: Q) -> list[Place]:
    column = Least(Cast(Floor(F("partnership") / (100 / _ACROSS)), IntegerField()), _ACROSS - 1)
    row = Least(Cast(Floor(F("effort") / (top / UP)), IntegerField()), UP - 1)
    grouped = metrics.values("thin", column=column, row=row).annotate(
        customers=Count("pk"), loudness=Avg("loudness"), costly=Count("pk", filter=costly),
        beyond=Count("pk", filter=Q(effort__gt=top)),
    )  # fmt: skip
    # In order, the database would put all customers in order to group them.
    return sorted(grouped.order_by(), key=lambda cell: (-cell["row"], -cell["column"], cell["thin"]))


def _shared_dot(scope: Scope, row: Place, top: float) -> _Dot:
    volume = _volume(row["loudness"])
    text = f"{_place_name(row, top)}: {_count(row)}"
    x, y = (row["column"] + 0.5) / _ACROSS * WIDTH, HEIGHT * (1 - (row["row"] + 0.5) / UP)
    size = min(16, 3 + row["customers"] ** 0.5 / 3)
    return _Dot(round(x, 1), round(y, 1), round(size, 1), volume, row["thin"], text, _place_url(scope, row, top))


def _place_url(scope: Scope, row: Place, top: float) -> str:
    """Return the URL of the list of customers in that place."""
    bounds: dict[str, object] = {"evidence": "thin" if row["thin"] else "enough"}
    bounds |= {"least": row["column"] * 100 / _ACROSS, "over": round(row["row"] * top / UP, 3)}
    if row["column"] < _ACROSS - 1:
        bounds["below"] = (row["column"] + 1) * 100 / _ACROSS
    if row["row"] < UP - 1:
        bounds["under"] = round((row["row"] + 1) * top / UP, 3)
    return scope.url("health_customers", **bounds)


def _place_name(row: Place, top: float) -> str:
    least, low, high = row["column"] * 100 // _ACROSS, row["row"] * top / UP, (row["row"] + 1) * top / UP
    up = hours(low) if row["row"] == UP - 1 else f"{hours(low)} – {hours(high)}"
    place = _("partnership %(from)d to %(to)d, %(hours)s") % {
        "from": least, "to": least + 100 // _ACROSS, "hours": f"{up}+" if row["row"] == UP - 1 else up,
    }  # fmt: skip
    return _("%(text)s, thin evidence") % {"text": place} if row["thin"] else place


def _count(row: Place) -> str:
    return ngettext("%s customer", "%s customers", row["customers"]) % format_number(row["customers"])


def _ticks_across() -> list[tuple[float, str]]:
    return [(WIDTH * points / 100, str(points)) for points in range(0, 101, 20)]


def _ticks_up(top: float) -> list[tuple[float, str]]:
    return [(HEIGHT * (1 - part / 4), hours(top * part / 4) if part else "0") for part in range(5)]


def _beyond_sentence(count: int, top: float) -> str:
    if not count:
        return ""
    text = ngettext(
        "%(n)s customer takes more than %(top)s and is drawn on the upper edge.",
        "%(n)s customers take more than %(top)s and are drawn on the upper edge.",
        count,
    )
    return text % {"n": format_number(count), "top": hours(top)}


def _table(scope: Scope, rows: list[Any], top: float, *, shared: bool) -> Table:
    heads: list[str | Head]
    volumes = {"quiet": _("quiet"), "audible": _("audible"), "loud": _("loud")}
    if shared:
        heads = [_("Place"), _("Customers"), _("Loudness")]
        lines = [
            [Cell(_place_name(row, top)), number(row["customers"], _place_url(scope, row, top)),
             Cell(volumes[_volume(row["loudness"])])]
            for row in rows
        ]  # fmt: skip
    else:
        heads = [_("Customer"), _("Partnership"), time_head(_("Service time")), _("Loudness")]
        lines = [
            [Cell(one.customer.name, one.customer.get_absolute_url()), score_cell(one.partnership, thin=one.thin),
             time_cell(one.effort), Cell(volumes[_volume(one.loudness)])]
            for one in rows
        ]  # fmt: skip
    subjects = [] if shared else subjects_of(scope, rows)
    return Table("quadrant", _("The same as a table"), heads, lines, folded=True, subjects=subjects)
