"""A year of a score as a small drawing; where the rules changed, a dashed line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

WIDTH, HEIGHT, EDGE = 132, 32, 3
LEAST_SPAN = 20
"""Points from bottom to top at least, so that a quiet line looks quiet."""

MOST = 60
"""Corners of the line at most: more would be narrower than a pixel's worth."""


@dataclass(frozen=True)
class Sparkline:
    """`line` is the points of a polyline, `changes` the dashed lines where other rules came into force."""

    line: str
    changes: list["Change"]
    first: float
    last: float
    since: date


@dataclass(frozen=True)
class Change:
    """`x`: its place across; `rules`: what the set is called that the scores are by from that day on."""

    x: str
    day: date
    rules: str


def sparkline(trail: Sequence[dict[str, Any]], today: date) -> Sparkline | None:
    """From snapshots as the database tells them: day (ISO), points, rules (the set's key) and its name.

    None where there is no line to draw.
    """
    if len(trail) < 2:
        return None
    days = [date.fromisoformat(row["day"]) for row in trail]
    across = WIDTH / max((today - days[0]).days, 1)
    low, span = scale([row["points"] for row in trail])
    corners = [
        ((day - days[0]).days * across, HEIGHT - EDGE - (row["points"] - low) / span * (HEIGHT - 2 * EDGE))
        for day, row in zip(days, trail, strict=True)
    ]
    corners.append((WIDTH, corners[-1][1]))
    return Sparkline(
        line=" ".join(f"{x:.1f},{y:.1f}" for x, y in thinned(corners)),
        changes=[
            Change(f"{(day - days[0]).days * across:.1f}", day, row["name"])
            for day, before, row in zip(days[1:], trail, trail[1:], strict=False)
            if before["rules"] != row["rules"]
        ],
        first=trail[0]["points"],
        last=trail[-1]["points"],
        since=days[0],
    )


def scale(points: Sequence[float]) -> tuple[float, float]:
    """The lowest point shown, and points from bottom to top."""
    low, high = min(points), max(points)
    spare = max(0.0, LEAST_SPAN - (high - low)) / 2
    return low - spare, high - low + 2 * spare


def thinned(corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
    step = -(-len(corners) // MOST)
    return [*corners[:-1:step], corners[-1]]
