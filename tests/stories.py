"""The demo's story, told once for all tests that look at it."""

from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from partnership.demo.personas.roles import arc_refs
from partnership.demo.story.records import story_records

TODAY = date(2026, 3, 17)
Record = dict[str, Any]


@cache
def records(customers: int = 200, seed: int = 1, today: date = TODAY) -> list[Record]:
    return list(story_records(customers=customers, seed=seed, today=today))


def of(type_: str) -> list[Record]:
    return [record for record in records() if record["type"] == type_]


def life_of(arc: str, seed: int = 1) -> list[Record]:
    """What happened to whoever plays the arc, in order of time."""
    ref = arc_refs(200, seed)[arc]
    rows = [record for record in records(seed=seed) if record["type"] == "interaction" and record["customer"] == ref]
    return sorted(rows, key=lambda row: at(row["occurred_at"]))


def promises_of(arc: str) -> list[Record]:
    return [record for record in of("commitment") if record["customer"] == arc_refs(200, 1)[arc]]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def kinds(rows: list[Record]) -> Counter[str]:
    return Counter(row["kind"] for row in rows)
