import pytest

from customers.models import Customer
from tests.factories import CustomerFactory, OrganisationFactory, UserFactory
from tests.partnership.desk.forms_on_pages import filled_in

pytestmark = pytest.mark.django_db
NEW = "/customers/new/"


def details(**given):
    return {"name": "Ada Okafor", "kind": "person", "lifecycle": "active", **given}


def test_adding_a_customer(desk, sam):
    firm, friend = OrganisationFactory(name="Okafor Ltd"), CustomerFactory(name="Ben Chu")
    given = details(
        organisation_name="okafor ltd", role="founder", introducer_name="Ben Chu", tags=" vip, law ,vip", owner=sam.pk
    )
    response = desk.post(NEW, given)
    ada = Customer.objects.get(name="Ada Okafor")
    assert response.url == ada.get_absolute_url()
    assert (ada.organisation, ada.introduced_by, ada.tags, ada.owner) == (firm, friend, ["vip", "law"], sam)


def test_the_form_starts_with_me_as_owner(desk, sam):
    assert f'<option value="{sam.pk}" selected>' in desk.get(NEW).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "This field is required"),
        ({"organisation_name": "Nobody Ltd"}, "There is no customer of that name"),
        ({"organisation_name": "Person"}, "There is no customer of that name"),
        ({"introducer_name": "Twin"}, "Several have that name: choose one of them below."),
        ({"introducer_name": "Secret"}, "There is no customer of that name"),
        ({"kind": "organisation", "organisation_name": "Real Ltd"}, "Only a person can have an organisation"),
        ({"kind": "alien"}, "Select a valid choice"),
        ({"tags": "x" * 61}, "at most 60"),
    ],
)
def test_what_is_wrong_is_said(desk, wrong, said):
    OrganisationFactory(name="Real Ltd")
    CustomerFactory(name="Person")
    CustomerFactory(name="Secret", restricted=True)
    CustomerFactory(name="Twin")
    CustomerFactory(name="Twin")
    response = desk.post(NEW, details(**wrong))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Customer.objects.filter(name="Ada Okafor").exists()


def test_editing_keeps_what_was_not_touched(desk, sam):
    introducer = CustomerFactory(name="Twin")
    CustomerFactory(name="Twin")
    ada = CustomerFactory(name="Ada", tags=["a", "b"], introduced_by=introducer, attributes={"plan": "annual"})
    url = f"/customers/{ada.pk}/details/"
    page = desk.get(url).content.decode()
    assert 'value="a, b"' in page
    response = desk.post(url, details(name="Ada O.", tags="a, b", introducer_name="Twin"))
    ada.refresh_from_db()
    assert response.url == ada.get_absolute_url()
    assert (ada.name, ada.sort_key, ada.introduced_by, ada.attributes) == (
        "Ada O.", "ada o.", introducer, {"plan": "annual"},
    )  # fmt: skip


def test_nobody_introduces_themselves(desk):
    ada = CustomerFactory(name="Ada")
    response = desk.post(f"/customers/{ada.pk}/details/", details(name="Ada", introducer_name="Ada"))
    assert response.status_code == 422


def test_giving_a_restricted_customer_away_leads_back_to_the_list(desk, sam, manager):
    ada = CustomerFactory(name="Ada", restricted=True, owner=sam)
    response = desk.post(f"/customers/{ada.pk}/details/", details(name="Ada", restricted="on", owner=manager.pk))
    assert response.url == "/customers/"


def test_who_cannot_be_seen_cannot_be_edited(desk):
    secret, survivor = CustomerFactory(restricted=True), CustomerFactory()
    gone = CustomerFactory(merged_into=survivor)
    assert desk.get(f"/customers/{secret.pk}/details/").status_code == 404
    assert desk.get(f"/customers/{gone.pk}/details/").url == f"/customers/{survivor.pk}/details/"
    for customer in (secret, gone):
        assert desk.post(f"/customers/{customer.pk}/details/", details()).status_code == 404


def test_of_several_with_one_name_one_is_chosen(desk):
    firm = OrganisationFactory(name="Okafor Ltd")
    CustomerFactory(name="Twin")
    wanted = CustomerFactory(name="Twin", organisation=firm, tags=["law"])
    page = desk.post(NEW, details(introducer_name="twin")).content.decode()
    assert f'name="introducer_choice" value="{wanted.pk}"' in page
    assert "Twin, Okafor Ltd, law" in page
    assert desk.post(NEW, details(introducer_name="twin", introducer_choice=firm.pk)).status_code == 422
    assert desk.post(NEW, details(introducer_name="twin", introducer_choice=wanted.pk)).status_code == 302
    assert Customer.objects.get(name="Ada Okafor").introduced_by == wanted


def test_only_the_owner_and_managers_restrict(desk, managers_desk, sam):
    ada = CustomerFactory(name="Ada")
    url = f"/customers/{ada.pk}/details/"
    assert 'name="restricted"' not in desk.get(url).content.decode()
    desk.post(url, details(name="Ada", restricted="on"))
    assert not Customer.objects.get(pk=ada.pk).restricted
    managers_desk.post(url, details(name="Ada", restricted="on", owner=sam.pk))
    assert Customer.objects.get(pk=ada.pk).restricted
    desk.post(url, details(name="Ada", owner=sam.pk))
    assert not Customer.objects.get(pk=ada.pk).restricted


def test_who_has_left_is_not_offered_and_stays_where_they_are(desk, sam):
    gone, absent = UserFactory(name="Gone", is_active=False), UserFactory(name="Left", is_active=False)
    ada = CustomerFactory(name="Ada", owner=gone)
    url = f"/customers/{ada.pk}/details/"
    page = desk.get(url)
    assert f'<option value="{gone.pk}" selected>' in page.content.decode()
    assert f'value="{absent.pk}"' not in page.content.decode()
    assert desk.post(url, filled_in(page, url, role="founder")).status_code == 302
    assert Customer.objects.get(pk=ada.pk).owner == gone
    assert desk.post(url, filled_in(page, url, owner=str(absent.pk))).status_code == 422
    assert f'value="{gone.pk}"' not in desk.get(NEW).content.decode()


def test_names_are_suggested_while_they_are_typed(htmx):
    firm = OrganisationFactory(name="Okafor Ltd")
    CustomerFactory(name="Ada Okafor", organisation=firm)
    CustomerFactory(name="Secret Okafor", restricted=True)
    both = htmx.get("/customers/names/", {"introducer_name": "oka"}).content.decode()
    assert '<option value="Ada Okafor">Okafor Ltd</option>' in both
    assert '<option value="Okafor Ltd">' in both
    assert "Secret" not in both
    firms = htmx.get("/customers/names/", {"organisation_name": "oka"}).content.decode()
    assert "Ada" not in firms
    assert "option" not in htmx.get("/customers/names/").content.decode()
