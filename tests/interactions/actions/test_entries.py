"""Editing, marking and pinning what stands on the timeline."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.entries import MARKS, edit_entry, mark_entry, pin_entry
from interactions.actions.record import Entry
from interactions.errors import ActionRefused
from interactions.models import Conversation, Interaction, Outgoing
from interactions.permissions import may_delete, may_edit
from partnership.scoring.models import RuleSet, StaleScore
from partnership.staff.models import Firm, User
from tests.factories import ConversationFactory, CustomerFactory, FirmFactory, UserFactory, goal, happens, promise
from tests.strategies import DAY, NOON, customer_with, fetch_scores, histories, rolled_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Firm:
    return FirmFactory(timezone="Europe/Berlin")


@pytest.fixture
def sam(firm: Firm) -> User:
    return UserFactory(name="Sam")


@pytest.fixture
def ada(firm: Firm) -> Customer:
    return CustomerFactory(name="Ada")


def earlier(row: Interaction) -> Any:
    return apps.get_model("interactions", "InteractionEvent").objects.filter(pgh_obj_id=row.pk).order_by("pgh_id")


def sent(row: Interaction, status: str) -> Outgoing:
    return Outgoing.objects.create(
        interaction=row, to=["ada@example.org"], message_id=f"{row.pk}@ours.example", queued_at=NOON, status=status,
        sent_at=NOON if status == "sent" else None,
    )  # fmt: skip


def test_an_edit_keeps_the_earlier_text_and_drops_the_html_that_shows_it(ada: Customer, sam: User) -> None:
    row = happens(ada, "message", at=NOON, subject="Hello", body="Teh plan", html="<p>Teh plan</p>", source="mail")
    StaleScore.objects.all().delete()
    edit_entry(row, by=sam, subject="Hello", body="The plan", minutes=5)
    assert (row.body, row.html, row.minutes) == ("The plan", "", 5)
    assert earlier(row).values_list("body", "html", "minutes").get() == ("Teh plan", "<p>Teh plan</p>", None)
    assert StaleScore.objects.filter(customer_id=ada.pk).exists()


def test_our_own_markdown_is_made_into_html_anew(ada: Customer, sam: User) -> None:
    row = happens(ada, "note", at=NOON, direction="internal", by=sam, body="*One*", html="<p><em>One</em></p>")
    edit_entry(row, by=sam, body="**Two** <script>")
    assert row.html == "<p><strong>Two</strong> &lt;script&gt;</p>"


def test_what_leaves_the_text_alone_leaves_its_html(ada: Customer, sam: User) -> None:
    row = happens(ada, "purchase", at=NOON, body="The plan", html="<p>The plan</p>")
    edit_entry(row, by=sam, body="The plan", amount=Decimal("12.50"), currency="EUR")
    assert (row.html, row.amount, row.currency) == ("<p>The plan</p>", Decimal("12.50"), "EUR")


def test_another_moment_moves_its_day_and_the_thread(ada: Customer, sam: User) -> None:
    thread = ConversationFactory(customer=ada)
    row = happens(ada, "message", at=NOON, conversation_id=thread.pk)
    edit_entry(row, by=sam, occurred_at=NOON.replace(hour=23) - timedelta(days=3))
    thread.refresh_from_db()
    assert row.occurred_on == date(2026, 1, 13)  # past midnight in Berlin
    assert thread.waiting_since == thread.last_interaction_at == row.occurred_at


@pytest.mark.parametrize(("status", "changes"), [("queued", False), ("sent", False), ("failed", True)])
def test_what_was_sent_stays_as_it_was_sent(ada: Customer, sam: User, status: str, changes: bool) -> None:
    row = happens(ada, "message", at=NOON, direction="outbound", by=sam, body="Dear Ada")
    sent(row, status)
    for fields in ({"body": "Dear Ben"}, {"minutes": 4}):
        if changes:
            edit_entry(row, by=sam, **fields)
        else:
            with pytest.raises(ActionRefused, match="Write a new reply"):
                edit_entry(row, by=sam, **fields)
    row.refresh_from_db()
    assert (row.body, row.minutes) == (("Dear Ben", 4) if changes else ("Dear Ada", None))


def test_a_mail_of_ours_that_was_imported_stays_as_it_was_sent(ada: Customer, sam: User) -> None:
    row = happens(ada, "message", at=NOON, direction="outbound", source="mailbox", external_id="1", body="Dear Ada")
    with pytest.raises(ActionRefused, match="Write a new reply"):
        edit_entry(row, by=sam, body="Dear Ben")


def test_rows_of_promises_and_goals_are_changed_there(ada: Customer, sam: User) -> None:
    promised = promise(ada, "Call", at=NOON, due_on=None, by=sam).interactions.get()
    wanted = goal(ada, "Ten clients", at=NOON, by=sam).interactions.get()
    for row, where in ((promised, "Change the promise itself"), (wanted, "Change the goal itself")):
        with pytest.raises(ActionRefused, match=where):
            edit_entry(row, by=sam, body="Something else")


def test_an_edit_of_what_is_gone_says_so(ada: Customer, sam: User) -> None:
    row = happens(ada, "note", at=NOON)
    Interaction.objects.all().delete()
    with pytest.raises(ActionRefused, match="was deleted"):
        edit_entry(row, by=sam, body="Too late")


def test_marking_says_what_a_message_is_and_can_be_taken_back(ada: Customer, sam: User) -> None:
    row = happens(ada, "message", at=NOON)
    StaleScore.objects.all().delete()
    mark_entry(row, kind="complaint", by=sam)
    row.refresh_from_db()
    assert row.kind == "complaint"
    assert StaleScore.objects.count() == 1
    mark_entry(row, kind="complaint", by=sam)
    assert earlier(row).count() == StaleScore.objects.count() == 1
    mark_entry(row, kind="message", by=sam)
    row.refresh_from_db()
    assert row.kind == "message"


@pytest.mark.parametrize(
    ("kind", "direction", "to"),
    [("message", "outbound", "question"), ("call", "inbound", "question"), ("message", "inbound", "purchase")],
)
def test_nothing_else_is_marked(ada: Customer, sam: User, kind: str, direction: str, to: str) -> None:
    row = happens(ada, kind, at=NOON, direction=direction)
    with pytest.raises(ActionRefused, match="Only a message of theirs"):
        mark_entry(row, kind=to, by=sam)
    row.refresh_from_db()
    assert row.kind == kind


def test_pinning(ada: Customer, sam: User) -> None:
    row = happens(ada, "note", at=NOON)
    for pinned in (True, True, False):
        pin_entry(row, pinned=pinned, by=sam)
        assert Interaction.objects.get().pinned is pinned
    assert earlier(row).count() == 2


@given(history=histories(most=8), kind=st.sampled_from(sorted(MARKS)), ago=st.integers(0, 300))
def test_marking_and_taking_it_back_returns_the_score(history: list[Entry], kind: str, ago: int) -> None:
    with rolled_back():
        customer = customer_with(history)
        thread = Conversation.objects.create(customer=customer, channel="email")
        row = happens(customer, "message", at=NOON - timedelta(days=ago), conversation_id=thread.pk)
        thread.refresh_from_db()
        sam, rules = UserFactory(), RuleSet.objects.active()
        before, waiting = fetch_scores(rules, customer, day=DAY), thread.waiting_since
        mark_entry(row, kind=kind, by=sam)
        thread.refresh_from_db()
        assert thread.waiting_since == waiting == row.occurred_at
        mark_entry(row, kind="message", by=sam)
        assert fetch_scores(rules, customer, day=DAY) == before


@pytest.mark.parametrize(
    ("row", "whose", "edits", "deletes"),
    [
        ("own", "author", True, True),
        ("own", "owner", False, False),
        ("own", "manager", True, True),
        ("own", "other", False, False),
        ("inbound", "owner", False, True),
        ("inbound", "manager", True, True),
        ("inbound", "other", False, False),
        ("imported", "author", True, False),
        ("imported", "owner", False, True),
        ("imported", "manager", True, True),
    ],
)
def test_who_may(ada: Customer, row: str, whose: str, edits: bool, deletes: bool) -> None:
    people = {who: UserFactory() for who in ("author", "owner", "other")}
    people["manager"] = UserFactory(role="manager")
    ada.owner = people["owner"]
    ada.save()
    about: dict[str, Any] = {
        "own": {"direction": "outbound", "by": people["author"]},
        "inbound": {},
        "imported": {"direction": "outbound", "by": people["author"], "source": "mail"},
    }[row]
    entry = happens(ada, "message", at=NOON, **about)
    assert (may_edit(people[whose], entry), may_delete(people[whose], entry)) == (edits, deletes)
