"""The database is away for a second, again and again: every page answers within two seconds of its return."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.conftest import PAGES, ROUNDS, SOON, Site, report

pytestmark = pytest.mark.processes

VISITORS = 8


def test_every_page_answers_at_once_when_the_database_is_back(site: Site) -> None:
    sam = site.sender()
    slowest = 0.0
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(VISITORS) as visitors:  # many connections, to be dead all at once
            list(visitors.map(lambda page: sam.get(page, timeout=30), PAGES * VISITORS))
        site.stack.kill("postgresql")
        assert sam.health(timeout=SOON) == (503, {"database": False, "redis": True})
        for page in PAGES:
            assert sam.get(page, timeout=SOON)[0] == 503
        site.stack.start("postgresql")
        slowest = max(slowest, site.slowest_page(sam))
        assert sam.health(timeout=SOON)[0] == 200
    report(f"{ROUNDS} outages: the slowest page after one took {slowest:.2f} s")


def test_losing_redis_costs_the_worker_its_connection_not_its_life(site: Site) -> None:
    sam = site.sender()
    worker, beat = site.stack.processes["worker"], site.stack.processes["beat"]
    for number in range(ROUNDS):
        site.stack.kill("redis")
        site.slowest_page(sam, times=1)
        sam.post(f"/customers/{site.customers[0]}/calls/", direction="inbound", body=f"Call {number}").close()
        site.stack.start("redis", "worker") if worker.poll() is not None else site.stack.start("redis")
        assert (worker.poll(), beat.poll()) == (None, None)
