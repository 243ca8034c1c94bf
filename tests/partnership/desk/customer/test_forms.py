import pytest

from customers.models import Customer
from tests.factories import ContactPointFactory, CustomerFactory, OrganisationFactory, UserFactory
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
        ({"introducer_name": "Nobody"}, "There is no customer of that name"),
        ({"timezone": "Atlantis"}, "There is no such time zone"),
        ({"language": "tlh"}, "Select a valid choice"),
        ({"email": "nonsense"}, "not an e-mail address"),
        ({"phone": "x"}, "not a phone number"),
        ({"email": "twin@example.org"}, "Twin has this already"),
        ({"phone": "+49 (0)30 1234567"}, "Another customer has this already"),
        ({"kind": "organisation", "organisation_name": "Nobody Ltd"}, "Only a person can have an organisation"),
        ({"introducer_name": "Twin"}, "Several have that name: choose one of them below."),
        ({"introducer_name": "Secret"}, "There is no customer of that name"),
        ({"kind": "organisation", "organisation_name": "Real Ltd"}, "Only a person can have an organisation"),
        ({"kind": "alien"}, "Select a valid choice"),
        ({"tags": "x" * 61}, "at most 60"),
        ({"renewal_amount": "50"}, "Enter the day of the renewal as well, or clear the amount."),
        ({"renews_on": "2027-03-03", "renewal_amount": "-1"}, "0 or more"),
        ({"renews_on": "2027-03-03", "renewal_amount": "a lot"}, "Write a number, such as 12.50."),
        ({"renews_on": "soon"}, "Enter a valid date"),
    ],
)
def test_what_is_wrong_is_said(desk, wrong, said):
    OrganisationFactory(name="Real Ltd")
    CustomerFactory(name="Person")
    secret = CustomerFactory(name="Secret", restricted=True)
    ContactPointFactory(customer=secret, kind="phone", value="+49 30 1234567")
    CustomerFactory(name="Twin")
    ContactPointFactory(customer=CustomerFactory(name="Twin"), value="Twin@Example.org")
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


def test_a_caller_is_added_at_once_with_their_new_organisation(desk, sam):
    given = details(email="Ada@Example.org", phone="+49 30 1234567", organisation_name="Okafor Ltd", owner=sam.pk)
    assert desk.post(NEW, given).status_code == 302
    ada = Customer.objects.get(name="Ada Okafor")
    assert sorted(ada.contact_points.values_list("kind", "normalised")) == [
        ("email", "ada@example.org"), ("phone", "+49301234567"),
    ]  # fmt: skip
    assert (ada.organisation.name, ada.organisation.kind, ada.organisation.owner) == ("Okafor Ltd", "organisation", sam)
    desk.post(NEW, details(name="Ben", organisation_name="okafor ltd"))
    assert Customer.objects.get(name="Ben").organisation == ada.organisation


def test_editing_makes_a_new_organisation_too(desk):
    ada = CustomerFactory(name="Ada")
    desk.post(f"/customers/{ada.pk}/details/", details(name="Ada", organisation_name="Okafor Ltd"))
    ada.refresh_from_db()
    assert ada.organisation.name == "Okafor Ltd"


def test_a_refused_form_adds_nobody_and_opens_what_is_wrong(desk):
    assert '<details class="more-fields" open' not in desk.get(NEW).content.decode()
    page = desk.post(NEW, details(name="", organisation_name="Okafor Ltd", language="tlh")).content.decode()
    assert '<details class="more-fields" open' in page
    assert 'value="Okafor Ltd"' in page
    assert not Customer.objects.exists()


def test_likely_duplicates_are_shown_with_a_link(htmx):
    firm = OrganisationFactory(name="Okafor Ltd")
    ada = CustomerFactory(name="Ada Okafor", organisation=firm)
    ContactPointFactory(customer=ada, kind="phone", value="+49 30 1234567")
    secret = CustomerFactory(name="Secret Okafor", restricted=True)
    ContactPointFactory(customer=secret, value="secret@example.org")
    url = "/customers/new/likely/"
    for typed in ({"name": "ada okafro"}, {"phone": "+49 (0)30 123-4567"}, {"name": "Zed", "phone": "030 1234567"}):
        shown = htmx.get(url, typed).content.decode()
        assert f'href="/customers/{ada.pk}/"' in shown, typed
    assert "<a" not in htmx.get(url, {"name": "secret", "email": "secret@example.org"}).content.decode()
    assert "<a" not in htmx.get(url, {"name": "ad", "phone": "+", "email": "x"}).content.decode()
    assert "<a" not in htmx.get(url).content.decode()


def test_language_and_time_zone_come_from_lists_and_odd_ones_stay(desk):
    ada = CustomerFactory(name="Ada", language="tlh", timezone="Mars/Olympus")
    url = f"/customers/{ada.pk}/details/"
    page = desk.get(url)
    assert '<option value="tlh" selected>' in page.content.decode()
    assert '<option value="Europe/Berlin">' in page.content.decode()
    assert desk.post(url, filled_in(page, url)).status_code == 302
    assert desk.post(url, filled_in(page, url, language="pt-br", timezone="new york")).status_code == 302
    ada.refresh_from_db()
    assert (ada.language, ada.timezone) == ("pt-br", "America/New_York")


def test_a_tag_with_a_comma_survives_and_tags_are_suggested(desk, htmx):
    ada = CustomerFactory(name="Ada", tags=["Munich, spring", "vip"])
    url = f"/customers/{ada.pk}/details/"
    desk.post(url, filled_in(desk.get(url), url, role="founder"))
    ada.refresh_from_db()
    assert (ada.role, ada.tags) == ("founder", ["Munich, spring", "vip"])
    suggest = "/customers/tags/"
    assert 'value="law, vip"' in htmx.get(suggest, {"tags": "law, v"}).content.decode()
    assert "law, &quot;Munich, spring&quot;" in htmx.get(suggest, {"tags": "law, mun"}).content.decode()
    assert 'value="Munich, spring"' in htmx.get(suggest, {"tag": "mun"}).content.decode()
    assert htmx.get(suggest, {"tags": "vip,"}).content.decode().count("<option") == 1
