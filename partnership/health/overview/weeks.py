"""A metric week by week: the rows that its number counts, by the week in which each falls."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from partnership.core.formats import format_number
from partnership.health.drilldown.rows import counted_rows
from partnership.health.frame.scope import Scope
from partnership.health.rollup.metrics import METRICS
from partnership.health.rollup.periods import PERIODS

WIDTH, HEIGHT = 130, 28
_GAP = 0.2  # of a bar's width
_LEAST_HEIGHT = 1.5  # so that a week without any is seen as such


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Trend:
    """A bar for each week, the oldest first; `what` says what they count, `text` the same as they do. Lengths are in
    units of the drawing."""

    bars: list[Bar]
    what: str
    text: str
    url: str


def week_ends(scope: Scope) -> list[date]:
    """Return the last day of each week of the trend, the oldest first; the last one is the scope's."""
    return [scope.day - timedelta(weeks=back) for back in reversed(range(PERIODS[scope.trend]))]


def count_weeks(scope: Scope, *names: str) -> dict[str, list[int]]:
    """Return what each metric counts in each week of the trend, the oldest first; in one statement."""
    longer = replace(scope, period=scope.trend)
    first, *others = (_by_day(longer, name) for name in names)
    found: dict[str, Counter[int]] = {name: Counter() for name in names}
    for day, number, name in first.union(*others, all=True):
        found[name][(scope.day - day).days // 7] += number
    weeks = range(PERIODS[scope.trend])
    return {name: [numbers[back] for back in reversed(weeks)] for name, numbers in found.items()}


def _by_day(scope: Scope, name: str) -> QuerySet[Any, Any]:
    """Return (local day, number, name) of the metric's rows in the scope's period."""
    metric = METRICS[name]
    rows = counted_rows(scope, name).order_by().values_list(metric.local_day(scope.firm))
    return rows.annotate(number=metric.sum(), metric=Value(name))


def draw_trends(scope: Scope, *names: str) -> dict[str, Trend]:
    """Draw each metric week by week."""
    return {name: _draw(scope, name, numbers) for name, numbers in count_weeks(scope, *names).items()}


def _draw(scope: Scope, name: str, numbers: list[int]) -> Trend:
    text = _("%(what)s by week: %(last)s in the last one, %(least)s to %(most)s in %(weeks)s weeks.") % {
        "what": capfirst(str(METRICS[name].label)), "last": format_number(numbers[-1]),
        "least": format_number(min(numbers)), "most": format_number(max(numbers)), "weeks": len(numbers),
    }  # fmt: skip
    what = _("%(what)s, by week") % {"what": METRICS[name].label}
    return Trend(_bars(numbers), what, text, scope.url("health_trends"))


def _bars(numbers: list[int]) -> list[Bar]:
    step, most = WIDTH / len(numbers), max(*numbers, 1)
    heights = [max(_LEAST_HEIGHT, number / most * HEIGHT) for number in numbers]
    return [
        Bar(f"{place * step:.1f}", f"{HEIGHT - height:.1f}", f"{step * (1 - _GAP):.1f}", f"{height:.1f}")
        for place, height in enumerate(heights)
    ]
