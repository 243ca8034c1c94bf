"""A mistake of ours, from owning it to forgiveness, on the pages."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from interactions.models import Interaction, Outgoing
from partnership.recoveries.models import Recovery
from tests.factories import CustomerFactory, UserFactory, happens
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(sam):
    return CustomerFactory(name="Ada", owner=sam)


@pytest.fixture
def recovery(desk, ada):
    happens(ada, "mistake", at=timezone.now() - timedelta(days=4), direction="outbound", body="The wrong bill")
    return Recovery.objects.get()


def text(client, url):
    return client.get(url).content.decode()


def test_owned_in_the_composer_it_shows_on_the_customers_page(desk, sam, ada):
    assert "Recovery open" not in text(desk, ada.get_absolute_url())
    desk.post(f"/customers/{ada.pk}/mistakes/", {"body": "We sent the wrong bill."})
    recovery = Recovery.objects.get()
    assert (recovery.customer, recovery.owner, recovery.mistake.author) == (ada, sam, sam)
    page = text(desk, ada.get_absolute_url())
    assert "Recovery open since" in page
    assert f'href="/recoveries/{recovery.pk}/"' in page


def test_what_we_did_is_told_once_and_said_better(desk, sam, recovery):
    url = f"/recoveries/{recovery.pk}/"
    for words in ("A new bill.", "A new bill.", "A new bill, and a call."):
        assert desk.post(url, {"what_we_did": words, "owner": sam.pk}).url == url
    row = Interaction.objects.get(kind="recovery")
    assert (row.body, row.author, row.direction) == ("A new bill, and a call.", sam, "outbound")
    recovery.refresh_from_db()
    assert recovery.what_we_did == "A new bill, and a call."
    assert recovery.closed_at is None
    taken_back = desk.post(url, {"what_we_did": "", "owner": sam.pk})
    assert taken_back.status_code == 422
    assert "change the words, but leave some" in taken_back.content.decode()


@pytest.mark.parametrize(
    ("page", "given"),
    [
        ("", {"what_we_did": "A new bill."}),
        ("forgiveness/", {"words": "Never mind.", "channel": "call"}),
        ("closure/", {"outcome": "They had noticed nothing."}),
    ],
)
def test_opened_in_focus_it_leads_on_there(desk, sam, recovery, page, given):
    following = "/next/?lane=partners&after=9&whose=all"
    query = f"?next={quote(following, safe='')}"
    url = f"/recoveries/{recovery.pk}/"
    assert f'href="{url}closure/{query}"' in text(desk, f"{url}{query}")
    assert desk.post(f"{url}{page}{query}", {**given, "owner": sam.pk}).url == following
    elsewhere = "?next=https%3A%2F%2Fevil.example%2F"
    assert desk.post(f"{url}{elsewhere}", {"what_we_did": "Sorry.", "owner": sam.pk}).url == url


def test_what_a_colleague_wrote_stays_as_it_is(desk, managers_desk, sam, recovery):
    url = f"/recoveries/{recovery.pk}/"
    colleague = signed_in(UserFactory(name="Bea"))
    for client, words in ((desk, "A new bill."), (colleague, "A call."), (managers_desk, "A call, and flowers.")):
        assert client.post(url, {"what_we_did": words, "owner": sam.pk}).url == url
    told = Interaction.objects.filter(kind="recovery").order_by("pk").values_list("author__name", "body")
    assert list(told) == [("Sam Rivera", "A new bill."), ("Bea", "A call, and flowers.")]
    recovery.refresh_from_db()
    assert recovery.what_we_did == "A call, and flowers."


def test_where_one_thing_is_refused_nothing_is_saved(desk, sam, ada, recovery):
    sent = happens(ada, "recovery", at=timezone.now(), by=sam, direction="outbound", body="A new bill.")
    Outgoing.objects.create(
        interaction=sent, to=["ada@example.org"], message_id="<1@o.example>", queued_at=timezone.now()
    )
    given = {"what_we_did": "A call.", "owner": UserFactory(name="Bea").pk}
    response = desk.post(f"/recoveries/{recovery.pk}/", given)
    assert response.status_code == 422
    assert "sent as it stands" in response.content.decode()
    recovery.refresh_from_db()
    assert (recovery.owner, recovery.what_we_did) == (sam, "A new bill.")


def test_another_sees_to_it(desk, recovery):
    bea = UserFactory(name="Bea")
    desk.post(f"/recoveries/{recovery.pk}/", {"what_we_did": "", "owner": bea.pk})
    recovery.refresh_from_db()
    assert recovery.owner == bea
    assert not Interaction.objects.filter(kind="recovery").exists()


def test_nobody_sees_to_whom_they_may_not_see(managers_desk, sam, ada, recovery):
    ada.restricted = True
    ada.save()
    given = {"what_we_did": "A call.", "owner": UserFactory(name="Bea").pk}
    response = managers_desk.post(f"/recoveries/{recovery.pk}/", given)
    assert response.status_code == 422
    assert "Bea may not see this customer" in response.content.decode()
    recovery.refresh_from_db()
    assert (recovery.owner, recovery.what_we_did) == (sam, "")


def test_forgiven_it_is_closed_once(desk, ada, recovery):
    url = f"/recoveries/{recovery.pk}/forgiveness/"
    given = {"words": "It can happen.", "channel": "call", "ref": "11111111-1111-4111-8111-111111111111"}
    assert desk.post(url, {**given, "words": ""}).status_code == 422
    for _ in range(2):
        assert desk.post(url, given).status_code == 302
    row = Interaction.objects.get(kind="forgiveness")
    assert (row.body, row.direction, row.channel) == ("It can happen.", "inbound", "call")
    recovery.refresh_from_db()
    assert (recovery.outcome, recovery.forgiveness) == ("forgiven", row)
    assert "It can happen." in text(desk, f"/recoveries/{recovery.pk}/")
    assert "Recovery open" not in text(desk, ada.get_absolute_url())


def test_forgiveness_from_before_the_mistake_closes_nothing(desk, recovery):
    given = {"words": "Fine.", "channel": "call", "happened": "2020-01-01T10:00"}
    response = desk.post(f"/recoveries/{recovery.pk}/forgiveness/", given, follow=True)
    assert "before the mistake" in response.content.decode()
    assert not Interaction.objects.filter(kind="forgiveness").exists()


def test_a_message_marked_as_forgiveness_closes_it_and_unmarked_opens_it(desk, ada, recovery):
    message = happens(ada, "message", at=timezone.now(), body="No harm done.")
    url = f"/customers/{ada.pk}/entries/{message.pk}/kind/"
    desk.post(url, {"kind": "forgiveness"})
    recovery.refresh_from_db()
    assert recovery.forgiveness == message
    desk.post(url, {"kind": "message"})
    recovery.refresh_from_db()
    assert recovery.closed_at is None


def test_closed_with_what_came_of_it(desk, recovery):
    url = f"/recoveries/{recovery.pk}/closure/"
    assert desk.post(url, {"outcome": " "}).status_code == 422
    desk.post(url, {"outcome": "They moved away."})
    recovery.refresh_from_db()
    assert (recovery.outcome, recovery.what_we_did) == ("They moved away.", "")
    assert Interaction.objects.get(kind="recovery").subject == "Closed: They moved away."
    again = desk.post(url, {"outcome": "Once more."}, follow=True)
    assert "closed already" in again.content.decode()
    assert Interaction.objects.filter(kind="recovery").count() == 1


def test_the_list_has_those_that_are_open_the_oldest_first(desk, ada, recovery, django_assert_max_num_queries):
    for days in (9, 2):
        other = CustomerFactory(name=f"Customer {days}")
        happens(other, "mistake", at=timezone.now() - timedelta(days=days), body=f"Failed {days} days ago")
    closed = Recovery.objects.get(customer__name="Customer 2")
    desk.post(f"/recoveries/{closed.pk}/closure/", {"outcome": "Over."})
    with django_assert_max_num_queries(8):
        page = text(desk, "/recoveries/")
    assert "Failed 2 days ago" not in page
    assert page.index("Failed 9 days ago") < page.index("The wrong bill")


def test_of_restricted_customers_nobody_else_reads(desk, managers_desk, recovery):
    stranger = CustomerFactory(restricted=True)
    happens(stranger, "mistake", at=timezone.now(), body="A secret")
    hidden = Recovery.objects.get(customer=stranger)
    assert "A secret" not in text(desk, "/recoveries/")
    assert "A secret" in text(managers_desk, "/recoveries/")
    for page in ("", "forgiveness/", "closure/"):
        assert desk.get(f"/recoveries/{hidden.pk}/{page}").status_code == 404


def test_without_any_it_says_how_one_is_opened(desk, firm):
    assert "No recovery is open" in text(desk, "/recoveries/")
