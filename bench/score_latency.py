"""Measure how soon scores follow events: single events with an idle worker, and a thousand a second for a minute."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from bench.measurement import Result
from bench.pages import p95
from customers.models import Customer
from interactions.actions.record import Entry, record_many
from interactions.models import Kind
from partnership.celery import app

SINGLE_EVENTS = 40
EVENTS_PER_SECOND, BATCH, DURATION = 1000, 50, 60.0
WATCHED = 5  # events of each batch

POLL_INTERVAL = 0.05  # seconds, by which a measured time may be too long

TIMEOUT = 300.0


@dataclass(frozen=True)
class Event:
    """An event with the time of its commit and the newest StaleScore row at that time."""

    customer: int
    committed_at: float
    last_stale: int


def measure() -> list[Result]:
    """Measure against limits instead of floors: a second for one event, a minute to drain the backlog."""
    customers = list(Customer.objects.unmerged().order_by("pk").values_list("pk", flat=True))
    with running_worker():
        wait_until_scored()
        alone = [time_single_event(random.Random(number).choice(customers)) for number in range(SINGLE_EVENTS)]
        staleness, drained = time_flood(customers)
    return [
        Result(f"one event to its new score, worker idle, p95 of {SINGLE_EVENTS}", p95(alone), 1, 1),
        Result(
            f"{EVENTS_PER_SECOND:,} events a second for a minute: p95 until the score follows", p95(staleness), 60, 1
        ),
        Result("the same: until the backlog is drained after the last", drained, 60, 1),
    ]


@contextmanager
def running_worker() -> Iterator[None]:
    """Run a worker and beat as `make start` does."""
    name = f"bench-{os.getpid()}@localhost"
    options = ["--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle", "-l", "WARNING"]
    celery = [sys.executable, "-m", "celery", "-A", "partnership"]
    worker = subprocess.Popen([*celery, "worker", "-n", name, *options])
    beat = subprocess.Popen([*celery, "beat", "--pidfile=", "-l", "WARNING"])
    try:
        while not app.control.ping(destination=[name], timeout=0.5):
            assert worker.poll() is None, "the worker ended"
        yield
    finally:
        for process in (beat, worker):
            process.terminate()
            process.wait(TIMEOUT)


def record_events(customers: list[int]) -> Event:
    """Record an event of each customer in one transaction; return the first of them."""
    now = timezone.now()
    record_many(
        [
            Entry(customer_id=pk, occurred_at=now, channel="app", direction="inbound", kind=Kind.WORK_DONE)
            for pk in customers
        ],
        recorded_at=now,
    )
    ((last,),) = rows("SELECT coalesce(max(id), 0) FROM scoring_stalescore")
    return Event(customers[0], time.monotonic(), last)


def time_single_event(customer: int) -> float:
    start = time.monotonic()
    record_events([customer])
    while rows("SELECT FROM scoring_stalescore WHERE customer_id = %s", [customer]):
        time.sleep(POLL_INTERVAL / 10)
    return time.monotonic() - start


def time_flood(customers: list[int]) -> tuple[list[float], float]:
    """Return the seconds until each watched event was scored, and from the last event until no score was stale."""
    generator, arrived, ended = random.Random(1), [], threading.Event()
    batches = [generator.sample(customers, BATCH) for _ in range(int(EVENTS_PER_SECOND / BATCH * DURATION))]

    def send(number: int) -> None:
        time.sleep(max(0.0, start + number * BATCH / EVENTS_PER_SECOND - time.monotonic()))
        first = record_events(batches[number])
        arrived.extend(Event(pk, first.committed_at, first.last_stale) for pk in batches[number][:WATCHED])

    with ThreadPoolExecutor(5) as pool:
        watching = pool.submit(watch, arrived, ended)
        start = time.monotonic()
        try:
            list(pool.map(send, range(len(batches))))
        finally:
            ended.set()  # also after a failed batch, so that the watcher ends
        last = time.monotonic()
        print(f"{len(batches) * BATCH:,} events in {last - start:.1f} s", flush=True)
        return watching.result(), wait_until_scored() - last


def watch(arrived: list[Event], ended: threading.Event) -> list[float]:
    """Return the seconds from commit to score of each event in `arrived`, until `ended` is set and all are scored."""
    waiting, taken = [], []
    while waiting or arrived or not ended.is_set():
        while arrived:
            waiting.append(arrived.pop())
        keys = [[event.customer for event in waiting], [event.last_stale for event in waiting]]
        stale = {place for (place,) in rows(STILL_STALE, keys)}
        now = time.monotonic()
        taken += [now - event.committed_at for place, event in enumerate(waiting, 1) if place not in stale]
        waiting = [event for place, event in enumerate(waiting, 1) if place in stale]
        time.sleep(POLL_INTERVAL)
    return taken


STILL_STALE = """
SELECT place FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS waiting (customer, last, place)
WHERE EXISTS (SELECT FROM scoring_stalescore WHERE customer_id = waiting.customer AND id <= waiting.last)"""


def wait_until_scored() -> float:
    """Wait until no score is stale; return the time."""
    deadline = time.monotonic() + TIMEOUT
    while rows("SELECT FROM scoring_stalescore LIMIT 1"):
        assert time.monotonic() < deadline, "the backlog does not drain"
        time.sleep(POLL_INTERVAL)
    return time.monotonic()


def rows(query: str, parameters: list | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
