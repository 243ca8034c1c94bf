"""The quadrant: corners whose counts are their customers, averages, names of outliers, and money on demand."""

import csv
import io
import re
from html import unescape
from itertools import combinations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from partnership.health.boards.quadrant.drawing import HEIGHT, WIDTH, Dot, size_of_amount
from partnership.health.boards.quadrant.labels import _SIZE, _text_box, furthest, place_labels
from partnership.health.models import CustomerMetrics
from partnership.health.rollup.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from tests.examples import CHEAP
from tests.factories import CustomerFactory, happens
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db

CORNERS = ["One-sided", "Strong partners", "Light touch", "Overlooked partners"]


def names(client: Client, url: str) -> list[str]:
    lines = list(csv.reader(io.StringIO(b"".join(client.get(f"{unescape(url)}&csv=1")).decode("utf-8-sig"))))
    return [line[0] for line in lines[1:]]


def corners(page: str) -> dict[str, tuple[str, str]]:
    """By name: the URL and the text of its count."""
    listed = page.partition('class="quadrant-corners"')[2].partition("</ul>")[0]
    found = re.findall(r"<strong>(.*?)</strong>\s*(?:<a href=\"([^\"]*)\"|<span[^>]*)>(.*?)<", listed)
    return {name: (url, text) for name, url, text in found}


@pytest.mark.parametrize("most_dots", [400, 1])
def test_each_corner_counts_exactly_the_customers_it_leads_to(
    managers_desk: Client, told: Told, monkeypatch, most_dots: int
):
    monkeypatch.setattr("partnership.health.boards.quadrant.board.MOST_DOTS", most_dots)
    CustomerMetrics.objects.update(thin=False)
    page = managers_desk.get("/health/quadrant/").content.decode()
    found = corners(page)
    assert list(found) == CORNERS
    counts = {name: int(text.split()[0]) for name, (_url, text) in found.items()}
    assert sum(counts.values()) == 3
    for name, (url, _text) in found.items():
        assert len(names(managers_desk, url) if url else []) == counts[name]
    for name in CORNERS:
        assert re.search(rf'quadrant-corner"[^>]*>{name}<', page)


def test_both_averages_are_drawn_with_their_values(managers_desk: Client, told: Told):
    page = managers_desk.get("/health/quadrant/").content.decode()
    assert page.count('class="quadrant-average"') == 2
    assert re.search(r">average \d+<", page)


def test_outliers_are_named_and_long_names_cut(managers_desk: Client, told: Told):
    told.partner.name = "Paul Partner of the very long name"
    told.partner.save()
    page = managers_desk.get("/health/quadrant/").content.decode()
    labels = re.findall(r'class="quadrant-label[^>]*>([^<]*)<', page)
    assert "Paul Partner of the v…" in [unescape(label) for label in labels]


def test_only_customers_with_evidence_are_outliers():
    near, far = (Dot(x, 5, 5, "quiet", x > 10, "", "", x) for x in (10, 500))
    assert furthest([far, near], across=0, up=0) == [near]


def test_money_on_demand(managers_desk: Client, told: Told):
    happens(told.partner, "purchase", at=told.at, amount="900", currency="EUR", channel="billing")
    rescore_all(at=told.at)
    refresh_all(at=told.at)
    page = managers_desk.get("/health/quadrant/").content.decode()
    assert "bought for" not in page
    [switch] = re.findall(r'href="([^"]*show=money[^"]*)"', page)
    page = managers_desk.get(unescape(switch)).content.decode()
    assert "Paul Partner: partnership" in page
    assert "bought for 900 EUR" in page
    assert "up to 900 EUR" in page
    assert '<input type="hidden" name="show" value="money">' in page
    rows = b"".join(managers_desk.get("/health/quadrant/?show=money&table=quadrant")).decode("utf-8-sig")
    found = {line[0]: line[3] for line in csv.reader(io.StringIO(rows))}
    assert (found["Customer"], found["Paul Partner"]) == ("Bought in EUR", "900")


def test_money_where_dots_are_shared(managers_desk: Client, told: Told, monkeypatch):
    monkeypatch.setattr("partnership.health.boards.quadrant.board.MOST_DOTS", 1)
    CustomerFactory.create_batch(3)
    refresh_all(at=told.at)
    assert "bought for 120 EUR" in managers_desk.get("/health/quadrant/?show=money").content.decode()


def test_the_area_grows_with_the_amount():
    assert size_of_amount(0, 100) < size_of_amount(25, 100) < size_of_amount(100, 100)
    assert size_of_amount(-5, 100) == size_of_amount(0, 0) == size_of_amount(0, 100)


places = st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT), st.text("abcdefgh ", min_size=1, max_size=40))


@CHEAP
@given(st.lists(places, max_size=20))
def test_names_cover_no_other_name(found: list[tuple[float, float, str]]):
    dots = [Dot(x, y, 5, "quiet", False, name, "", pk) for pk, (x, y, name) in enumerate(found, 1)]
    named = [(dot, dot.text) for dot in furthest(dots, across=WIDTH / 2, up=HEIGHT / 2)]
    labels = place_labels(named, dots)
    boxes = [_text_box(one.x, one.y, one.anchor, one.text, _SIZE - 0.5) for one in labels]
    assert not any(first.overlaps(second) for first, second in combinations(boxes, 2))
    assert all(len(one.text) <= 22 for one in labels)
