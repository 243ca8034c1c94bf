"""A year of a score as a small line chart, with a dashed line where the rules changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

WIDTH, HEIGHT, _EDGE = 132, 32, 3
_LEAST_SPAN = 20  # points from bottom to top, so that a steady score looks steady
_MOST_CORNERS = 60  # of the line: more would lie closer than a pixel


class ScorePoint(TypedDict):
    """A snapshot as the database returns it: `day` in ISO format, `rules` the key of the rule set, `name` its name."""

    day: str
    points: float
    rules: int
    name: str


@dataclass(frozen=True)
class Sparkline:
    """`line`: the points of a polyline; `changes`: where other rules came into force."""

    line: str
    changes: list["Change"]
    first: float
    last: float
    since: date


@dataclass(frozen=True)
class Change:
    """`x`: where the dashed line stands; `rules`: the name of the rule set from that day on."""

    x: str
    day: date
    rules: str


def sparkline(history: Sequence[ScorePoint], today: date) -> Sparkline | None:
    """Draw the history up to today; None with fewer than two points."""
    if len(history) < 2:
        return None
    days = [date.fromisoformat(row["day"]) for row in history]
    across = WIDTH / max((today - days[0]).days, 1)
    low, span = _scale([row["points"] for row in history])
    corners = [
        ((day - days[0]).days * across, HEIGHT - _EDGE - (row["points"] - low) / span * (HEIGHT - 2 * _EDGE))
        for day, row in zip(days, history, strict=True)
    ]
    corners.append((WIDTH, corners[-1][1]))
    return Sparkline(
        line=" ".join(f"{x:.1f},{y:.1f}" for x, y in _thinned(corners)),
        changes=[
            Change(f"{(day - days[0]).days * across:.1f}", day, row["name"])
            for day, before, row in zip(days[1:], history, history[1:], strict=False)
            if before["rules"] != row["rules"]
        ],
        first=history[0]["points"],
        last=history[-1]["points"],
        since=days[0],
    )


def _scale(points: Sequence[float]) -> tuple[float, float]:
    """Return the lowest point shown, and the points from bottom to top."""
    low, high = min(points), max(points)
    spare = max(0.0, _LEAST_SPAN - (high - low)) / 2
    return low - spare, high - low + 2 * spare


def _thinned(corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
    step = -(-len(corners) // _MOST_CORNERS)
    return [*corners[:-1:step], corners[-1]]
