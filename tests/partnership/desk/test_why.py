import re
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from interactions.actions.promises import keep_promise, miss_overdue
from partnership.scoring.models import Score
from partnership.scoring.rescoring import rescore_all
from tests.e2e.story import tell
from tests.factories import CustomerFactory, happens, noon, promise

pytestmark = pytest.mark.django_db
COLUMN = re.compile(r'data-score="(\w+)">(.*?)reasons-sum">(\d+)<', re.DOTALL)
POINTS = re.compile(r'<td class="num">\s*([+−]?[\d.]+)')
LINK = re.compile(r'<a href="([^"]+)" title="([^"]+)">([^<]+)</a>')


@pytest.fixture
def story(sam):
    told = tell(sam=sam, today=timezone.localdate())
    rescore_all(at=timezone.now())
    return told


def page_of(client, customer):
    return client.get(f"/customers/{customer.pk}/why/").content.decode()


def columns(client, customer):
    found = COLUMN.findall(page_of(client, customer))
    return {score: ([tenths(text) for text in POINTS.findall(rows)], int(total)) for score, rows, total in found}


def tenths(text):
    return round(float(text.replace("−", "-")) * 10)


def test_each_column_adds_up_to_the_score_on_the_page(desk, story):
    for customer in Customer.objects.all():
        found, score = columns(desk, customer), Score.objects.get(customer=customer)
        assert found.keys() == {"commitment", "reciprocity"}
        for name, (points, total) in found.items():
            assert sum(points) == 10 * total, (customer, name)
            assert total == round(getattr(score, name))


def test_each_reason_leads_to_the_rows_it_counts(desk, story):
    links = {rule: (url, words) for url, rule, words in LINK.findall(page_of(desk, story.champion))}
    said = {"Promise kept": ("kept 6 of 6 promises", 6), "Opening doors": ("1 referral", 1)}
    assert links.keys() >= said.keys()
    for rule, (words, count) in said.items():
        url, found = links[rule]
        assert found == words
        rows = desk.get(url.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r'<li class="entry[^>]*id="entry-', rows)) == count


def test_promises_in_time_late_and_missed(desk, sam):
    customer, today = CustomerFactory(), timezone.localdate()
    for number in range(4):
        made = noon(today - timedelta(days=30 + number))
        theirs = promise(customer, f"P{number}", party="them", at=made, due_on=today - timedelta(days=10), by=sam)
        if number < 2:
            keep_promise(theirs, at=made + timedelta(hours=1), by=None)
    miss_overdue(at=timezone.now())
    keep_promise(theirs, at=timezone.now(), by=None)
    page = page_of(desk, customer)
    for said in ("kept 2 of 4 promises", "kept 1 promise late", "missed 2 promises"):
        assert said in page


def test_what_is_missing_stands_apart(desk):
    customer = CustomerFactory()
    happens(customer, "praise", at=timezone.now())
    page = page_of(desk, customer)
    missing = "".join(re.findall(r'<p class="reasons-missing">(.*?)</p>', page, re.DOTALL))
    assert "no referral yet" in missing
    assert "no promise kept yet" in missing
    assert "praise" not in missing
    assert "missed" not in missing


def test_thin_evidence_says_so(desk):
    customer = CustomerFactory()
    happens(customer, "praise", at=timezone.now() - timedelta(days=1))
    assert "thin evidence is no judgement" in page_of(desk, customer)


def test_old_evidence_is_called_fading(desk):
    customer = CustomerFactory()
    happens(customer, "referral", at=timezone.now())
    for days in (0, 30):
        happens(customer, "praise", at=timezone.now() - timedelta(days=days * 20))
    happens(customer, "check_in", at=timezone.now() - timedelta(days=30))
    page = " ".join(page_of(desk, customer).split())
    assert re.search(r"1 referral</a> <span[^>]*>last [^<]+, fresh<", page)
    assert re.search(r"2 words of praise</a> <span[^>]*>last [^<]+, oldest fading<", page)
    assert re.search(r"1 check-in</a> <span[^>]*>last [^<]+, fading<", page)


def test_what_they_ask_for_is_named_and_never_counted(desk, story):
    page = page_of(desk, story.loud)
    assert "never counted for or against them" in page
    assert "40 complaints and 20 refunds asked for" in page


def test_htmx_gets_the_reasons_alone(htmx, story):
    fragment = page_of(htmx, story.champion)
    assert "<html" not in fragment
    assert "reasons-sum" in fragment
