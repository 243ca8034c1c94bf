"""The search for everything, and the palette."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.utils import timezone

from interactions import search
from partnership.desk.models import SavedView
from tests.factories import ConversationFactory, CustomerFactory, UserFactory, firm_today, happens

pytestmark = pytest.mark.django_db
URL = "/search/"


def says(customer, body, *, days=0, **more):
    return happens(customer, "message", at=timezone.now() - timedelta(days=days), body=body, **more)


def page(client, **asked):
    return client.get(URL, asked).content.decode()


def test_customers_with_a_typo(desk):
    CustomerFactory(name="Ines Duarte")
    CustomerFactory(name="Ben Chu")
    found = page(desk, q="inse durate")
    assert "Ines Duarte" in found
    assert "Ben Chu" not in found
    assert "<mark>Ines</mark> Du" in page(desk, q="ines")


def test_nobody_is_called_that_so_the_entries_open(desk):
    says(CustomerFactory(name="Ada"), "The zeppelin & co rise again")
    found = page(desk, q="zeppel")
    assert "<mark>zeppelin</mark> &amp; co rise" in found


def test_marks_come_from_nobody_else(desk):
    says(CustomerFactory(name="Ada"), "zeppelin \x02<script>alert(1)</script>\x03 <mark>")
    found = page(desk, q="zeppelin", tab="entries")
    assert "<mark>zeppelin</mark>" in found
    assert "alert" in found
    assert "<script>alert" not in found


def test_of_a_conversation_one(desk):
    ada = CustomerFactory()
    thread = ConversationFactory(customer=ada)
    for days in range(3):
        says(ada, "zeppelin", days=days, conversation_id=thread.pk)
    says(ada, "zeppelin without a thread")
    assert page(desk, q="zeppelin", tab="conversations").count('class="hit hit-entry"') == 1
    assert page(desk, q="zeppelin", tab="entries").count('class="hit hit-entry"') == 4


@pytest.mark.parametrize("most", [0, 200])
@pytest.mark.parametrize("common", [False, True])
def test_pages_show_every_conversation_once(desk, monkeypatch, most, common):
    monkeypatch.setattr(search, "_MAX_RANKED", most)
    monkeypatch.setattr(search, "is_common_query", lambda query: common)
    threads = ConversationFactory.create_batch(25)
    for days in range(3):
        for thread in threads:
            says(thread.customer, "zeppelin", days=days, conversation_id=thread.pk)
            says(thread.customer, "airship", days=0, conversation_id=thread.pk)
    first = page(desk, q="zeppelin", tab="conversations")
    after = re.search(r'rel="next"\s+href="[^"]*after=([^"&]*)"', first)[1]
    second = page(desk, q="zeppelin", tab="conversations", after=unquote(after))
    seen = [int(pk) for pk in re.findall(r'href="/conversations/(\d+)/"', first + second)]
    assert sorted(seen) == [thread.pk for thread in threads]


@pytest.mark.parametrize("most", [0, 200])
@pytest.mark.parametrize("common", [False, True])
def test_pages_show_every_entry_once(desk, monkeypatch, most, common):
    monkeypatch.setattr(search, "_MAX_RANKED", most)
    monkeypatch.setattr(search, "is_common_query", lambda query: common)
    ada = CustomerFactory()
    entries = [says(ada, "zeppelin " * (1 + number % 3), days=number * 20) for number in range(45)]
    url, seen = f"{URL}?q=zeppelin&tab=entries", []
    while url:
        text = desk.get(url).content.decode()
        seen += re.findall(r"/entries/(\d+)/", text)
        after = re.search(r'rel="next"\s+href="([^"]*)"', text)
        url = after and after[1].replace("&amp;", "&")
    assert sorted(map(int, seen)) == [entry.pk for entry in entries]
    if most == 0:
        assert list(map(int, seen)) == [entry.pk for entry in entries]


@pytest.mark.parametrize("tab", ["customers", "conversations", "entries", "", "nonsense"])
def test_a_restricted_customer_is_not_there(desk, managers_desk, tab):
    secret = CustomerFactory(name="Secret Zeppelin", restricted=True)
    says(secret, "a zeppelin", conversation_id=ConversationFactory(customer=secret).pk)
    for words in ("zeppelin", "zepplin secert"):
        assert "Nothing found" in page(desk, q=words, tab=tab)
    assert "Nothing found" not in page(managers_desk, q="zeppelin", tab=tab)
    assert "Secret" not in desk.get("/palette/", {"q": "secret"}).content.decode()
    assert "Secret" not in desk.get("/palette/", {"here": secret.pk}).content.decode()
    assert "Secret" in managers_desk.get("/palette/", {"q": "secret"}).content.decode()


@pytest.mark.parametrize("words", ["'", "a & ! | b:*", "\\", "()", "%", "x" * 5000, "<->"])
def test_whatever_is_typed(desk, words):
    for tab in ("customers", "entries"):
        assert desk.get(URL, {"q": words, "tab": tab}).status_code == 200
    assert desk.get("/customers/", {"q": words}).status_code == 200
    assert desk.get("/palette/", {"q": words}).status_code == 200


def test_a_broken_key_is_a_bad_request(desk):
    assert desk.get(URL, {"q": "ada", "tab": "entries", "after": "nonsense"}).status_code == 400
    assert desk.get(URL, {"q": "ada", "tab": "customers", "after": "x,1"}).status_code == 400
    assert desk.post(URL).status_code == 405


def test_too_slow_is_said_kindly(desk, monkeypatch):
    from django.db import connection

    def slow(*args, **kwargs):
        connection.cursor().execute("SELECT pg_sleep(30)")

    monkeypatch.setattr("partnership.desk.web.statement_timeout.statement_timeout.__wrapped__.__defaults__", (0.05,))
    monkeypatch.setattr("partnership.desk.search.views._find", slow)
    assert "took too long" in page(desk, q="ada")


def test_the_palette_offers_what_fits(desk):
    ada = CustomerFactory(name="Ada Okafor", preferred_name="Ada")
    everything = desk.get("/palette/", {"here": ada.pk}).content.decode()
    assert f"/customers/{ada.pk}/replies/" in everything
    assert "Group session" in everything
    narrowed = desk.get("/palette/", {"q": "ada", "here": ada.pk}).content.decode()
    assert f'href="/customers/{ada.pk}/"' in narrowed
    assert "Group session" not in narrowed


def test_customers_come_first_then_conversations_then_other_entries(desk, sam):
    ada = CustomerFactory(name="Zeppelin Works", owner=sam)
    thread = ConversationFactory(customer=ada)
    says(ada, "a zeppelin in a thread", conversation_id=thread.pk)
    happens(ada, "note", at=timezone.now(), body="a zeppelin in a note", by=sam, direction="internal")
    found = page(desk, q="zeppelin")
    places = [found.index(f'id="found-{part}"') for part in ("customers", "conversations", "entries")]
    assert places == sorted(places)
    assert sam.name in found[places[0] : places[1]]
    assert f'href="/conversations/{thread.pk}/"' in found[places[1] : places[2]]
    assert "in a note" in found[places[2] :]
    assert "in a thread" not in found[places[2] :]


def test_entries_are_filtered_by_colleague_channel_kind_and_period(desk, sam):
    ada = CustomerFactory(name="Ada")
    happens(ada, "note", at=timezone.now(), body="zeppelin noted", by=sam, direction="internal", channel="internal")
    says(ada, "zeppelin mailed", days=40, channel="email")
    today = firm_today().isoformat()
    for asked in ({"author": sam.pk}, {"kind": "note"}, {"from": today}):
        for tab in ("", "entries"):
            found = page(desk, q="zeppelin", tab=tab, **asked)
            assert "noted" in found, asked
            assert "mailed" not in found, asked
    found = page(desk, q="zeppelin", channel="email")
    assert "mailed" in found
    assert "noted" not in found
    assert "Nothing found" in page(desk, q="zeppelin", to="2001-01-01")


def test_the_palette_and_the_search_page_find_the_same_in_the_same_order(desk):
    for name in ("Ada Two", "Berta Ada", "Ada One", "Zed"):
        CustomerFactory(name=name)
    CustomerFactory(name="Tagged", tags=["ada-cohort"])
    palette = desk.get("/palette/", {"q": "ada"}).content.decode()
    searched = page(desk, q="ada")
    order = re.findall(r'id="palette-customer-(\d+)"', palette)
    assert len(order) == 4
    assert order == re.findall(r'id="found-customer-(\d+)"', searched)


def test_the_palette_acts_on_a_person_and_finds_saved_views(desk, sam):
    ada = CustomerFactory(name="Ada Okafor")
    mine = SavedView.objects.create(owner=sam, name="Adas of spring", query="tag=spring")
    SavedView.objects.create(owner=UserFactory(), name="Adas of others")
    shown = desk.get("/palette/", {"q": "ada"}).content.decode()
    for tab in ("replies", "notes", "calls"):
        assert f'href="/customers/{ada.pk}/{tab}/"' in shown
    assert f'href="/customers/?tag=spring&amp;view={mine.pk}"' in shown
    assert "Adas of others" not in shown
