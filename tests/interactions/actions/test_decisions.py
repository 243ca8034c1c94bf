"""A refund or an exception is decided once: told, given, and written on the request."""

from datetime import timedelta
from decimal import Decimal

import pytest

from interactions.actions.decisions import (
    UNDECIDED,
    ask_for_exception,
    asks_for_decision,
    decide,
    decision_of,
    set_stake,
)
from interactions.actions.entries import mark_entry
from interactions.errors import ActionRefused
from interactions.imports.history import import_records
from interactions.models import Interaction
from partnership.staff.models import GoodwillBudget
from tests.factories import ConversationFactory, CustomerFactory, FirmFactory, UserFactory, happens
from tests.strategies import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(db):
    return FirmFactory()


@pytest.fixture
def sam(firm):
    return UserFactory(name="Sam Rivera")


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada")


@pytest.fixture
def refund(ada):
    thread = ConversationFactory(customer=ada)
    return happens(ada, "refund_request", at=NOON - timedelta(hours=5), conversation_id=thread.pk, body="My money back",
                   amount=Decimal(90), currency="EUR", subject="Refund")  # fmt: skip


def answer(request, by, *, outcome="granted", ref="first", kind="message", **given):
    def tell():
        return happens(request.customer, kind, at=NOON, by=by, direction="outbound", body="So it is",
                       external_id=ref, conversation_id=request.conversation_id)  # fmt: skip

    decide(request, outcome=outcome, answer=tell, answer_id=ref, by=by, at=NOON, **given)


def test_granted_it_is_told_and_given(refund, sam):
    assert Interaction.objects.filter(UNDECIDED).get() == refund
    answer(refund, sam, amount=Decimal(90), currency="EUR")
    given = Interaction.objects.get(kind="refund")
    assert (given.amount, given.currency, given.direction, given.channel) == (90, "EUR", "outbound", "billing")
    assert decision_of(refund) == {
        "outcome": "granted", "on": "2026-01-15", "answer": "partnership:first", "given": given.ref,
        "amount": "90", "currency": "EUR",
    }  # fmt: skip
    assert not Interaction.objects.filter(UNDECIDED).exists()
    refund.conversation.refresh_from_db()
    assert refund.conversation.waiting_since is None


def test_declined_nothing_is_given(refund, sam):
    answer(refund, sam, outcome="declined", kind="decline", amount=Decimal(90), currency="EUR")
    assert decision_of(refund)["outcome"] == "declined"
    assert set(Interaction.objects.values_list("kind", flat=True)) == {"refund_request", "decline"}
    refund.conversation.refresh_from_db()
    assert refund.conversation.waiting_since is None


def test_the_same_answer_twice_is_one_and_another_is_refused(refund, sam):
    for _ in range(2):
        answer(refund, sam, outcome="in_part", amount=Decimal(40), currency="EUR")
    with pytest.raises(ActionRefused, match="decided already: granted in part"):
        answer(refund, sam, outcome="declined", ref="second", kind="decline")
    assert Interaction.objects.count() == 3


def test_a_gesture_is_out_of_the_givers_budget_or_nothing_of_it_happens(refund, sam):
    GoodwillBudget.objects.create(amount=50)
    with pytest.raises(ActionRefused, match=r"You have 50\.00 EUR left"):
        answer(refund, sam, amount=Decimal(90), currency="EUR", as_gesture=True)
    assert Interaction.objects.get() == refund
    refund.refresh_from_db()
    assert decision_of(refund) is None
    answer(refund, sam, amount=Decimal(45), currency="EUR", as_gesture=True, outcome="in_part")
    assert Interaction.objects.get(kind="gesture").author == sam


def test_a_message_can_ask_for_an_exception(ada, sam):
    asked = happens(ada, "message", at=NOON, body="Could I hand it in in June?")
    assert not asks_for_decision(asked)
    with pytest.raises(ActionRefused, match="nothing to decide"):
        answer(asked, sam)
    ask_for_exception(asked, by=sam)
    assert (asked.kind, asks_for_decision(asked)) == ("request", True)
    answer(asked, sam)
    assert decision_of(asked)["outcome"] == "granted"
    with pytest.raises(ActionRefused, match="Only a message of theirs"):
        ask_for_exception(Interaction.objects.get(direction="outbound"), by=sam)


def test_what_is_no_request_any_more_is_not_decided(refund, sam):
    mark_entry(refund, kind="message", by=sam)
    with pytest.raises(ActionRefused, match="nothing to decide"):
        answer(refund, sam)


def test_what_is_at_stake_is_said_until_it_is_decided(refund, sam):
    set_stake(refund, amount=Decimal(120), currency="EUR", by=sam)
    assert refund.amount == 120
    set_stake(refund, amount=None, currency="EUR", by=sam)
    assert (refund.amount, refund.currency) == (None, "")
    answer(refund, sam, outcome="declined", kind="decline")
    with pytest.raises(ActionRefused, match="decided already"):
        set_stake(refund, amount=Decimal(1), currency="EUR", by=sam)


def test_what_its_source_says_later_takes_no_decision_away(ada, sam):
    said = {
        "type": "interaction", "ref": "shop:r", "customer": ada.ref, "channel": "web", "direction": "inbound",
        "kind": "request", "occurred_at": "2026-01-14T12:00:00Z",
    }  # fmt: skip
    import_records([said | {"payload": {"order": 1}}], at=NOON)
    asked = Interaction.objects.get()
    ask_for_exception(asked, by=sam)
    answer(asked, sam)
    decision = decision_of(asked)
    assert import_records([said | {"payload": {"order": 2}}], at=NOON).updated == {"interaction": 1}
    asked.refresh_from_db()
    assert asked.payload == {"order": 2, "exception": True, "decision": decision}
    assert import_records([said | {"payload": {"order": 2}}], at=NOON).unchanged == {"interaction": 1}
    with pytest.raises(ActionRefused, match="decided already"):
        answer(asked, sam, ref="second", amount=Decimal(90), currency="EUR")


@pytest.mark.parametrize(
    "theirs", ["approved", {"outcome": "maybe", "on": "2026-01-01", "answer": "crm:1"}, ["granted"], None]
)
def test_what_another_system_calls_a_decision_decides_nothing_here(refund, theirs):
    refund.payload = {"decision": theirs}
    refund.save()
    assert decision_of(refund) is None
    assert Interaction.objects.filter(UNDECIDED).get() == refund
