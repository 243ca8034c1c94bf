"""A made-up course in the interchange format. Students who work more tend to pass; those who write more do not."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

START = date(2024, 2, 5)
DAYS = 63
ASSIGNMENTS_DUE = (14, 28, 42, 56)
STUDENTS = 40


def write(path: Path) -> None:
    """Write the same bytes each time, one record a line."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records()), encoding="utf-8")


def records() -> Iterator[dict[str, Any]]:
    draw = Random(20240205).random  # unlike its other methods, random() is the same in every release of Python
    for number in range(1, STUDENTS + 1):
        diligence, talkativeness = draw(), draw()
        passed = diligence + 0.5 * draw() > 0.75
        left_after = 15 + int(draw() * 40) if not passed and draw() < 0.3 else None
        yield from student(f"course:student-{number}", number, passed, left_after)
        for day in range(left_after or DAYS):
            yield from day_of(f"course:student-{number}", day, draw() < diligence, draw() < talkativeness, draw())
        for due in ASSIGNMENTS_DUE:
            yield assignment(f"course:student-{number}", due, draw() < 0.3 + 0.6 * diligence, draw(), left_after)


def student(ref: str, number: int, passed: bool, left_after: int | None) -> Iterator[dict[str, Any]]:
    attributes = {"passed": passed, "left_on": left_after and str(day_number(left_after))}
    yield {
        "type": "customer", "ref": ref, "kind": "person", "name": f"Student {number}", "since": str(START),
        "attributes": attributes,
    }  # fmt: skip
    yield {"type": "goal", "ref": f"{ref}-pass", "customer": ref, "title": "Pass the course", "status": "active"}


def day_of(ref: str, day: int, works: bool, writes: bool, clicks: float) -> Iterator[dict[str, Any]]:
    for happens, kind, channel in ((works, "work_done", "app"), (writes, "message", "social")):
        if happens:
            yield {
                "type": "interaction", "ref": f"{ref}-{day}-{kind}", "customer": ref, "occurred_at": moment(day),
                "channel": channel, "direction": "inbound", "kind": kind, "subject": kind,
                "payload": {"clicks": 1 + int(clicks * 20)},
            }  # fmt: skip


def assignment(ref: str, due: int, handed_in: bool, early: float, left_after: int | None) -> dict[str, Any]:
    """Handed in up to six days before the due date, or up to three after it."""
    closed = due + 3 - int(early * 10) if handed_in else due + 1
    kept = handed_in and (left_after is None or closed < left_after)
    return {
        "type": "commitment", "ref": f"{ref}-assignment-{due}", "customer": ref, "party": "them",
        "what": f"Assignment due on day {due}", "goal": f"{ref}-pass", "made_at": moment(0),
        "due_on": str(day_number(due)), "status": "kept" if kept else "missed",
        "closed_at": moment(closed if kept else due + 1),
    }  # fmt: skip


def day_number(day: int) -> date:
    return START + timedelta(days=day)


def moment(day: int) -> str:
    return f"{day_number(day)}T12:00:00+00:00"
