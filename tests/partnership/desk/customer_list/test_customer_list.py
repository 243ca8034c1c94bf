import re

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from partnership.desk.customer_list import pages
from partnership.desk.customer_list.orders import ORDERS
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import RuleSet, Score, Tier
from tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    OrganisationFactory,
    UserFactory,
    firm_today,
    happens,
    works,
)

pytestmark = pytest.mark.django_db
URL = "/customers/"


def names(response):
    return re.findall(r'class="person-name"[^>]*>([^<]*)<', response.content.decode())


def rescored(*values):
    """Customers who stand at these partnership scores."""
    customers = [CustomerFactory(name=f"Customer {number}") for number, _ in enumerate(values)]
    rescore_all(at=timezone.now())
    for customer, value in zip(customers, values, strict=True):
        Score.objects.filter(customer=customer).update(partnership=value)
    return customers


def all_pages(client, url):
    seen = []
    while url:
        response = client.get(url)
        seen += names(response)
        after = re.search(r'rel="next"\s+href="([^"]*)"', response.content.decode())
        url = after and after[1].replace("&amp;", "&")
    return seen


def test_the_best_partners_come_first(desk):
    rescored(20, 80.5, 50)
    assert names(desk.get(URL)) == ["Customer 1", "Customer 2", "Customer 0"]


def test_by_name_on_demand(desk):
    for name in ("Zoe", "émile", "Adam"):
        CustomerFactory(name=name)
    assert names(desk.get(URL, {"sort": "name"})) == ["Adam", "émile", "Zoe"]


@pytest.mark.parametrize("sort", ["", "name"])
def test_pages_show_everybody_once(desk, monkeypatch, sort):
    rescored(50, 50, 50.25, 1 / 3, 70, 50)
    CustomerFactory(name="Newcomer 1")
    CustomerFactory(name="Newcomer 2")
    whole = names(desk.get(URL, {"sort": sort}))
    assert len(whole) == 8
    for size in (1, 2, 3, 7):
        monkeypatch.setitem(pages.list_customers.__kwdefaults__, "size", size)
        assert all_pages(desk, f"{URL}?sort={sort}") == whole


def test_who_has_no_score_yet_comes_last(desk):
    rescored(0.5)
    CustomerFactory(name="Newcomer")
    response = desk.get(URL)
    assert names(response) == ["Customer 0", "Newcomer"]
    assert "not scored yet" in response.content.decode()


@pytest.mark.parametrize("after", ["nonsense", "x,1", "1,x", "-,x"])
def test_a_broken_key_is_a_bad_request(desk, after):
    assert desk.get(URL, {"after": after}).status_code == 400


@pytest.mark.parametrize("words", ["okafor", "ÁDA", "ada oka", "ada@EXAMPLE.org", "vip"])
def test_search_finds_names_tags_and_contact_points(desk, words):
    ada = CustomerFactory(name="Ada Okafor", tags=["vip"])
    ContactPointFactory(customer=ada, value="ada@example.org")
    CustomerFactory(name="Ben Chu")
    assert names(desk.get(URL, {"q": words})) == ["Ada Okafor"]


@pytest.mark.parametrize("sort", list(ORDERS))
@pytest.mark.parametrize("few", [0, 1, 9])
def test_a_filter_finds_the_same_whether_they_are_few_or_many(desk, monkeypatch, few, sort):
    monkeypatch.setattr(pages, "FEW", few)
    for one in rescored(10, 30, 20):
        Customer.objects.filter(pk=one.pk).update(tags=["x"])
    CustomerFactory(name="Nobody")
    monkeypatch.setitem(pages.list_customers.__kwdefaults__, "size", 2)
    found = all_pages(desk, f"{URL}?tag=x&sort={sort}")
    assert sorted(found) == ["Customer 0", "Customer 1", "Customer 2"]
    if sort == "partnership":
        assert found == ["Customer 1", "Customer 2", "Customer 0"]


def test_many_who_were_heard_of_at_one_moment_are_each_shown_once(desk, monkeypatch):
    noon = timezone.now()
    everybody = CustomerFactory.create_batch(7)
    for one in (*everybody, *everybody[:3]):
        happens(one, "message", at=noon)
    monkeypatch.setitem(pages.list_customers.__kwdefaults__, "size", 2)
    assert sorted(all_pages(desk, f"{URL}?sort=heard")) == sorted(one.name for one in everybody)


def test_filters_narrow(desk, sam):
    rescored(10, 20)
    CustomerFactory(name="Mine", owner=sam, tags=["cohort"])
    works(CustomerFactory(name="Worker"), until=firm_today(), days=30)
    rescore_all(at=timezone.now())
    assert names(desk.get(URL, {"owner": sam.pk})) == ["Mine"]
    assert names(desk.get(URL, {"tag": "cohort"})) == ["Mine"]
    tier = Score.objects.get(customer__name="Worker").tier
    assert "Worker" in names(desk.get(URL, {"tier": tier.pk}))
    assert names(desk.get(URL, {"tier": 0})) == names(desk.get(URL, {"tier": 10**9})) == []
    assert len(names(desk.get(URL, {"tier": "many", "owner": "me"}))) == 4


def test_while_the_rules_change_each_tier_has_its_own_name(desk):
    """Some have a tier of the new rules already: of the same rank as the old one, and of another name."""
    rescored(20, 10)
    before = Score.objects.get(customer__name="Customer 0").tier
    draft = RuleSet.objects.create(name="New rules")
    after = Tier.objects.create(rule_set=draft, rank=before.rank, name="Passer-by")
    Score.objects.filter(customer__name="Customer 1").update(tier=after)
    shown = re.findall(r"</svg>\s*([^<]*?)\s*</span>", desk.get(URL).content.decode())
    assert [one for one in shown if one in (before.name, "Passer-by")] == [before.name, "Passer-by"]


def test_restricted_and_absorbed_customers_are_not_there(desk, managers_desk, sam):
    CustomerFactory(name="Secret", restricted=True)
    CustomerFactory(name="Mine", restricted=True, owner=sam)
    CustomerFactory(name="Absorbed", merged_into=CustomerFactory(name="Survivor"))
    assert set(names(desk.get(URL))) == {"Mine", "Survivor"}
    assert set(names(managers_desk.get(URL))) == {"Mine", "Survivor", "Secret"}
    assert names(desk.get(URL, {"q": "secret"})) == []


def test_the_name_of_a_restricted_organisation_is_not_told(desk):
    CustomerFactory(name="Ada", organisation=OrganisationFactory(name="Secret Ltd", restricted=True))
    assert "Secret Ltd" not in desk.get(URL).content.decode()


def test_htmx_gets_the_rows_alone(htmx, desk):
    CustomerFactory(name="Ada")
    fragment = htmx.get(URL)
    assert "<html" not in fragment.content.decode()
    assert names(fragment) == names(desk.get(URL)) == ["Ada"]
    assert "HX-Request" in fragment["Vary"]


def test_empty_lists_say_what_to_do(desk):
    assert "No customers yet" in desk.get(URL).content.decode()
    assert "No customers match" in desk.get(URL, {"q": "nobody"}).content.decode()


def test_queries_do_not_grow_with_the_list(desk, django_assert_max_num_queries):
    for number in range(30):
        CustomerFactory(name=f"C{number}", owner=UserFactory(), organisation=OrganisationFactory())
    rescore_all(at=timezone.now())
    desk.get(URL)  # what there is to choose from is remembered for a minute
    with django_assert_max_num_queries(8):
        assert len(names(desk.get(URL))) == 25


def test_only_for_who_is_signed_in(client, desk):
    assert client.get(URL).url == f"{reverse('account_login')}?next={URL}"
    assert desk.post(URL).status_code == 405


def test_the_lowest_tier_narrows_too(desk):
    rescored(10, 20)
    lowest = RuleSet.objects.active().tiers.get(name="Transactional")
    Score.objects.filter(customer__name="Customer 0").update(tier=lowest)
    page = desk.get(URL).content.decode()
    [value] = re.findall(r'<option value="([^"]*)"\s*>Transactional<', page)
    found = desk.get(URL, {"tier": value})
    assert names(found) == ["Customer 0"]
    assert re.search(rf'<option value="{value}"\s+selected>Transactional<', found.content.decode())
