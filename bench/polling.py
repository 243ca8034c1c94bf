"""Measure the polls of two hundred open pages, each every four seconds for a minute, on one web process."""

import gzip
import re
import threading
import time
from html import unescape
from http.client import HTTPException
from urllib.parse import urlencode

from django.utils import timezone

from bench.measurement import Result
from bench.pages import HTMX, heaviest, p95
from bench.web_server import Visitor, cookie, running_server
from customers.models import Customer

STATE = re.compile(r'data-state="([^"]*)"')
GZIP_MAGIC = b"\x1f\x8b"
OPEN_PAGES, EVERY, FOR = 200, 4.0, 60.0
OPENED_WITHIN = 20.0  # seconds


def measure() -> list[Result]:
    customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:OPEN_PAGES])
    session = cookie()
    times: list[float] = []
    failed: list[object] = []
    with running_server() as port, running_server("bench.baseline:application") as floor:
        baseline = Visitor(floor)
        alone = [baseline.get(f"/{heaviest().pk}/")[0] for _ in range(105)][5:]
        pages = [
            threading.Thread(
                target=poll, args=(Visitor(port, session), pk, n * OPENED_WITHIN / OPEN_PAGES, times, failed)
            )
            for n, pk in enumerate(customers)
        ]
        for page in pages:
            page.start()
        for page in pages:
            page.join()
    print(f"{len(times):,} polls of {len(customers)} open pages, {len(failed)} failed {failed[:3]}")
    assert not failed
    return [Result(f"news for one of {OPEN_PAGES} open pages, p95 of {len(times):,} polls", p95(times), p95(alone), 3)]


def poll(visitor: Visitor, pk: int, delay: float, times: list[float], failed: list[object]) -> None:
    """Poll as the page's script does: send the timeline's state from the last answer that had one."""
    time.sleep(delay)
    end = time.monotonic() + FOR
    parameters = {"since": timezone.now().isoformat()}
    while time.monotonic() < end:
        start = time.monotonic()
        try:
            taken, status, body = visitor.get(f"/customers/{pk}/news/?{urlencode(parameters)}", **HTMX)
        except (OSError, HTTPException) as error:
            failed.append(error)
            visitor.connection.close()
        else:
            times.append(taken)
            if status not in (200, 204):
                failed.append(status)
            if state := STATE.search((gzip.decompress(body) if body.startswith(GZIP_MAGIC) else body).decode()):
                parameters["state"] = unescape(state[1])
        time.sleep(max(0.0, EVERY - (time.monotonic() - start)))
