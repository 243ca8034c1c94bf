"""The quadrant: partnership across, our service time up, a dot for each customer or for all in about the same place."""

from dataclasses import dataclass, replace
from math import floor
from typing import Any, TypedDict

from django.db.models import Avg, Count, F, IntegerField, Max, Min, Q, QuerySet, StdDev, Sum
from django.db.models.functions import Cast, Floor, Least
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from partnership.core.formats import format_number
from partnership.health.boards.quadrant.drawing import (
    CORNERS,
    HEIGHT,
    SIZES,
    WIDTH,
    Average,
    Corner,
    Dot,
    average_across,
    average_up,
    name_corners,
    round_up,
    size_of_amount,
    ticks_across,
    ticks_up,
    volume_of,
    x_of,
    y_of,
)
from partnership.health.boards.quadrant.labels import Label, furthest, place_labels
from partnership.health.frame.scope import MetricsRow, Scope, subjects_of
from partnership.health.frame.tables import Board, Cell, Head, Sentence, Table, number, score_cell, time_cell, time_head
from partnership.health.frame.wording import hours
from partnership.scoring.explain.explanation import round_score

MOST_DOTS = 400  # with more customers, those in about the same place share a dot
_ACROSS, UP = 20, 12  # places

SHOW_MONEY = "money"
"""What `show` in the query asks for: dots as large as what their customers bought."""


class Place(TypedDict):
    """Customers who stand in about the same place; `one`: the key of one of them; the corners by name."""

    column: int
    row: int
    thin: bool
    customers: int
    loudness: float
    bought: int
    beyond: int
    one: int
    much_less: int
    much_more: int
    little_less: int
    little_more: int


class _Averages(TypedDict):
    """Of all customers drawn; `height` is the mean partnership of those with evidence, as precise as a URL has it."""

    customers: int
    most: float
    mean: float
    spread: float
    thin: int
    height: float | None


@dataclass(frozen=True)
class Chart:
    """`beyond` says how many customers are above the axis; `switch`: the URL with money, or without it; `bought`: what
    the largest dot bought, where the dots are as large as that."""

    width: int
    height: int
    dots: list[Dot]
    labels: list[Label]
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    average_across: Average | None
    average_up: Average
    corners: list[Corner]
    beyond: str
    shared: bool
    thin: int
    switch: str
    bought: str


def quadrant(scope: Scope) -> Board:
    metrics = scope.metrics_with_effort()
    found: Any = metrics.aggregate(
        customers=Count("pk"), most=Max("effort"), mean=Avg("effort"), spread=StdDev("effort"),
        height=Avg("partnership", filter=Q(thin=False)), thin=Count("pk", filter=Q(thin=True)),
    )  # fmt: skip
    title = _("Quadrant")
    text = _("Each dot is a customer: how much of a partner across, how much of our service time up.")
    if not found["customers"] or not found["most"]:
        return Board(title, text, empty=_("Nothing to draw yet: it takes scored customers and time spent on them."))
    found["height"] = None if found["height"] is None else round(found["height"], 3)
    top = round_up(min(found["most"], found["mean"] + 4 * found["spread"]))
    shared = found["customers"] > MOST_DOTS
    rows: list[Any] = _places(metrics, found, top) if shared else list(metrics.select_related("customer__owner"))
    if not shared:
        rows.sort(key=lambda one: (-one.effort, one.customer_id))
    dots = _dots(scope, rows, top, shared=shared)
    counts = _count_corners(rows, found, shared=shared)
    chart = Chart(
        WIDTH, HEIGHT, dots, _labels(rows, dots, found, top, shared=shared), ticks_across(), ticks_up(top),
        average_across(found["height"]), average_up(found["mean"], top), _corners(scope, found, counts),
        _beyond_sentence(_count_beyond(rows, top, shared=shared), top), shared, found["thin"],
        _switch_url(scope),
        _most_bought(scope, rows, shared=shared),
    )  # fmt: skip
    sentences = _sentences(scope, found, counts["much_less"])
    return Board(title, text, sentences, [_table(scope, rows, top, shared=shared)], chart)


def _shows_money(scope: Scope) -> bool:
    return scope.query.get("show") == SHOW_MONEY


def _switch_url(scope: Scope) -> str:
    query = {name: value for name, value in scope.query.items() if name != "show"}
    return replace(scope, query=query).url("health_quadrant", show=None if _shows_money(scope) else SHOW_MONEY)


def _count_beyond(rows: list[Any], top: float, *, shared: bool) -> int:
    """Count those who take more than the axis shows."""
    return sum(row["beyond"] for row in rows) if shared else sum(one.effort > top for one in rows)


def _count_corners(rows: list[Any], found: _Averages, *, shared: bool) -> dict[str, int]:
    """Count the customers with evidence in each corner."""
    if shared:
        return {corner: sum(row[corner] for row in rows) for corner in CORNERS}
    stand = [_corner_of(one, found) for one in rows if not one.thin]
    return {corner: stand.count(corner) for corner in CORNERS}


def _corner_of(one: MetricsRow, found: _Averages) -> str:
    time = "much" if one.effort > found["mean"] else "little"
    return f"{time}_{'more' if one.partnership >= (found['height'] or 0) else 'less'}"


def _corner_conditions(found: _Averages) -> dict[str, Q]:
    """Return the same as conditions."""
    much, more = Q(effort__gt=found["mean"]), Q(partnership__gte=found["height"] or 0)
    known = Q(thin=False)
    return {
        "much_less": known & much & ~more, "much_more": known & much & more,
        "little_less": known & ~much & ~more, "little_more": known & ~much & more,
    }  # fmt: skip


def _corner_url(scope: Scope, found: _Averages, corner: str) -> str:
    """Return the URL of the list of a corner's customers; minutes are whole numbers."""
    time, partnership = corner.split("_")
    bounds = {
        "over" if time == "much" else "under": floor(found["mean"]) + 1,
        "least" if partnership == "more" else "below": found["height"] or 0,
    }
    return scope.url("health_customers", **bounds, evidence="enough")


def _corners(scope: Scope, found: _Averages, counts: dict[str, int]) -> list[Corner]:
    if found["height"] is None:
        return []
    names = name_corners()
    return [
        Corner(*names[corner], _count(counts[corner]), _corner_url(scope, found, corner) if counts[corner] else "")
        for corner in CORNERS
    ]


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
    url = _corner_url(scope, found, "much_less") if count else ""
    return Sentence(told % {"n": format_number(count), "mean": hours(found["mean"])}, url)


def _dots(scope: Scope, rows: list[Any], top: float, *, shared: bool) -> list[Dot]:
    """Return the dots, the largest first where sizes differ much, so that they cover none."""
    most = max((_bought(row) for row in rows), default=0) if _shows_money(scope) else None
    dots = [_shared_dot(scope, row, top, most) if shared else _dot(scope, row, top, most) for row in rows]
    return dots if most is None else sorted(dots, key=lambda dot: -dot.size)


def _bought(row: Any) -> int:
    amount: int = row["bought"] if isinstance(row, dict) else row.bought
    return amount


def _amount(scope: Scope, bought: int) -> str:
    return f"{format_number(bought)} {scope.firm.currency}"


def _most_bought(scope: Scope, rows: list[Any], *, shared: bool) -> str:
    return _amount(scope, max(map(_bought, rows), default=0)) if _shows_money(scope) else ""


def _dot(scope: Scope, one: Any, top: float, most: int | None) -> Dot:
    volume = volume_of(one.loudness)
    text = _("%(name)s: partnership %(points)d, %(hours)s") % {
        "name": one.customer.name, "points": round_score(one.partnership), "hours": hours(one.effort),
    }  # fmt: skip
    if one.thin:
        text = _("%(text)s, thin evidence") % {"text": text}
    size = SIZES[volume] if most is None else size_of_amount(one.bought, most)
    x, y = round(x_of(one.partnership), 1), round(y_of(one.effort, top), 1)
    url = one.customer.get_absolute_url()
    return Dot(x, y, size, volume, one.thin, _with_amount(scope, text, one.bought), url, one.customer_id)


def _with_amount(scope: Scope, text: str, bought: int) -> str:
    if not _shows_money(scope):
        return text
    return _("%(text)s, bought for %(amount)s") % {"text": text, "amount": _amount(scope, bought)}


def _places(metrics: QuerySet[Any], found: _Averages, top: float) -> list[Place]:
    column = Least(Cast(Floor(F("partnership") / (100 / _ACROSS)), IntegerField()), _ACROSS - 1)
    row = Least(Cast(Floor(F("effort") / (top / UP)), IntegerField()), UP - 1)
    corners = {corner: Count("pk", filter=stand) for corner, stand in _corner_conditions(found).items()}
    grouped = metrics.values("thin", column=column, row=row).annotate(
        customers=Count("pk"), loudness=Avg("loudness"), beyond=Count("pk", filter=Q(effort__gt=top)),
        one=Min("customer_id"), sum_bought=Sum("bought"), **corners,
    )  # fmt: skip
    # In order, the database would put all customers in order to group them.
    places: list[Any] = [{**place, "bought": place.pop("sum_bought")} for place in grouped.order_by()]
    return sorted(places, key=lambda cell: (-cell["row"], -cell["column"], cell["thin"]))


def _shared_dot(scope: Scope, row: Place, top: float, most: int | None) -> Dot:
    volume = volume_of(row["loudness"])
    text = _with_amount(scope, f"{_place_name(row, top)}: {_count(row['customers'])}", row["bought"])
    x, y = (row["column"] + 0.5) / _ACROSS * WIDTH, HEIGHT * (1 - (row["row"] + 0.5) / UP)
    size = min(16, 3 + row["customers"] ** 0.5 / 3) if most is None else size_of_amount(row["bought"], most)
    single = row["one"] if row["customers"] == 1 else 0
    url = _place_url(scope, row, top)
    return Dot(round(x, 1), round(y, 1), round(size, 1), volume, row["thin"], text, url, single)


def _labels(rows: list[Any], dots: list[Dot], found: _Averages, top: float, *, shared: bool) -> list[Label]:
    """Name the customers who stand furthest from both averages."""
    height = 50 if found["height"] is None else found["height"]
    outliers = furthest(dots, across=x_of(height), up=y_of(found["mean"], top))
    if shared:
        names = dict(Customer.objects.filter(pk__in=[dot.customer for dot in outliers]).values_list("pk", "name"))
    else:
        names = {one.customer_id: one.customer.name for one in rows}
    return place_labels([(dot, names.get(dot.customer, "")) for dot in outliers], dots)


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


def _count(customers: int) -> str:
    return ngettext("%s customer", "%s customers", customers) % format_number(customers)


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
    bought = [_("Bought in %s") % scope.firm.currency] if _shows_money(scope) else []

    def money(row: Any) -> list[Cell]:
        return [number(_bought(row))] if bought else []

    if shared:
        heads = [_("Place"), _("Customers"), *bought, _("Loudness")]
        lines = [
            [Cell(_place_name(row, top)), number(row["customers"], _place_url(scope, row, top)), *money(row),
             Cell(volumes[volume_of(row["loudness"])])]
            for row in rows
        ]  # fmt: skip
    else:
        heads = [_("Customer"), _("Partnership"), time_head(_("Service time")), *bought, _("Loudness")]
        lines = [
            [Cell(one.customer.name, one.customer.get_absolute_url()), score_cell(one.partnership, thin=one.thin),
             time_cell(one.effort), *money(one), Cell(volumes[volume_of(one.loudness)])]
            for one in rows
        ]  # fmt: skip
    subjects = [] if shared else subjects_of(scope, rows)
    evidence = "" if shared else _("Evidence")
    title = _("The same as a table")
    return Table("quadrant", title, heads, lines, folded=True, subjects=subjects, hint_head=evidence)
