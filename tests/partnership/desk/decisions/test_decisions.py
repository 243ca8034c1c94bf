"""The decision card: what is known before, and the answer that is given from it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from interactions.actions.promises import keep_promise
from interactions.models import Interaction, Outgoing
from partnership.staff.models import Firm, GoodwillBudget
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, firm_today, happens, promise

pytestmark = pytest.mark.django_db

REF = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def ada(sam):
    return CustomerFactory(name="Ada", owner=sam, since=date(2023, 1, 15))


@pytest.fixture
def address(ada):
    return ContactPointFactory(customer=ada, value="ada@example.org")


@pytest.fixture
def refund(ada):
    thread = ConversationFactory(customer=ada, subject="The course")
    return happens(ada, "refund_request", at=timezone.now() - timedelta(hours=5), conversation_id=thread.pk,
                   subject="The course", body="My money back", amount="90.00", currency="EUR")  # fmt: skip


def url_of(entry):
    return f"/customers/{entry.customer_id}/entries/{entry.pk}/decision/"


def text(client, url):
    return client.get(url).content.decode()


def no(address, **more):
    return {"answer": "no", "reason": "It is past 14 days.", "alternative": "A free lesson.", "ref": REF,
            "via": f"to-{address.pk}", **more}  # fmt: skip


def test_it_shows_both_sides_and_what_is_at_stake(desk, sam, ada, refund):
    Firm.objects.update(terms="Within 14 days, no questions asked.")
    GoodwillBudget.objects.create(amount=50)
    today = firm_today()
    made, due = timezone.now() - timedelta(days=9), today + timedelta(days=1)
    keep_promise(promise(ada, "Essay", party="them", at=made, due_on=due, by=sam), at=timezone.now(), by=sam)
    late = promise(ada, "Send the bill", at=made, due_on=today - timedelta(days=3), by=sam)
    type(late).objects.filter(pk=late.pk).update(status="missed", closed_at=timezone.now())
    happens(ada, "mistake", at=made, body="The wrong room", direction="outbound")
    happens(ada, "purchase", at=made, amount="900.00", currency="EUR", channel="billing")
    happens(ada, "referral", at=made)
    page = text(desk, url_of(refund))
    for said in (
        "90.00 EUR", "900.00 EUR", "10% of it", "year", "since 15 Jan 2023", "Within 14 days", "Kept 1 of 1 promise.",
        "Kept 0 of 1 promise.", "Send the bill", "The wrong room", "1 referral", "50.00 EUR left",
    ):  # fmt: skip
        assert said in page, said


def test_without_anything_it_says_so(desk, ada):
    bare = happens(ada, "refund_request", at=timezone.now(), body="Money back")
    page = text(desk, url_of(bare))
    for said in (
        "no amount yet",
        "nothing bought yet",
        "No terms are written down",
        "No budget limits you",
        "No promise was",
    ):
        assert said in page, said


@pytest.mark.parametrize("missing", ["reason", "alternative"])
def test_a_no_needs_a_reason_and_an_alternative(desk, refund, address, missing):
    response = desk.post(url_of(refund), no(address, **{missing: " "}))
    assert response.status_code == 422
    assert Interaction.objects.get() == refund


def test_a_no_is_sent_once_and_stands_on_the_card_and_the_timeline(desk, sam, ada, refund, address):
    for _ in range(2):
        assert desk.post(url_of(refund), no(address)).url == url_of(refund)
    row = Interaction.objects.get(kind="decline")
    assert (row.author, row.conversation, row.body) == (
        sam, refund.conversation, "It is past 14 days.\n\nA free lesson.",
    )  # fmt: skip
    assert row.payload["alternative"] == "A free lesson."
    assert Outgoing.objects.get().interaction == row
    assert Interaction.objects.count() == 2
    refund.conversation.refresh_from_db()
    assert refund.conversation.waiting_since is None
    page = text(desk, url_of(refund))
    assert "declined" in page
    assert "A free lesson." in page
    assert "Your answer" not in page
    assert "The decision" in text(desk, f"/customers/{ada.pk}/entries/{refund.pk}/")
    assert "declined" in text(desk, f"/customers/{ada.pk}/timeline/?kind=refund_request")


def test_another_answer_comes_too_late(desk, refund, address):
    desk.post(url_of(refund), no(address))
    late = {"answer": "grant", "amount": "90", "given_as": "refund", "body": "Yes", "via": "by-email"}
    response = desk.post(url_of(refund), late)
    assert response.status_code == 422
    assert "Decided on" in response.content.decode()
    assert not Interaction.objects.filter(kind="refund").exists()


def test_granted_money_goes_back(desk, refund, address):
    given = {"answer": "grant", "amount": "90.00", "given_as": "refund", "body": "Here you are.", "ref": REF}
    for _ in range(2):
        assert desk.post(url_of(refund), {**given, "via": f"to-{address.pk}"}).status_code == 302
    row = Interaction.objects.get(kind="refund")
    assert (row.amount, row.currency) == (Decimal("90.00"), "EUR")
    assert Outgoing.objects.get().interaction.body == "Here you are."
    assert "granted" in text(desk, url_of(refund))


@pytest.mark.parametrize(
    ("answer", "amount", "said"),
    [
        ("grant", "", "This field is required"),
        ("grant", "40", "grant it in part"),
        ("part", "90", "the whole amount at stake"),
        ("part", "-1", "Write 0.01 or more."),
    ],
)
def test_amounts_fit_the_answer(desk, refund, answer, amount, said):
    given = {"answer": answer, "amount": amount, "given_as": "refund", "body": "x", "via": "by-email"}
    response = desk.post(url_of(refund), given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Interaction.objects.get() == refund


def test_beyond_the_budget_nothing_is_said_and_nothing_given(desk, refund, address):
    GoodwillBudget.objects.create(amount=20)
    given = {"answer": "part", "amount": "40", "given_as": "gesture", "body": "x", "via": f"to-{address.pk}"}
    response = desk.post(url_of(refund), given)
    assert response.status_code == 422
    assert "You have 20.00 EUR left" in response.content.decode()
    assert Interaction.objects.get() == refund
    assert not Outgoing.objects.exists()


def test_one_looks_before_it_leaves(desk, refund, address):
    page = desk.post(url_of(refund), no(address, preview="1", reason="It is **past** it."))
    assert page.status_code == 200
    assert "<strong>past</strong>" in page.content.decode()
    assert "A free lesson." in page.content.decode()
    assert Interaction.objects.get() == refund


def test_who_asked_not_to_be_contacted_gets_no_mail(desk, ada, refund, address):
    ada.do_not_contact = True
    ada.save()
    assert desk.post(url_of(refund), no(address)).status_code == 422
    assert desk.post(url_of(refund), no(address, via="by-post")).status_code == 302
    assert not Outgoing.objects.exists()
    assert Interaction.objects.get(kind="decline").channel == "post"


def test_an_exception_is_asked_for_and_granted_without_money(desk, ada):
    asked = happens(ada, "message", at=timezone.now(), body="Could I hand it in in June?")
    menu = text(desk, f"/customers/{ada.pk}/entries/{asked.pk}/")
    assert "Asks for an exception" in menu
    assert desk.get(url_of(asked)).status_code == 404
    assert desk.post(f"/customers/{ada.pk}/entries/{asked.pk}/exception/").url == url_of(asked)
    assert "They ask for an exception" in text(desk, url_of(asked))
    given = {"answer": "grant", "given_as": "gesture", "body": "Gladly.", "via": "by-chat"}
    assert desk.post(url_of(asked), given).status_code == 302
    assert set(Interaction.objects.values_list("kind", flat=True)) == {"request", "message"}


def test_what_is_at_stake_can_be_said(desk, ada, refund):
    url = f"{url_of(refund)}stake/"
    assert desk.post(url, {"amount": "x", "currency": "EUR"}).status_code == 422
    assert desk.post(url, {"amount": "120", "currency": "EUR"}).url == url_of(refund)
    refund.refresh_from_db()
    assert refund.amount == 120


def test_other_entries_and_other_peoples_have_no_card(desk, ada, refund):
    note = happens(ada, "message", at=timezone.now(), body="Hello")
    hidden = happens(CustomerFactory(restricted=True), "refund_request", at=timezone.now())
    for entry in (note, hidden):
        assert desk.get(url_of(entry)).status_code == 404
        assert desk.post(url_of(entry), {"answer": "no"}).status_code == 404
        assert desk.post(f"{url_of(entry)}stake/").status_code == 404


def test_what_it_costs(desk, refund, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        desk.get(url_of(refund))


def test_in_focus_it_is_a_decision_until_it_is_answered(desk, refund, address):
    follows = {"at": timezone.now(), "conversation_id": refund.conversation_id, "body": "And?"}
    happens(refund.customer, "message", **follows)
    page = text(desk, "/")
    assert f'href="{url_of(refund)}"' in page
    assert ">decide<" in page
    desk.post(url_of(refund), no(address))
    assert "The course" not in text(desk, "/")
    happens(refund.customer, "message", **{**follows, "at": timezone.now(), "body": "But I insist."})
    page = text(desk, "/")
    assert "But I insist." in page
    assert ">decide<" not in page
