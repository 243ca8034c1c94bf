"""Partnership across, our time up: a dot for each customer, or for all that stand in about the same place."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Any, TypedDict

from django.db.models import Avg, Count, F, IntegerField, Max, Q, QuerySet, StdDev
from django.db.models.functions import Cast, Floor, Least
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.health.frame.scope import MetricsRow, Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table
from partnership.health.frame.wording import hours

WIDTH, HEIGHT = 720, 420
MOST_DOTS = 400  # with more customers, those in about the same place share a dot
ACROSS, UP = 20, 12  # places

LOUD, AUDIBLE = 60, 25
SIZES = {"quiet": 5, "audible": 6.5, "loud": 8}


class Place(TypedDict):
    """Customers who stand in about the same place."""

    column: int
    row: int
    customers: int
    loudness: float
    costly: int
    beyond: int


class Averages(TypedDict):
    """Of all customers drawn; `height` is their mean partnership."""

    customers: int
    most: float
    mean: float
    spread: float
    height: float


@dataclass(frozen=True)
class Dot:
    """`volume` (quiet, audible, loud) is a shape and a colour; `points` of one that is no circle."""

    x: float
    y: float
    size: float
    volume: str
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
class Chart:
    """In units of the drawing; `beyond`: customers with more than the axis shows, drawn at its end."""

    width: int
    height: int
    dots: list[Dot]
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    beyond: str
    shared: bool


def quadrant(scope: Scope) -> Board:
    metrics = scope.metrics_with_effort()
    found = metrics.aggregate(
        customers=Count("pk"), most=Max("effort"), mean=Avg("effort"), spread=StdDev("effort"),
        height=Avg("partnership"),
    )  # fmt: skip
    title, text = _("Quadrant"), _("Each dot is a customer: how much of a partner across, how much of our time up.")
    if not found["customers"] or not found["most"]:
        return Board(title, text, empty=_("Nothing to draw yet: it takes scored customers and time spent on them."))
    top = rounded_up(min(found["most"], found["mean"] + 4 * found["spread"]))
    shared = found["customers"] > MOST_DOTS
    costly = Q(effort__gt=found["mean"], partnership__lt=found["height"])
    rows: list[Any] = _places(metrics, top, costly) if shared else list(metrics.select_related("customer"))
    if not shared:
        rows.sort(key=lambda one: (-one.effort, one.customer_id))
    dots = [shared_dot(scope, row, top) if shared else _dot(row, top) for row in rows]
    beyond, costing = counts(rows, found, top, shared=shared)
    chart = Chart(WIDTH, HEIGHT, dots, ticks_across(), ticks_up(top), told_beyond(beyond, top), shared)
    return Board(title, text, [corner(scope, found, costing)], [table(scope, rows, top, shared=shared)], chart)


def counts(rows: list[Any], found: Averages, top: float, *, shared: bool) -> tuple[int, int]:
    """How many take more than the axis shows, and how many stand in the corner that costs most."""
    if shared:
        return sum(row["beyond"] for row in rows), sum(row["costly"] for row in rows)
    costly = [one for one in rows if one.effort > found["mean"] and one.partnership < found["height"]]
    return sum(one.effort > top for one in rows), len(costly)


def rounded_up(minutes: float) -> float:
    """The end of an axis with four plain steps."""
    steps = (1, 2, 5, 10, 15, 30, 60, 90, 120, 180, 240, 300)
    step = next((step for step in steps if 4 * step >= minutes), None)
    return 4.0 * (step or 300 * ceil(minutes / 1200))


def corner(scope: Scope, found: Averages, count: int) -> Sentence:
    """Below the mean across, above it up."""
    told = ngettext(
        "%(n)s customer takes more time than the average of %(mean)s and is less of a partner than the average.",
        "%(n)s customers take more time than the average of %(mean)s and are less of a partner than the average.",
        count,
    )
    url = scope.url("health_customers", over=floor(found["mean"]) + 1, below=round(found["height"], 3))
    return Sentence(told % {"n": f"{count:,}", "mean": hours(found["mean"])}, url if count else "")


def volume_of(loudness: float) -> str:
    return "loud" if loudness >= LOUD else "audible" if loudness >= AUDIBLE else "quiet"


def _dot(one: MetricsRow, top: float) -> Dot:
    volume = volume_of(one.loudness)
    text = _("%(name)s: partnership %(points)d, %(hours)s") % {
        "name": one.customer.name, "points": round(one.partnership), "hours": hours(one.effort),
    }  # fmt: skip
    x, y = one.partnership / 100 * WIDTH, HEIGHT * (1 - min(1, one.effort / top))
    return Dot(round(x, 1), round(y, 1), SIZES[volume], volume, text, one.customer.get_absolute_url())


def _places(metrics: QuerySet[Any], top: float, costly: Q) -> list[Place]:
    column = Least(Cast(Floor(F("partnership") / (100 / ACROSS)), IntegerField()), ACROSS - 1)
    row = Least(Cast(Floor(F("effort") / (top / UP)), IntegerField()), UP - 1)
    grouped = metrics.values(column=column, row=row).annotate(
        customers=Count("pk"), loudness=Avg("loudness"), costly=Count("pk", filter=costly),
        beyond=Count("pk", filter=Q(effort__gt=top)),
    )  # fmt: skip
    # In order, the database would put all customers in order to group them.
    return sorted(grouped.order_by(), key=lambda cell: (-cell["row"], -cell["column"]))


def shared_dot(scope: Scope, row: Place, top: float) -> Dot:
    volume = volume_of(row["loudness"])
    text = f"{place_of(row, top)}: {told(row)}"
    x, y = (row["column"] + 0.5) / ACROSS * WIDTH, HEIGHT * (1 - (row["row"] + 0.5) / UP)
    size = min(16, 3 + row["customers"] ** 0.5 / 3)
    return Dot(round(x, 1), round(y, 1), round(size, 1), volume, text, cell_url(scope, row, top))


def cell_url(scope: Scope, row: Place, top: float) -> str:
    """The list of those who stand there."""
    bounds: dict[str, float] = {"least": row["column"] * 100 / ACROSS, "over": round(row["row"] * top / UP, 3)}
    if row["column"] < ACROSS - 1:
        bounds["below"] = (row["column"] + 1) * 100 / ACROSS
    if row["row"] < UP - 1:
        bounds["under"] = round((row["row"] + 1) * top / UP, 3)
    return scope.url("health_customers", **bounds)


def place_of(row: Place, top: float) -> str:
    least, low, high = row["column"] * 100 // ACROSS, row["row"] * top / UP, (row["row"] + 1) * top / UP
    up = hours(low) if row["row"] == UP - 1 else f"{hours(low)} – {hours(high)}"
    return _("partnership %(from)d to %(to)d, %(hours)s") % {
        "from": least, "to": least + 100 // ACROSS, "hours": f"{up}+" if row["row"] == UP - 1 else up,
    }  # fmt: skip


def told(row: Place) -> str:
    return ngettext("%s customer", "%s customers", row["customers"]) % f"{row['customers']:,}"


def ticks_across() -> list[tuple[float, str]]:
    return [(WIDTH * points / 100, str(points)) for points in range(0, 101, 20)]


def ticks_up(top: float) -> list[tuple[float, str]]:
    return [(HEIGHT * (1 - part / 4), hours(top * part / 4) if part else "0") for part in range(5)]


def told_beyond(count: int, top: float) -> str:
    if not count:
        return ""
    text = ngettext(
        "%(n)s customer takes more than %(top)s and is drawn on the upper edge.",
        "%(n)s customers take more than %(top)s and are drawn on the upper edge.",
        count,
    )
    return text % {"n": f"{count:,}", "top": hours(top)}


def table(scope: Scope, rows: list[Any], top: float, *, shared: bool) -> Table:
    volumes = {"quiet": _("quiet"), "audible": _("audible"), "loud": _("loud")}
    if shared:
        heads = [_("Place"), _("Customers"), _("Loudness")]
        lines = [
            [Cell(place_of(row, top)), Cell(f"{row['customers']:,}", cell_url(scope, row, top), number=True),
             Cell(volumes[volume_of(row["loudness"])])]
            for row in rows
        ]  # fmt: skip
    else:
        heads = [_("Customer"), _("Partnership"), _("Time"), _("Loudness")]
        lines = [
            [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(f"{one.partnership:.0f}", number=True),
             Cell(hours(one.effort), number=True), Cell(volumes[volume_of(one.loudness)])]
            for one in rows
        ]  # fmt: skip
    return Table("quadrant", _("The same as a table"), heads, lines, folded=True)
