"""The desk's pages over HTTP from one web process, each beside a bare view that another serves; p95 of a hundred."""

import statistics
from urllib.parse import quote, urlencode

from bench.measurement import Result
from bench.web_server import Visitor, cookie, serving
from customers.models import Customer
from interactions.models import Interaction
from partnership.demo.load_generator import HEAVIEST

ASKED = 100
PAGES, SEARCH = 3, 10
"""Targets: times the floor."""

HTMX = {"HX-Request": "true"}


def measure() -> list[Result]:
    with serving() as ours, serving("bench.baseline:application") as floor:
        visitor, bare = Visitor(ours, cookie()), Visitor(floor)
        return [
            beside(f"{name}, p95", visitor, url, bare, target, headers)
            for name, (url, target, headers) in addresses().items()
        ]


def beside(name: str, visitor: Visitor, url: str, bare: Visitor, target: float, headers: dict[str, str]) -> Result:
    floor_url = f"/{heaviest().pk}/"
    times, floor = [], []
    for round_ in range(ASKED + 5):
        taken, status, body = visitor.get(url, **headers)
        assert status == 200, (url, status)
        bare_taken, status, _ = bare.get(floor_url)
        assert status == 200
        if round_ >= 5:  # warm
            times.append(taken)
            floor.append(bare_taken)
    return Result(name, p95(times), p95(floor), target, weight=len(body))


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def heaviest() -> Customer:
    """The first customer of a load has HEAVIEST interactions."""
    return Customer.objects.order_by("pk")[0]


def typical() -> Customer:
    return Customer.objects.order_by("pk")[Customer.objects.count() // 2]


def addresses() -> dict[str, tuple[str, float, dict[str, str]]]:
    """What is asked for: its name → URL, target, headers."""
    heavy, usual = heaviest(), typical()
    page, line = heavy.get_absolute_url(), f"{heavy.get_absolute_url()}timeline/"
    middle = Interaction.objects.timeline(heavy)[HEAVIEST // 2]
    older = urlencode({"before": f"{middle.occurred_at.isoformat()},{middle.pk}"})
    first, last = usual.name.split(" ", 1)
    customers = {
        "the first page": "",
        "a tier": "tier=2",
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
