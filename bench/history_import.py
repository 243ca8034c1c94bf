"""Measure the import of a million interactions beside COPY of the same rows into the same indexed table."""

import json
import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from bench.measurement import Result, compare
from interactions.actions.record import COLUMNS
from interactions.imports.history import import_files

ROWS = int(os.environ.get("BENCH_IMPORT", 1_000_000))
CUSTOMERS = max(1, ROWS // 100)
START = datetime(2025, 1, 1, tzinfo=UTC)
COPIED_COLUMNS = ", ".join([*COLUMNS, "occurred_on", "recorded_at", "language"])
TRUNCATE = "TRUNCATE interactions_interaction, scoring_stalescore CASCADE"


def records() -> Iterator[dict]:
    draw = random.Random(1)
    for number in range(CUSTOMERS):
        yield {"type": "customer", "ref": f"bench:{number}", "name": f"Customer {number}"}
    for number in range(ROWS):
        yield {
            "type": "interaction",
            "ref": f"bench:{number}",
            "customer": f"bench:{draw.randrange(CUSTOMERS)}",
            "occurred_at": (START + timedelta(seconds=30 * number)).isoformat(),
            "channel": "app",
            "direction": "inbound",
            "kind": draw.choice(["work_done", "message", "attendance", "question"]),
            "subject": f"Entry {number}",
            "body": "What was said, in a sentence of its own. " * draw.randrange(1, 6),
            "payload": {"clicks": number % 40},
        }


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        history, rows = Path(folder) / "history.jsonl", Path(folder) / "rows.copy"
        with history.open("w") as lines:
            lines.writelines(json.dumps(record) + "\n" for record in records())
        import_all(history)
        save_rows(rows)
        result = compare(
            f"import of {ROWS:,} interactions", lambda: import_all(history), lambda: copy_all(rows), target=4
        )
    return [result]


def import_all(history: Path) -> None:
    execute(TRUNCATE)
    summary = import_files([history], at=timezone.now())
    assert not summary.refused, summary


def save_rows(rows: Path) -> None:
    save = f"COPY (SELECT {COPIED_COLUMNS} FROM interactions_interaction ORDER BY id) TO STDOUT"
    with connection.cursor() as cursor, rows.open("wb") as file, cursor.copy(save) as copy:
        for block in copy:
            file.write(block)


def copy_all(rows: Path) -> None:
    """Copy the rows without reading or checking them: the floor."""
    execute(TRUNCATE)
    load = f"COPY interactions_interaction ({COPIED_COLUMNS}) FROM STDIN"
    with connection.cursor() as cursor, rows.open("rb") as file, cursor.copy(load) as copy:
        while block := file.read(1 << 20):
            copy.write(block)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
