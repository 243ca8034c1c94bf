"""The dashboards over HTTP from one web process, each beside the same bare view as the desk's pages; p95 of a hundred.

A load has no goals, promises and introductions: they are added, the same for the same numbers, and everything counted.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.utils import timezone

from bench.measurement import RUNS, Result
from bench.pages import beside, heaviest
from bench.web_server import Visitor, cookie, serving
from customers.models import Customer
from partnership.health.models import CustomerMetrics
from partnership.health.rollup.refreshing import refresh_answers, refresh_metrics
from partnership.health.views import BOARDS
from partnership.staff.models import User

TIMES = 5
"""Target: times the floor."""


def measure() -> list[Result]:
    prepare()
    with serving() as ours, serving("bench.baseline:application") as floor:
        visitor, bare = Visitor(ours, cookie()), Visitor(floor)
        again = [beside(f"{name}, p95", visitor, url, bare, TIMES, {}) for name, url in addresses().items()]
        for name, url in FILES.items():
            stream(name, url)
        return again + [counted_anew(name, visitor, url, bare) for name, url in addresses().items()]


FILES = {
    "every customer": "/health/customers/?csv=1",
    "promises of ours kept": "/health/rows/ours_kept/?period=year&csv=1",
    "messages of ours in four weeks": "/health/rows/messages/?csv=1",
    "the network": "/health/network/?table=network",
}

BOUND = 32
"""Megabytes that a file may take, however long it is."""


def stream(name: str, url: str) -> None:
    """A file as one process writes it: its rows, its size, how long it took and by how much memory rose at most."""
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email="bench@example.org"))
    client.get("/health/grades/")  # what any page loads once
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, start, rows, size = peak(), time.perf_counter(), 0, 0
    for part in client.get(url).streaming_content:
        rows, size = rows + part.count(b"\n"), size + len(part)
    took, more = time.perf_counter() - start, peak() - before
    print(
        f"file of {name}: {rows - 1:,} rows, {size / 1e6:.1f} MB in {took:.1f} s, {more:.1f} MB more memory", flush=True
    )
    assert more <= BOUND, (name, more)


def peak() -> float:
    """Of this process's memory, in megabytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def owner() -> int:
    return User.objects.order_by("pk").values_list("pk", flat=True)[0]


def counted_anew(name: str, visitor: Visitor, url: str, bare: Visitor) -> Result:
    """With nothing kept from the request before."""
    times, floor = [], []
    for _ in range(RUNS):
        cache.clear()
        times.append(visitor.get(url)[0])
        floor.append(bare.get(f"/{heaviest().pk}/")[0])
    return Result(f"{name}, counted anew, median", median(times), median(floor), TIMES)


def addresses() -> dict[str, str]:
    return {
        "health: overview": "/health/",
        **{f"health: {name}": f"/health/{name}/" for name in BOARDS},
        "health: attention in a year, one tag": "/health/attention/?period=year&tag=cohort-7",
        "health: attention of one owner": f"/health/attention/?owner={owner()}",
        "health: flow between two days": f"/health/flow/?from={timezone.localdate() - timedelta(days=200)}",
        "health: what a number counts": "/health/rows/ours_missed/?period=year",
        "health: what a number counts, of the timeline": "/health/rows/worked/?period=year",
        "health: of the timeline, one tag": "/health/rows/messages/?period=year&tag=cohort-7",
        "health: the customers behind a number": "/health/customers/?period=quarter",
    }


def prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM customers_goal WHERE source = 'load')")
        filled = cursor.fetchone() == (True,)
    if not filled:
        with made_up() as cursor:
            for statement in (GOALS, PROMISES, INTRODUCTIONS, "ANALYZE customers_goal, customers_commitment"):
                cursor.execute(statement)
    if not CustomerMetrics.objects.exists():
        count_everybody()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) health_customermetrics, health_answer")


@contextmanager
def made_up() -> Iterator[CursorWrapper]:
    """A cursor whose writes leave no history."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def count_everybody() -> None:
    """All in one piece, where `rebuild_rollups` takes a chunk after the other: one pass over a history that no cache
    holds."""
    everybody, now = list(Customer.objects.values_list("pk", flat=True)), timezone.now()
    with transaction.atomic():
        refresh_answers(everybody, at=now)
        refresh_metrics(everybody, at=now)


# Two of each customer: one pursued, one done with.
GOALS = """
INSERT INTO customers_goal (source, external_id, customer_id, title, why, measure, unit, set_at, status, closed_at)
SELECT 'load', customer.id || '/' || n, customer.id, 'Goal ' || n, '', '', '', now() - interval '300 days',
  CASE WHEN n = 1 THEN 'active' WHEN customer.id % 5 = 0 THEN 'dropped' ELSE 'achieved' END,
  CASE WHEN n = 2 THEN now() - customer.id % 290 * interval '1 day' END
FROM customers_customer customer, generate_series(1, 2) n WHERE customer.source = 'load'"""

# Four of each customer, two of each side.
PROMISES = """
INSERT INTO customers_commitment (source, external_id, customer_id, party, what, made_at, due_on, status, closed_at)
SELECT 'load', customer.id || '/' || n, customer.id, CASE WHEN n % 2 = 0 THEN 'us' ELSE 'them' END, 'Promise ' || n,
  now() - interval '400 days', (now() - age)::date,
  CASE (customer.id + n) % 6 WHEN 0 THEN 'missed' WHEN 1 THEN 'open' ELSE 'kept' END,
  CASE WHEN (customer.id + n) % 6 <> 1 THEN now() - age + (customer.id % 3 - 1) * interval '1 day' END
FROM customers_customer customer, generate_series(1, 4) n,
  LATERAL (SELECT (customer.id * 7 + n * 31) % 380 * interval '1 day' AS age) aged
WHERE customer.source = 'load'"""

# Each tenth was brought by the one before.
INTRODUCTIONS = """
UPDATE customers_customer SET introduced_by_id = id - 1 WHERE source = 'load' AND id % 10 = 0
  AND EXISTS (SELECT FROM customers_customer earlier WHERE earlier.id = customers_customer.id - 1)"""
