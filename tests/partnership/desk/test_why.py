import re
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from partnership.scoring.models import Score
from partnership.scoring.rescoring import rescore_all
from tests.e2e.story import tell
from tests.factories import CustomerFactory, happens

pytestmark = pytest.mark.django_db
COLUMN = re.compile(r'data-score="(\w+)">(.*?)reasons-sum">(\d+)<', re.DOTALL)
POINTS = re.compile(r'<td class="num">\s*([+-]?\d+)')


@pytest.fixture
def story(sam):
    told = tell(sam=sam, today=timezone.localdate())
    rescore_all(at=timezone.now())
    return told


def columns(client, customer):
    page = client.get(f"/customers/{customer.pk}/why/").content.decode()
    return {score: (POINTS.findall(rows), int(total)) for score, rows, total in COLUMN.findall(page)}


def test_each_column_adds_up_to_the_score_on_the_page(desk, story):
    for customer in Customer.objects.all():
        found, score = columns(desk, customer), Score.objects.get(customer=customer)
        assert found.keys() == {"commitment", "reciprocity"}
        for name, (points, total) in found.items():
            assert sum(map(int, points)) == total == round(getattr(score, name)), (customer, name)


def test_each_reason_leads_to_the_rows_it_counts(desk, story):
    page = desk.get(f"/customers/{story.champion.pk}/why/").content.decode()
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a></th>\s*<td class="num text-secondary">(\d+)', page)
    assert {name for _, name, _ in links} >= {"Promise kept", "Doing their part", "Opening doors"}
    for url, name, count in links:
        rows = desk.get(url.replace("&amp;", "&")).content.decode().count('class="entry ')
        assert rows == int(count), name


def test_thin_evidence_says_so(desk):
    customer = CustomerFactory()
    happens(customer, "praise", at=timezone.now() - timedelta(days=1))
    page = desk.get(f"/customers/{customer.pk}/why/").content.decode()
    assert "thin evidence is no judgement" in page


def test_what_they_ask_for_is_named_and_never_counted(desk, story):
    page = desk.get(f"/customers/{story.loud.pk}/why/").content.decode()
    assert "never counted for or against them" in page
    assert "Asking (60)" in page


def test_htmx_gets_the_reasons_alone(htmx, story):
    fragment = htmx.get(f"/customers/{story.champion.pk}/why/").content.decode()
    assert "<html" not in fragment
    assert "reasons-sum" in fragment
