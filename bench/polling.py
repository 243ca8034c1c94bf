"""Two hundred open pages that ask one web process for news every four seconds, for a minute."""

import threading
import time

from bench.measure import Result
from bench.pages import heaviest, p95
from bench.serving import Visitor, cookie, serving
from customers.models import Customer
from interactions.models import Interaction

OPEN_PAGES, EVERY, FOR = 200, 4.0, 60.0


def measure() -> list[Result]:
    after = Interaction.objects.order_by("-pk")[0].pk
    customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:OPEN_PAGES])
    asker = cookie()
    times: list[float] = []
    failed: list[object] = []
    with serving() as port, serving("bench.bare:application") as floor:
        bare = Visitor(floor)
        alone = [bare.get(f"/{heaviest().pk}/")[0] for _ in range(105)][5:]
        pages = [
            threading.Thread(target=poll, args=(Visitor(port, asker), pk, after, n * EVERY / OPEN_PAGES, times, failed))
            for n, pk in enumerate(customers)
        ]
        for page in pages:
            page.start()
        for page in pages:
            page.join()
    print(f"{len(times):,} polls of {len(customers)} open pages, {len(failed)} failed {failed[:3]}")
    assert not failed
    return [Result(f"news for one of {OPEN_PAGES} open pages, p95 of {len(times):,} polls", p95(times), p95(alone), 3)]


def poll(visitor: Visitor, pk: int, after: int, delay: float, times: list[float], failed: list[object]) -> None:
    time.sleep(delay)
    end = time.monotonic() + FOR
    while time.monotonic() < end:
        start = time.monotonic()
        try:
            taken, status, _ = visitor.get(f"/customers/{pk}/news/?after={after}", **{"HX-Request": "true"})
        except OSError as error:
            failed.append(error)
        else:
            times.append(taken)
            if status not in (200, 204):
                failed.append(status)
        time.sleep(max(0.0, EVERY - (time.monotonic() - start)))
