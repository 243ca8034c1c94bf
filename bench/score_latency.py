"""How soon a score follows what happened: one event beside an idle worker, and a thousand a second for a minute."""

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

ONE_BY_ONE = 40
A_SECOND, BATCH, FOR = 1000, 50, 60.0
WATCHED = 5
"""Of the events of each batch."""

LOOK = 0.05
"""Seconds between two looks at who is still stale: what is measured is at most that much too long."""

GIVE_UP = 300.0


@dataclass(frozen=True)
class Arrived:
    """An event, when it was committed, and the last StaleScore row then."""

    customer: int
    at: float
    stale: int


def measure() -> list[Result]:
    """The limits, in place of floors: a second for one event; a minute for the backlog to drain."""
    everybody = list(Customer.objects.standing().order_by("pk").values_list("pk", flat=True))
    with working():
        wait_until_none_is_stale()
        alone = [one_event(random.Random(number).choice(everybody)) for number in range(ONE_BY_ONE)]
        staleness, drained = flood(everybody)
    return [
        Result(f"one event to its new score, worker idle, p95 of {ONE_BY_ONE}", p95(alone), 1, 1),
        Result(f"{A_SECOND:,} events a second for a minute: p95 until the score follows", p95(staleness), 60, 1),
        Result("the same: until the backlog is drained after the last", drained, 60, 1),
    ]


@contextmanager
def working() -> Iterator[None]:
    """A worker and beat of the product's, as `make start` runs them."""
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
            process.wait(GIVE_UP)


def happen(customers: list[int]) -> Arrived:
    """An event for each, in one transaction; of the first of them, when it was in."""
    now = timezone.now()
    record_many(
        [
            Entry(customer_id=pk, occurred_at=now, channel="app", direction="inbound", kind=Kind.WORK_DONE)
            for pk in customers
        ],
        recorded_at=now,
    )
    ((last,),) = rows("SELECT coalesce(max(id), 0) FROM scoring_stalescore")
    return Arrived(customers[0], time.monotonic(), last)


def one_event(customer: int) -> float:
    start = time.monotonic()
    happen([customer])
    while rows("SELECT FROM scoring_stalescore WHERE customer_id = %s", [customer]):
        time.sleep(LOOK / 10)
    return time.monotonic() - start


def flood(everybody: list[int]) -> tuple[list[float], float]:
    """Seconds until each watched event's score had followed; and from the last event until none was stale."""
    draw, arrived, ended = random.Random(1), [], threading.Event()
    batches = [draw.sample(everybody, BATCH) for _ in range(int(A_SECOND / BATCH * FOR))]

    def send(number: int) -> None:
        time.sleep(max(0.0, start + number * BATCH / A_SECOND - time.monotonic()))
        one = happen(batches[number])
        arrived.extend(Arrived(pk, one.at, one.stale) for pk in batches[number][:WATCHED])

    with ThreadPoolExecutor(5) as pool:
        watching = pool.submit(watch, arrived, ended)
        start = time.monotonic()
        try:
            list(pool.map(send, range(len(batches))))
        finally:
            ended.set()  # also when one could not be sent: nobody waits for the watcher for ever
        last = time.monotonic()
        print(f"{len(batches) * BATCH:,} events in {last - start:.1f} s", flush=True)
        return watching.result(), wait_until_none_is_stale() - last


def watch(arrived: list[Arrived], ended: threading.Event) -> list[float]:
    waiting, taken = [], []
    while waiting or arrived or not ended.is_set():
        while arrived:
            waiting.append(arrived.pop())
        still = {place for (place,) in rows(STILL_STALE, [[w.customer for w in waiting], [w.stale for w in waiting]])}
        now = time.monotonic()
        taken += [now - one.at for place, one in enumerate(waiting, 1) if place not in still]
        waiting = [one for place, one in enumerate(waiting, 1) if place in still]
        time.sleep(LOOK)
    return taken


STILL_STALE = """
SELECT place FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS waiting (customer, last, place)
WHERE EXISTS (SELECT FROM scoring_stalescore WHERE customer_id = waiting.customer AND id <= waiting.last)"""


def wait_until_none_is_stale() -> float:
    deadline = time.monotonic() + GIVE_UP
    while rows("SELECT FROM scoring_stalescore LIMIT 1"):
        assert time.monotonic() < deadline, "the backlog does not drain"
        time.sleep(LOOK)
    return time.monotonic()


def rows(query: str, parameters: list | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
