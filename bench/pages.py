"""Measure the desk's pages over HTTP beside the baseline view: p95 of a hundred requests to one web process."""

import statistics
from urllib.parse import quote, urlencode

from bench.measurement import Result
from bench.web_server import Visitor, cookie, running_server
from customers.models import Customer
from interactions.models import Interaction
from partnership.demo.load_generator import HEAVIEST

REQUESTS = 100
WARM_UP = 5
# Highest allowed ratios to the floor.
PAGES, SEARCH = 3, 10

HTMX = {"HX-Request": "true"}


def measure() -> list[Result]:
    with running_server() as ours, running_server("bench.baseline:application") as floor:
        visitor, baseline = Visitor(ours, cookie()), Visitor(floor)
        return [
            beside(f"{name}, p95", visitor, url, baseline, target, headers)
            for name, (url, target, headers) in requests().items()
        ]


def beside(name: str, visitor: Visitor, url: str, baseline: Visitor, target: float, headers: dict[str, str]) -> Result:
    """Request `url` and the baseline view alternately."""
    floor_url = f"/{heaviest().pk}/"
    times, floor = [], []
    for round_ in range(REQUESTS + WARM_UP):
        taken, status, body = visitor.get(url, **headers)
        assert status == 200, (url, status)
        baseline_taken, status, _ = baseline.get(floor_url)
        assert status == 200
        if round_ >= WARM_UP:
            times.append(taken)
            floor.append(baseline_taken)
    return Result(name, p95(times), p95(floor), target, weight=len(body))


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def heaviest() -> Customer:
    """Return the customer with HEAVIEST interactions, the first one of the load."""
    return Customer.objects.order_by("pk")[0]


def typical() -> Customer:
    return Customer.objects.order_by("pk")[Customer.objects.count() // 2]


def requests() -> dict[str, tuple[str, float, dict[str, str]]]:
    """Return the URL, target and headers of each request by its name."""
    heavy, usual = heaviest(), typical()
    page, line = heavy.get_absolute_url(), f"{heavy.get_absolute_url()}timeline/"
    middle = Interaction.objects.timeline(heavy)[HEAVIEST // 2]
    older = urlencode({"before": f"{middle.occurred_at.isoformat()},{middle.pk}"})
    first, last = usual.name.split(" ", 1)
    customers = {
        "the first page": "",
        "a tier": "tier=3",
        "a tag": "tag=cohort-7",
        "waiting": "waiting=1",
        "by name": "sort=name",
        "last heard of first": "sort=heard",
        "a half-remembered name": f"q={quote(last[:5])}",
    }
    return {
        f"page of a customer with {HEAVIEST:,} interactions": (page, PAGES, {}),
        "page of a typical customer": (usual.get_absolute_url(), PAGES, {}),
        "the next page of a timeline": (f"{line}?{older}", PAGES, HTMX),
        "search within a customer, a rare word": (f"{line}?q=topic4711", PAGES, HTMX),
        "search within a customer, a word of each hundredth entry": (f"{line}?q=season42", PAGES, HTMX),
        "search within a customer, a word of each ninth entry": (f"{line}?q=season7", PAGES, HTMX),
        "search within a customer, a word of every entry": (f"{line}?q=said", PAGES, HTMX),
        **{
            f"the list of customers: {name}": (f"/customers/?{query}", PAGES, {}) for name, query in customers.items()
        },
        "search everything, a rare word": ("/search/?q=topic4711&tab=entries", SEARCH, {}),
        "search everything, a common word": ("/search/?q=said&tab=entries", SEARCH, {}),
        "search everything, two words": ("/search/?q=season7+sentence&tab=entries", SEARCH, {}),
        "search customers, a name with a typo": (
            f"/search/?{urlencode({'q': f'{first} {last[:3]}x{last[4:]}'})}", SEARCH, {},
        ),
    }  # fmt: skip
