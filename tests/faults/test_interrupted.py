"""Imports and restores that are killed at whatever moment are finished, or undone, and then whole."""

import json
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import psycopg
import pytest

from tests.faults.conftest import ROUNDS, Site, report
from tests.processes import PROJECT, wait_until

pytestmark = pytest.mark.processes

CUSTOMERS, WEEKS = 60, 50


def write_history(file: Path) -> None:
    """A year of messages and work, week by week, for each customer."""
    now = datetime.now(UTC)
    with file.open("w") as lines:
        for number in range(CUSTOMERS):
            ref = f"crm:{number}"
            lines.write(json.dumps({"type": "customer", "ref": ref, "name": f"Customer {number}"}) + "\n")
            for week in range(WEEKS):
                at = now - timedelta(weeks=WEEKS - week, days=number % 7)
                kind, direction = ("work_done", "inbound") if week % 2 else ("message", "inbound")
                entry = {"type": "interaction", "ref": f"crm:{number}-{week}", "customer": ref, "kind": kind,
                         "occurred_at": at.isoformat(), "channel": "email", "direction": direction,
                         "conversation": f"crm:t{number}-{week // 10}"}  # fmt: skip
                lines.write(json.dumps(entry) + "\n")


def start(site: Site, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT, env=site.stack.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def counts(site: Site) -> dict[str, int]:
    asked = {
        "entries": "SELECT count(*) FROM interactions_interaction",
        "conversations": "SELECT count(*) FROM interactions_conversation",
        "closed": "SELECT count(*) FROM interactions_conversation WHERE status = 'closed'",
        "snapshots": "SELECT count(*) FROM scoring_scoresnapshot",
    }
    return {name: int(str(site.stack.sql(query)[0][0])) for name, query in asked.items()}


OWED = "SELECT (SELECT count(*) FROM scoring_missingtrend) + (SELECT count(*) FROM interactions_importremainder)"


def test_an_import_killed_at_its_end_is_finished_by_the_worker(site: Site) -> None:
    """Killed when all lines are in and not one week is filled in: it waits for a snapshot's lock."""
    file = site.stack.folder / "history.jsonl"
    write_history(file)
    with psycopg.connect(site.stack.database_url) as holder:
        holder.execute("LOCK TABLE scoring_scoresnapshot IN ACCESS EXCLUSIVE MODE")
        importing = start(site, "import_history", str(file))
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%judged_scores%'"
        wait_until(lambda: site.stack.sql(waits) != [(0,)], seconds=120, what="the import to begin with the weeks")
        importing.send_signal(signal.SIGKILL)
        importing.wait()
    began = monotonic()
    settled = "SELECT count(*) FROM scoring_stalescore"
    wait_until(lambda: site.stack.sql(OWED) == [(0,)], seconds=200, what="the worker to finish the import")
    wait_until(lambda: site.stack.sql(settled) == [(0,)], seconds=60, what="the scores to follow")
    found = counts(site)
    site.stack.manage("import_history", str(file))
    assert counts(site) == found, "the import has nothing left to do"
    assert found["snapshots"] > 10 * CUSTOMERS
    report(f"An import killed at its end: {found}, {monotonic() - began:.0f} s later")


def test_a_restore_killed_at_any_moment_is_finished_or_undone(site: Site) -> None:
    file, note = site.stack.folder / "today.tar", site.stack.folder / "media" / "note.txt"
    note.parent.mkdir(exist_ok=True)
    for name in ("web", "worker", "beat"):
        site.stack.kill(name)

    def change(word: str) -> None:
        note.write_text(word)
        with psycopg.connect(site.stack.database_url, autocommit=True) as there:
            there.execute("DROP TABLE IF EXISTS kept")
            there.execute(f"CREATE TABLE kept AS SELECT '{word}' AS word")

    change("before")
    site.stack.manage("backup", str(file))
    began = monotonic()
    change("after")
    site.stack.manage("restore", str(file))
    takes = monotonic() - began
    outcomes: list[str] = []
    chosen = random.Random(13)
    for _ in range(2 * ROUNDS):
        change("after")
        restoring = start(site, "restore", str(file))
        try:
            restoring.wait(chosen.uniform(0.3, 1) * takes)
        except subprocess.TimeoutExpired:
            restoring.send_signal(signal.SIGKILL)
            restoring.wait()
        site.stack.manage("migrate", "--verbosity=0")
        ((word,),) = site.stack.sql("SELECT word FROM kept")
        assert note.read_text() == word, "database and files belong together"
        outcomes.append(str(word))
        left = [path.name for path in site.stack.folder.iterdir() if path.name.startswith((".restore", ".backup"))]
        assert left == []
        assert site.stack.sql("SELECT datname FROM pg_database WHERE datname LIKE '%\\_re%'") == []
    report(f"{len(outcomes)} restores killed: {outcomes.count('before')} done or finished, the others undone")
