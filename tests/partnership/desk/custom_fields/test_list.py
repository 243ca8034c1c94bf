"""Custom fields as columns and filters of the list, in saved views and in files."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer, CustomField
from partnership.desk.models import SavedView
from tests.factories import CustomerFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

PEOPLE = {
    "Ada": {"plan": "gold", "seats": 3, "signed_on": "2026-01-31", "newsletter": True, "interests": ["law", "tax"]},
    "Ben": {"plan": "basic", "seats": 7.5, "signed_on": "2026-03-01", "newsletter": False, "interests": ["tax"]},
    "Cem": {"seats": 1000, "motto": "Onward & upward"},
    "Odd": {"plan": ["gold"], "seats": "3", "signed_on": 20260131, "newsletter": "true", "interests": "law"},
    "None": {},
}


@pytest.fixture
def people(fields):
    for name, attributes in PEOPLE.items():
        CustomerFactory(name=name, attributes=attributes)
    OrganisationFactory(name="Firm")
    Customer.objects.filter(name="None").update(attributes=["plan"])


@pytest.fixture
def found(desk, people, name):
    """found({key and ending: value}) → the names that the list shows."""

    def ask(asked):
        query = {name(key.partition("-")[0]) + key[len(key.partition("-")[0]) :]: value for key, value in asked.items()}
        response = desk.get("/customers/", query)
        assert response.status_code == 200
        return [row.customer.name for row in response.context["listing"].rows]

    return ask


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"plan": ["gold"]}, {"Ada"}),
        ({"plan": ["gold", "basic"]}, {"Ada", "Ben"}),
        ({"interests": ["law"]}, {"Ada"}),
        ({"interests": ["tax"]}, {"Ada", "Ben"}),
        ({"seats-from": "5"}, {"Ben", "Cem"}),
        ({"seats-to": "7.5"}, {"Ada", "Ben"}),
        ({"seats-from": "3", "seats-to": "7"}, {"Ada"}),
        ({"signed_on-from": "2026-02-01"}, {"Ben"}),
        ({"signed_on-to": "2026-01-31"}, {"Ada"}),
        ({"newsletter": "yes"}, {"Ada"}),
        ({"newsletter": "no"}, {"Ben"}),
        ({"motto": "onward & UP"}, {"Cem"}),
        ({"motto-is": "filled"}, {"Cem"}),
        ({"seats-is": "empty"}, {"None", "Firm"}),
        ({"seats-from": "5", "plan": ["gold", "basic"]}, {"Ben"}),
    ],
)
def test_filters_are_typed_and_combine(found, asked, names):
    assert set(found(asked)) == names


@pytest.mark.parametrize(
    "asked",
    [
        {"plan": ["silver"]}, {"seats-from": "many"}, {"signed_on-from": "soon"}, {"newsletter": "perhaps"},
        {"motto": ""}, {"motto-is": "x"}, {"seats-from": "1" + "0" * 30}, {"seats": "5"},
        {"signed_on-to": "0001-01-01x"},
    ],
)  # fmt: skip
def test_what_means_nothing_is_left_out(found, asked):
    assert len(found(asked)) == 6


def test_a_field_of_organisations_is_empty_for_these_alone(found, fields):
    fields["seats"].applies_to = "organisation"
    fields["seats"].save()
    assert found({"seats-is": "empty"}) == ["Firm"]


def test_columns_are_chosen_shown_and_exported(desk, people, name):
    chosen = [name("plan"), name("seats"), name("signed_on"), name("interests")]
    assert desk.post("/customers/columns/", {"column": chosen}).status_code == 302
    response = desk.get("/customers/")
    page = " ".join(response.content.decode().split())
    for shown in ("Seats (seats)", "7.5 seats", "31 Jan 2026", "Law, Tax", "Gold"):
        assert shown in page
    file = desk.post("/customers/bulk/export/", {"everyone": "1"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert ",Plan,Seats (seats),Signed on,Interests," in lines[0]
    assert any(',Gold,3,2026-01-31,"Law, Tax",' in line for line in lines)
    assert any(",Basic,7.5,2026-03-01,Tax," in line for line in lines)


def test_a_saved_view_keeps_filters_and_columns(desk, people, name):
    desk.post("/customers/columns/", {"column": [name("plan")]})
    page = desk.get("/customers/", {name("plan"): ["gold", "basic"], name("seats") + "-from": "1.234"})
    saved = {"name": "Paying", "query": page.context["listing"].query}
    assert desk.post("/customers/views/new/", saved).status_code == 302
    view = SavedView.objects.get()
    assert view.columns == [name("plan")]
    response = desk.get(view.get_absolute_url())
    assert {row.customer.name for row in response.context["listing"].rows} == {"Ada", "Ben"}
    german = desk.get(view.get_absolute_url(), headers={"Accept-Language": "de"})
    assert {row.customer.name for row in german.context["listing"].rows} == {"Ada", "Ben"}


def test_a_view_of_an_archived_field_shows_the_rest(desk, sam, people, fields, name):
    view = SavedView.objects.create(name="Old", owner=sam, query=f"{name('plan')}=gold", columns=["tags", name("plan")])
    CustomField.objects.filter(pk=fields["plan"].pk).update(archived_at=timezone.now())
    response = desk.get(view.get_absolute_url())
    assert response.status_code == 200
    assert len(response.context["listing"].rows) == 6
    assert response.context["listing"].labels == [("tags", "Tags")]


def test_what_is_set_is_counted_and_open(desk, people, name):
    page = desk.get("/customers/", {name("plan"): "gold"}).content.decode()
    assert '<details class="asking-custom" open>' in page
    assert "1 active" in page
    assert '<details class="asking-custom" open>' not in desk.get("/customers/").content.decode()


def test_without_fields_there_is_nothing_of_them(desk, firm):
    assert "asking-custom" not in desk.get("/customers/").content.decode()


def test_no_statement_more_than_without(desk, people, name):
    """The fields come from the cache; columns and filters need no statement of their own."""
    plain, with_fields = "/customers/?lifecycle=active", f"/customers/?lifecycle=active&{name('seats')}-from=1"
    desk.get(plain)
    counts = []
    for url in (plain, with_fields):
        with CaptureQueriesContext(connection) as asked:
            desk.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_bulk_acts_on_what_the_filter_finds(desk, people, name):
    query = f"{name('plan')}=gold&{name('plan')}=basic"
    desk.post("/customers/bulk/tag/", {"everyone": 1, "query": query, "tag": "paying", "sure": 1})
    tagged = Customer.objects.filter(tags__contains=["paying"]).values_list("name", flat=True)
    assert set(tagged) == {"Ada", "Ben"}
