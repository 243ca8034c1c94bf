"""Measure the dashboards over HTTP beside the baseline view: p95 of a hundred requests to one web process.

The generated load has no goals, promises or introductions: `prepare` adds them, the same in every run, and computes
all metrics.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import psycopg
from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.utils import timezone

from bench.measurement import RUNS, Result
from bench.pages import beside, heaviest
from bench.web_server import Visitor, cookie, running_server
from customers.models import Customer
from partnership.health.models import CustomerMetrics
from partnership.health.rollup.refreshing import refresh_answers, refresh_metrics
from partnership.health.views import BOARDS
from partnership.ops import embedded
from partnership.ops.embedded.roles import SUPERUSER
from partnership.ops.embedded.servers import ACCOUNT, Postgres
from partnership.staff.models import User

TARGET_RATIO = 5


def measure() -> list[Result]:
    prepare()
    with running_server() as ours, running_server("bench.baseline:application") as floor:
        visitor, baseline = Visitor(ours, cookie()), Visitor(floor)
        repeated = [beside(f"{name}, p95", visitor, url, baseline, TARGET_RATIO, {}) for name, url in urls().items()]
        for name, url in FILES.items():
            stream(name, url)
        return repeated + [measure_uncached(name, visitor, url, baseline) for name, url in urls().items()]


FILES = {
    "every customer": "/health/customers/?csv=1",
    "promises of ours kept": "/health/rows/ours_kept/?period=year&csv=1",
    "messages of ours in four weeks": "/health/rows/messages/?csv=1",
    "the network": "/health/network/?table=network",
}

MEMORY_LIMIT = 32  # megabytes of additional memory that streaming a file may take


def stream(name: str, url: str) -> None:
    """Stream a file in this process; print its rows, size, duration and the rise of peak memory."""
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email="bench@example.org"))
    client.get("/health/grades/")  # load what every page needs once
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    before, start, rows, size = peak_memory(), time.perf_counter(), 0, 0
    for part in client.get(url).streaming_content:
        rows, size = rows + part.count(b"\n"), size + len(part)
    took, more = time.perf_counter() - start, peak_memory() - before
    print(
        f"file of {name}: {rows - 1:,} rows, {size / 1e6:.1f} MB in {took:.1f} s, {more:.1f} MB more memory", flush=True
    )
    assert more <= MEMORY_LIMIT, (name, more)


def peak_memory() -> float:
    """Return the peak memory of this process in megabytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def owner() -> int:
    return User.objects.order_by("pk").values_list("pk", flat=True)[0]


def measure_uncached(name: str, visitor: Visitor, url: str, baseline: Visitor) -> Result:
    """Measure the page with an empty cache."""
    times, floor = [], []
    for _ in range(RUNS):
        cache.clear()
        times.append(visitor.get(url)[0])
        floor.append(baseline.get(f"/{heaviest().pk}/")[0])
    return Result(f"{name}, counted anew, median", median(times), median(floor), TARGET_RATIO)


def urls() -> dict[str, str]:
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
    """Add goals, promises, introductions, renewals and metrics, unless an earlier run has done so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM customers_goal WHERE source = 'load')")
        filled = cursor.fetchone() == (True,)
    if not filled:
        with cursor_without_history() as cursor:
            tables = "customers_customer, customers_goal, customers_commitment"
            for statement in (GOALS, PROMISES, INTRODUCTIONS, RENEWALS, f"ANALYZE {tables}"):
                cursor.execute(statement)
    if not CustomerMetrics.objects.exists():
        compute_metrics()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) health_customermetrics, health_answer")


@contextmanager
def cursor_without_history() -> Iterator[CursorWrapper]:
    """Return a cursor whose writes fire no triggers, so that they are not recorded as changes."""
    if Postgres in embedded.needed():  # our role is no superuser there
        with psycopg.connect(embedded.database_url(role=SUPERUSER), autocommit=True) as superuser:
            superuser.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ACCOUNT}")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def compute_metrics() -> None:
    """Compute all metrics in one pass over the history, where `rebuild_rollups` works in chunks."""
    customers, now = list(Customer.objects.values_list("pk", flat=True)), timezone.now()
    with transaction.atomic():
        refresh_answers(customers, at=now)
        refresh_metrics(customers, at=now)


# Two goals of each customer: one active, one closed.
GOALS = """
INSERT INTO customers_goal (source, external_id, customer_id, title, why, measure, unit, set_at, status, closed_at)
SELECT 'load', customer.id || '/' || n, customer.id, 'Goal ' || n, '', '', '', now() - interval '300 days',
  CASE WHEN n = 1 THEN 'active' WHEN customer.id % 5 = 0 THEN 'dropped' ELSE 'achieved' END,
  CASE WHEN n = 2 THEN now() - customer.id % 290 * interval '1 day' END
FROM customers_customer customer, generate_series(1, 2) n WHERE customer.source = 'load'"""

# Four promises of each customer: two of ours, two of theirs.
PROMISES = """
INSERT INTO customers_commitment (source, external_id, customer_id, party, what, made_at, due_on, status, closed_at)
SELECT 'load', customer.id || '/' || n, customer.id, CASE WHEN n % 2 = 0 THEN 'us' ELSE 'them' END, 'Promise ' || n,
  now() - interval '400 days', (now() - age)::date,
  CASE (customer.id + n) % 6 WHEN 0 THEN 'missed' WHEN 1 THEN 'open' ELSE 'kept' END,
  CASE WHEN (customer.id + n) % 6 <> 1 THEN now() - age + (customer.id % 3 - 1) * interval '1 day' END
FROM customers_customer customer, generate_series(1, 4) n,
  LATERAL (SELECT (customer.id * 7 + n * 31) % 380 * interval '1 day' AS age) aged
WHERE customer.source = 'load'"""

# Every tenth customer was introduced by the one before.
INTRODUCTIONS = """
UPDATE customers_customer SET introduced_by_id = id - 1 WHERE source = 'load' AND id % 10 = 0
  AND EXISTS (SELECT FROM customers_customer earlier WHERE earlier.id = customers_customer.id - 1)"""

# Four of five customers renew within a year, some are overdue.
RENEWALS = """
UPDATE customers_customer SET renews_on = current_date + (id * 37 % 380)::int - 15, renewal_amount = id % 90 * 100
WHERE source = 'load' AND id % 5 > 0"""
