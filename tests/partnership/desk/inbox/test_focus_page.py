import re
from datetime import timedelta

import pytest
from django.utils import timezone

from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from tests.e2e.story import tell
from tests.factories import ConversationFactory, CustomerFactory, UserFactory, firm_today, happens, promise

pytestmark = pytest.mark.django_db


def names(response):
    return re.findall(r'class="queue-name"[^>]*>([^<]*)<', response.content.decode())


def crowd(sam, number):
    now = timezone.now()
    for index in range(number):
        customer = CustomerFactory(name=f"C{index:02}", owner=UserFactory())
        promise(customer, "Call", at=now, due_on=firm_today(), by=sam)
        thread = ConversationFactory(customer=customer)
        happens(customer, "question", at=now - timedelta(hours=index + 1), conversation_id=thread.pk)
    rescore_all(at=now)
    refresh_all(at=now)


def test_both_lanes_on_one_page(desk, sam):
    tell(sam=sam, today=firm_today())
    rescore_all(at=timezone.now())
    refresh_all(at=timezone.now())
    page = desk.get("/").content.decode()
    for said in ("Partnerships", "Answers due", "Our promise is 3 days overdue: Send the corrected invoice",
                 "Our promise is due tomorrow: Read the draft offer", "Refund, again", "business hours"):  # fmt: skip
        assert said in page
    assert names(desk.get("/"))[:2] == ["Rolf Brandt", "Ines Duarte"]


def test_an_empty_firm_is_told_what_to_do(desk):
    page = desk.get("/").content.decode()
    assert "No partnership needs attention today" in page
    assert "No answers due" in page


def test_restricted_customers_are_in_no_lane(desk, managers_desk, sam):
    secret = CustomerFactory(name="Secret", restricted=True)
    happens(secret, "question", at=timezone.now(), conversation_id=ConversationFactory(customer=secret).pk)
    promise(secret, "Call", at=timezone.now(), due_on=firm_today(), by=sam)
    rescore_all(at=timezone.now())
    refresh_all(at=timezone.now())
    assert names(desk.get("/")) == []
    assert names(managers_desk.get("/")) == ["Secret", "Secret"]


@pytest.mark.parametrize("lane", ["partners", "waiting"])
def test_each_lane_pages_by_itself(desk, htmx, sam, lane):
    crowd(sam, 12)
    first = desk.get("/").content.decode()
    url = re.search(rf'href="(/\?whose=all&amp;{lane}=[^"]+)"', first)[1].replace("&amp;", "&")
    fragment = htmx.get(url)
    assert "<html" not in fragment.content.decode()
    more = 2 if lane == "partners" else 4
    assert len(names(fragment)) == more
    assert len(names(desk.get(url))) == (8 if lane == "partners" else 10) + more


@pytest.mark.parametrize("query", ["partners=x", "partners=x,1", "waiting=1,1", "waiting=2024-01-01T00:00:00,1"])
def test_a_broken_key_is_a_bad_request(desk, query):
    assert desk.get(f"/?{query}").status_code == 400


def test_queries_do_not_grow(desk, sam, django_assert_max_num_queries):
    crowd(sam, 12)
    with django_assert_max_num_queries(31):
        assert len(names(desk.get("/"))) == 18


def test_only_reading_by_who_is_signed_in(desk, client):
    assert desk.post("/").status_code == 400
    assert client.get("/").status_code == 302
