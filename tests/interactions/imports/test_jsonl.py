"""JSON Lines in: what goes in, what is refused and why, and what a second delivery changes."""

import gzip
import json
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import CheckIn, Commitment, ContactPoint, Customer, Goal
from customers.signals import history_changed
from interactions.actions.conversations import close_conversation, reopen_conversation
from interactions.imports import history, jsonl
from interactions.imports.history import Summary
from interactions.imports.interchange.lines import UnreadableInputError
from interactions.models import Conversation, Interaction, Settlement
from partnership.staff.models import Firm, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2024, 6, 1, 12, tzinfo=UTC)

SAM = {"type": "staff", "ref": "crm:sam", "email": "sam@ourfirm.example", "name": "Sam Reyes", "roles": ["support"]}
ADA = {"type": "customer", "ref": "crm:42", "name": "Ada Okafor"}
ACME = {"type": "customer", "ref": "crm:7", "kind": "organisation", "name": "Acme"}
THREAD = {"type": "conversation", "ref": "crm:t1", "customer": "crm:42", "channel": "email"}
FILE = {"type": "attachment", "ref": "crm:a1", "interaction": "crm:i1", "name": "plan.txt", "content": "aGVsbG8="}
GOAL = {"type": "goal", "ref": "crm:g1", "customer": "crm:42", "title": "Ten clients", "set_at": "2024-01-02T09:00:00Z"}
PROMISE = {
    "type": "commitment",
    "ref": "crm:c1",
    "customer": "crm:42",
    "party": "them",
    "what": "Interview five prospects",
    "made_at": "2024-03-01T09:00:00Z",
}
WORD = {
    "type": "interaction",
    "ref": "crm:i1",
    "customer": "crm:42",
    "occurred_at": "2024-03-08T18:20:00Z",
    "channel": "email",
    "direction": "inbound",
    "kind": "message",
}


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "media"


def imported(path: Path, *records: Any, **options: Any) -> Summary:
    """Import these records, or raw lines of bytes, as one file."""
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in records]
    file = path / "history.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")
    return history.import_files([file], at=options.pop("at", AT), **options)


def refusals(summary: Summary) -> list[dict[str, Any]]:
    assert summary.refusals_file
    return [json.loads(line) for line in Path(summary.refusals_file).read_text().splitlines()]


def reason_for(path: Path, *records: Any) -> str:
    """Why the last of these records is refused, the others being taken."""
    summary = imported(path, *records)
    assert summary.refused == 1, summary
    (refused,) = refusals(summary)
    last = records[-1]
    assert refused["line"] == len(records)
    assert refused["text"] == (last.decode(errors="backslashreplace") if isinstance(last, bytes) else json.dumps(last))
    assert sum(summary.created.values()) == len(records) - 1
    return str(refused["reason"])


# What goes in


def test_every_type_in_any_order(tmp_path: Path) -> None:
    reading = {"type": "check_in", "ref": "crm:r1", "goal": "crm:g1", "value": 3.5, "at": "2024-02-01T10:00:00Z"}
    thread = {**THREAD, "subject": "Hello"}
    word = {**WORD, "conversation": "crm:t1", "author": "sam@ourfirm.example", "goal": "crm:g1", "commitment": "crm:c1"}
    person = {**ADA, "organisation": "crm:7", "introduced_by": "crm:7", "owner": "crm:sam", "since": "2024-01-15"}

    summary = imported(tmp_path, FILE, word, reading, PROMISE, thread, GOAL, person, ACME, SAM)

    assert (summary.refused, summary.read) == (0, 9)
    types = ("staff", "goal", "commitment", "conversation", "check_in", "interaction", "attachment")
    assert summary.created == {"customer": 2, **dict.fromkeys(types, 1)}
    ada = Customer.objects.get(external_id="42")
    assert (ada.organisation.name, ada.introduced_by.name, ada.owner.name) == ("Acme", "Acme", "Sam Reyes")
    row = Interaction.objects.get(external_id="i1")
    assert row.conversation.subject == "Hello"
    assert row.goal.current == CheckIn.objects.get().value
    with row.attachments.get().file as kept:
        assert kept.read() == b"hello"
    assert User.objects.get().roles == {"support"}
    kinds = Interaction.objects.order_by("occurred_at").values_list("kind", flat=True)
    assert list(kinds) == ["goal_set", "check_in", "commitment_made", "message"]


def test_gzip_blank_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl.gz"
    file.write_bytes(
        gzip.compress(b"\xef\xbb\xbf" + json.dumps(ADA).encode() + b"\r\n\r\n" + json.dumps(WORD).encode())
    )
    assert history.import_files([file], at=AT).created == {"customer": 1, "interaction": 1}


def test_several_files_are_one_import(tmp_path: Path) -> None:
    for name, record in (("a.jsonl", WORD), ("b.jsonl", ADA)):
        (tmp_path / name).write_text(json.dumps(record))
    assert history.import_files([tmp_path / "a.jsonl", tmp_path / "b.jsonl"], at=AT).refused == 0


def test_records_at_hand(tmp_path: Path) -> None:
    assert history.import_records(iter([WORD, ADA]), at=AT).created == {"customer": 1, "interaction": 1}


def test_a_time_without_an_offset_is_the_firms(tmp_path: Path) -> None:
    Firm.objects.create(name="Ours", timezone="Asia/Tokyo")
    summary = imported(
        tmp_path, ADA, {**WORD, "occurred_at": "2024-03-09T01:00:00"}, {**PROMISE, "made_at": "2024-03-01"}
    )
    assert summary.times_without_offset == 2
    row = Interaction.objects.get(external_id="i1")
    assert row.occurred_at == datetime(2024, 3, 8, 16, tzinfo=UTC)
    assert row.occurred_on == date(2024, 3, 9)


def test_customers_whose_history_changed_are_told_of(tmp_path: Path) -> None:
    told: list[int] = []

    def listen(*, customer_ids: Any, **_: Any) -> None:
        told.extend(customer_ids)

    history_changed.connect(listen)
    try:
        summary = imported(tmp_path, ADA, ACME, WORD)
    finally:
        history_changed.disconnect(listen)
    assert set(told) == summary.customers == set(Customer.objects.values_list("pk", flat=True))


# Promises and goals


@pytest.mark.parametrize(
    ("outcome", "kinds", "days_late"),
    [
        ({"status": "kept", "closed_at": "2024-03-08T18:20:00Z"}, ["made", "kept"], None),
        ({"status": "kept", "closed_at": "2024-03-12T18:20:00Z"}, ["made", "missed", "kept"], 2),
        ({"status": "missed"}, ["made", "missed"], None),
        ({"status": "released", "closed_at": "2024-03-05T18:20:00Z"}, ["made", "released"], None),
        ({}, ["made", "missed"], None),
    ],
)
def test_a_promise_writes_its_rows(tmp_path: Path, outcome: dict, kinds: list[str], days_late: int | None) -> None:
    imported(tmp_path, ADA, {**PROMISE, "due_on": "2024-03-10", **outcome})
    rows = list(Interaction.objects.order_by("occurred_at"))
    assert [row.external_id for row in rows] == [f"c1/{kind}" for kind in kinds]
    assert rows[-1].payload.get("days_late") == days_late
    if "missed" in kinds:
        assert rows[1].occurred_at == datetime(2024, 3, 11, tzinfo=UTC)


def test_an_open_promise_that_is_not_due_stays_open(tmp_path: Path) -> None:
    imported(tmp_path, ADA, {**PROMISE, "due_on": "2024-06-01"})
    assert Commitment.objects.get().status == "open"


def test_correcting_a_promise_withdraws_the_row_that_no_longer_holds(tmp_path: Path) -> None:
    imported(tmp_path, ADA, {**PROMISE, "due_on": "2024-03-10", "status": "missed"})
    kept = {
        **PROMISE,
        "due_on": "2024-03-10",
        "status": "kept",
        "closed_at": "2024-03-09T10:00:00Z",
        "what": "Interview six",
    }
    summary = imported(tmp_path, ADA, kept)
    assert summary.updated == {"commitment": 1}
    rows = Interaction.objects.order_by("occurred_at").values_list("external_id", "subject")
    assert list(rows) == [("c1/made", "Interview six"), ("c1/kept", "Interview six")]


def test_a_promise_that_the_source_gives_more_time_is_open_again(tmp_path: Path) -> None:
    imported(tmp_path, ADA, {**PROMISE, "due_on": "2024-03-10"})
    assert Commitment.objects.get().status == "missed"
    imported(tmp_path, ADA, {**PROMISE, "due_on": "2024-07-10"})
    assert Commitment.objects.get().status == "open"
    assert [row.external_id for row in Interaction.objects.all()] == ["c1/made"]


def test_an_interaction_record_upserts_a_derived_row(tmp_path: Path) -> None:
    row = {**WORD, "ref": "crm:c1/made", "kind": "commitment_made", "channel": "internal", "body": "On the phone"}
    imported(tmp_path, ADA, PROMISE, row)
    written = Interaction.objects.get()
    assert (written.body, written.commitment.external_id) == ("On the phone", "c1")


def test_a_reading_is_the_goals_current_value_unless_its_record_says_so(tmp_path: Path) -> None:
    reading = {"type": "check_in", "ref": "crm:r1", "goal": "crm:g1", "value": 3, "at": "2024-02-01T10:00:00Z"}
    imported(tmp_path, ADA, {**GOAL, "current": 5}, reading)
    assert Goal.objects.get().current == 5
    imported(tmp_path, {**reading, "ref": "crm:r2", "value": 6, "at": "2024-03-01T10:00:00Z"})
    assert Goal.objects.get().current == 6


# Delivered again


def test_i8_delivered_twice_counted_once(tmp_path: Path) -> None:
    records = [SAM, ADA, ACME, GOAL, PROMISE, WORD]
    imported(tmp_path, *records)
    before = list(Interaction.objects.order_by("pk").values())
    summary = imported(tmp_path, *records)
    assert (summary.created, summary.updated) == ({}, {})
    assert sum(summary.unchanged.values()) == len(records)
    assert list(Interaction.objects.order_by("pk").values()) == before


def test_what_staff_edited_stays_until_the_source_changes_its_word(tmp_path: Path) -> None:
    imported(tmp_path, {**ADA, "about": "Baker", "role": "founder"})
    Customer.objects.update(about="Baker and cook", role="chair")
    assert imported(tmp_path, {**ADA, "about": "Baker", "role": "founder"}).unchanged == {"customer": 1}
    assert Customer.objects.get().about == "Baker and cook"

    assert imported(tmp_path, {**ADA, "about": "Baker", "role": "director"}).updated == {"customer": 1}
    ada = Customer.objects.get()
    assert (ada.about, ada.role) == ("Baker and cook", "director")


def test_a_renewal_is_one_word_of_its_source(tmp_path: Path) -> None:
    first = {**ADA, "renews_on": "2025-01-31", "renewal_amount": 1200}
    imported(tmp_path, first)
    Customer.objects.update(renews_on=date(2025, 2, 1), renewal_amount=Decimal("50.00"))
    assert imported(tmp_path, first).unchanged == {"customer": 1}
    ada = Customer.objects.get()
    assert (ada.renews_on, ada.renewal_amount) == (date(2025, 2, 1), Decimal(50))
    imported(tmp_path, {**first, "renewal_amount": 0})
    ada.refresh_from_db()
    assert (ada.renews_on, ada.renewal_amount) == (date(2025, 1, 31), Decimal(0))
    imported(tmp_path, ADA)
    ada.refresh_from_db()
    assert (ada.renews_on, ada.renewal_amount) == (None, None)


def test_a_field_left_out_takes_the_word_back(tmp_path: Path) -> None:
    imported(tmp_path, {**ADA, "about": "Baker", "preferred_name": "Ada"})
    Customer.objects.update(language="en")
    imported(tmp_path, ADA)
    ada = Customer.objects.get()
    assert (ada.about, ada.preferred_name, ada.language) == ("", "", "en")


def test_long_texts_are_compared_though_not_kept_twice(tmp_path: Path) -> None:
    text = "word " * 100
    imported(tmp_path, ADA, {**WORD, "body": text})
    assert text not in json.dumps(Interaction.objects.get().source_snapshot)
    assert imported(tmp_path, ADA, {**WORD, "body": text}).updated == {}
    assert imported(tmp_path, ADA, {**WORD, "body": text + "more"}).updated == {"interaction": 1}


def test_a_row_born_here_takes_what_a_record_states(tmp_path: Path) -> None:
    ada = Customer.objects.create(name="Ada", about="Baker", language="en")
    summary = imported(tmp_path, {"type": "customer", "ref": ada.ref, "name": "Ada Okafor", "about": "Baker"})
    ada.refresh_from_db()
    assert summary.updated == {"customer": 1}
    assert (ada.name, ada.sort_key, ada.language) == ("Ada Okafor", "ada okafor", "en")


def test_the_later_of_two_in_one_file_wins(tmp_path: Path) -> None:
    summary = imported(tmp_path, ADA, {**ADA, "name": "Ada Lovelace"}, ADA | {"name": "Ada King"})
    assert (summary.created, summary.updated) == ({"customer": 1}, {"customer": 2})
    assert Customer.objects.get().name == "Ada King"


def test_an_interaction_that_moves_to_another_customer_changes_both(tmp_path: Path) -> None:
    imported(tmp_path, ADA, ACME, {**WORD, "conversation": "crm:t1"})
    summary = imported(tmp_path, {**WORD, "customer": "crm:7", "occurred_at": "2024-05-01T23:00:00-05:00"})
    assert summary.updated == {"interaction": 1}
    assert summary.customers == set(Customer.objects.values_list("pk", flat=True))
    row = Interaction.objects.get()
    assert (row.customer.name, row.conversation, row.occurred_on) == ("Acme", None, date(2024, 5, 2))
    assert Conversation.objects.get().waiting_since is not None or not Conversation.objects.get().interactions.exists()


# Who is meant


def test_via_finds_the_customer_by_contact_point_or_makes_one(tmp_path: Path) -> None:
    point = {"kind": "email", "value": "ada@example.org"}
    words = [
        {**WORD, "ref": f"chat:{number}", "customer": None, "via": {"kind": "email", "value": value}}
        for number, value in enumerate(["ADA@example.org", "ben@example.org", "Ben@Example.org"])
    ]
    summary = imported(tmp_path, *words, {**ADA, "contact_points": [point]})
    assert summary.refused == 0
    assert list(Customer.objects.order_by("pk").values_list("name", "source", "external_id")) == [
        ("Ada Okafor", "crm", "42"),
        ("ben@example.org", "chat", "email:ben@example.org"),
    ]
    assert Customer.objects.get(source="chat").interactions.count() == 2
    assert imported(tmp_path, *words).unchanged == {"interaction": 3}


def test_refs_and_points_of_a_merged_customer_mean_the_survivor(tmp_path: Path) -> None:
    other = {**ADA, "ref": "shop:9", "contact_points": [{"kind": "phone", "value": "+49 30 23125 001"}]}
    imported(tmp_path, ADA, other)
    ada = Customer.objects.get(source="crm")
    Customer.objects.filter(source="shop").update(merged_into=ada)
    imported(
        tmp_path,
        {**WORD, "customer": "shop:9"},
        {**WORD, "ref": "crm:i2", "customer": None, "via": {"kind": "phone", "value": "+493023125001"}},
    )
    assert ada.interactions.count() == 2


def test_a_ref_in_also_means_the_customer(tmp_path: Path) -> None:
    imported(tmp_path, {**ADA, "also": ["shop:9"]}, {**WORD, "customer": "shop:9"})
    assert Customer.objects.get().interactions.count() == 1


def test_points_that_the_source_gives_no_longer_go_and_those_of_staff_stay(tmp_path: Path) -> None:
    imported(tmp_path, {**ADA, "contact_points": [{"kind": "email", "value": "ada@example.org"}]})
    ContactPoint.objects.create(customer=Customer.objects.get(), kind="phone", value="+49 30 23125 001")
    imported(tmp_path, {**ADA, "contact_points": [{"kind": "email", "value": "okafor@example.org"}]})
    assert list(ContactPoint.objects.values_list("normalised", flat=True)) == ["okafor@example.org", "+493023125001"]


# Conversations


def test_a_conversation_without_a_record_is_about_its_first_message(tmp_path: Path) -> None:
    later = {
        **WORD,
        "ref": "crm:i2",
        "conversation": "crm:t1",
        "subject": "Re: Hello",
        "occurred_at": "2024-03-09T10:00:00Z",
    }
    imported(tmp_path, ADA, later, {**WORD, "conversation": "crm:t1", "subject": "Hello"})
    thread = Conversation.objects.get()
    assert (thread.subject, thread.status, thread.interactions.count()) == ("Hello", "closed", 2)


def test_what_was_joined_leads_on_however_it_is_told(tmp_path: Path) -> None:
    first = {**THREAD, "ref": "crm:t1", "joined_into": "crm:t2"}
    second = {**THREAD, "ref": "crm:t2", "joined_into": "crm:t3"}
    last = {**THREAD, "ref": "crm:t3"}
    imported(tmp_path, ADA, first, second, last, {**WORD, "conversation": "crm:t1"})
    into = dict(Conversation.objects.values_list("external_id", "joined_into__external_id"))
    assert into == {"t1": "t3", "t2": "t3", "t3": None}
    assert Interaction.objects.get().conversation.external_id == "t3"
    assert Conversation.objects.get(external_id="t1").status == "closed"
    imported(tmp_path, {**THREAD, "ref": "crm:t1"})
    assert Conversation.objects.get(external_id="t1").joined_into is None


@pytest.mark.parametrize(
    ("joined_into", "reason"),
    [("crm:t404", "appears nowhere"), ("crm:t1", "leads back to the conversation itself"), ("crm:t7", "of another")],
)
def test_what_cannot_be_joined_is_refused(tmp_path: Path, joined_into: str, reason: str) -> None:
    other = {**THREAD, "ref": "crm:t7", "customer": "crm:7"}
    summary = imported(tmp_path, ADA, ACME, other, {**THREAD, "joined_into": joined_into})
    assert summary.refused == 1
    assert reason in Path(summary.refusals_file or "").read_text()


def test_a_department_and_why_it_is_snoozed(tmp_path: Path) -> None:
    until = {"status": "snoozed", "snoozed_until": "2024-07-01T00:00:00Z"}
    imported(tmp_path, ADA, {**THREAD, **until, "snooze_reason": "Travels", "department": "Law"})
    thread = Conversation.objects.get()
    assert (thread.department.name, thread.snooze_reason) == ("Law", "Travels")
    imported(tmp_path, {**THREAD, "status": "closed", "department": "Tax"})
    thread.refresh_from_db()
    assert (thread.department.name, thread.snooze_reason) == ("Tax", "")
    refused = imported(tmp_path, {**THREAD, "status": "open", "snooze_reason": "Travels"})
    assert "goes with the status snoozed" in Path(refused.refusals_file or "").read_text()


def test_without_a_moment_it_is_snoozed_until_they_answer(tmp_path: Path) -> None:
    imported(tmp_path, ADA, {**THREAD, "status": "snoozed"})
    thread = Conversation.objects.get()
    assert (thread.status, thread.snoozed_until) == ("snoozed", None)


@pytest.mark.parametrize(("age", "stated", "status"), [(13, None, "open"), (15, None, "closed"), (15, "open", "open")])
def test_old_conversations_arrive_closed(tmp_path: Path, age: int, stated: str | None, status: str) -> None:
    thread = {**THREAD, "status": stated}
    word = {**WORD, "conversation": "crm:t1", "occurred_at": (AT - timedelta(days=age)).isoformat()}
    imported(tmp_path, ADA, thread, word)
    assert Conversation.objects.get().status == status


FRESH = {**WORD, "occurred_at": "2024-05-30T10:00:00Z", "subject": "The offer"}


def test_a_fresh_message_without_a_conversation_waits_in_its_own(tmp_path: Path) -> None:
    for _ in range(2):  # delivered again, it changes nothing
        imported(tmp_path, ADA, FRESH)
        thread = Conversation.objects.get()
        assert (thread.ref, thread.subject, thread.channel) == ("crm:i1/conversation", "The offer", "email")
        assert (thread.status, thread.waiting_since) == ("open", datetime(2024, 5, 30, 10, tzinfo=UTC))
    close_conversation(thread, answered="not_needed", by=UserFactory(), at=AT)
    assert imported(tmp_path, FRESH).unchanged == {"interaction": 1}
    thread.refresh_from_db()
    assert (thread.status, thread.waiting_since) == ("closed", None)
    assert not Interaction.objects.get().events.exists(), "nobody changed what was written"


@pytest.mark.parametrize(
    "more",
    [
        {"occurred_at": "2024-05-17T10:00:00Z"}, {"kind": "call", "channel": "call"}, {"kind": "praise"},
        {"direction": "outbound"}, {"channel": "meeting"}, {"channel": "billing"}, {"payload": {"auto_reply": True}},
    ],
)  # fmt: skip
def test_what_asks_for_no_written_answer_gets_no_conversation(tmp_path: Path, more: dict[str, Any]) -> None:
    imported(tmp_path, ADA, {**FRESH, **more})
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ({}, False),
        ({"channel": "sms"}, True),
        ({"payload": {"not_sent": True}}, True),
        ({"conversation": "crm:t1"}, True),
    ],
)
def test_a_message_that_was_answered_without_a_conversation_gets_none(
    tmp_path: Path, more: dict[str, Any], waits: bool
) -> None:
    answer = {**FRESH, "ref": "crm:i2", "direction": "outbound", "occurred_at": "2024-05-30T11:00:00Z", **more}
    imported(tmp_path, ADA, FRESH, answer)
    assert Conversation.objects.filter(waiting_since__isnull=False).exists() == waits


def test_what_changes_in_a_message_leaves_it_in_its_own_conversation(tmp_path: Path) -> None:
    firm = {**FRESH, "customer": "crm:7"}
    imported(tmp_path, ADA, ACME, firm)
    later = AT + timedelta(days=90)
    assert imported(tmp_path, {**firm, "person": "crm:42"}, at=later).updated == {"interaction": 1}
    row = Interaction.objects.get()
    assert (row.person.name, row.conversation.external_id) == ("Ada Okafor", "i1/conversation")
    imported(tmp_path, FRESH)
    row.refresh_from_db()
    assert row.conversation.ref == "crm:i1/conversation#crm:42", "as it is another customer's now"
    imported(tmp_path, THREAD, {**FRESH, "conversation": "crm:t1"})
    row.refresh_from_db()
    assert row.conversation.ref == "crm:t1"


def test_many_fresh_messages_take_as_many_statements_as_one(tmp_path: Path, django_assert_max_num_queries) -> None:
    with CaptureQueriesContext(connection) as one:
        imported(tmp_path, ADA, FRESH)
    many = [{**FRESH, "ref": f"crm:more{number}"} for number in range(60)]
    with django_assert_max_num_queries(len(one)):
        imported(tmp_path, ADA, *many)
    assert Conversation.objects.filter(waiting_since__isnull=False).count() == 61


SETTLED = {
    "type": "settlement",
    "ref": "crm:s1",
    "conversation": "crm:t1",
    "at": "2024-03-09T10:00:00Z",
    "by": "sam@ourfirm.example",
    "answered": "not_needed",
}


def settlements() -> list[tuple[object, ...]]:
    return list(Settlement.objects.values_list("external_id", "answered", "reason", "by__name").order_by("at"))


def test_what_arrives_closed_on_their_word_is_settled_by_nobody(tmp_path: Path) -> None:
    """No answer is invented, and it waits no longer; a new question waits for itself alone."""
    for _ in range(2):  # delivered again, it changes nothing
        imported(tmp_path, ADA, {**THREAD, "status": "closed"}, {**WORD, "conversation": "crm:t1"})
        assert settlements() == [("t1/closed", "without", "Closed before it was imported.", None)]
        thread = Conversation.objects.get()
        assert (thread.status, thread.waiting_since) == ("closed", None)


def test_what_arrives_closed_on_our_word_needs_no_settlement(tmp_path: Path) -> None:
    imported(tmp_path, ADA, {**THREAD, "status": "closed"}, {**WORD, "conversation": "crm:t1", "direction": "outbound"})
    assert settlements() == []


def test_what_arrives_closed_with_its_settlement_keeps_that_one(tmp_path: Path) -> None:
    records = (SAM, ADA, {**THREAD, "status": "closed"}, {**WORD, "conversation": "crm:t1"}, SETTLED)
    imported(tmp_path, *records)
    assert settlements() == [("s1", "not_needed", "", "Sam Reyes")]
    assert Conversation.objects.get().waiting_since is None
    imported(tmp_path, {**SETTLED, "answered": "without", "reason": "Spam"})
    assert settlements() == [("s1", "without", "Spam", "Sam Reyes")]


def test_a_settlement_that_was_taken_back_here_does_not_return(tmp_path: Path) -> None:
    records = (SAM, ADA, {**THREAD, "status": "closed"}, {**WORD, "conversation": "crm:t1"}, SETTLED)
    imported(tmp_path, *records)
    thread = Conversation.objects.get()
    reopen_conversation(thread, by=User.objects.get(), at=AT)
    assert imported(tmp_path, *records).unchanged["settlement"] == 1
    thread.refresh_from_db()
    assert (thread.status, thread.waiting_since) == ("open", datetime(2024, 3, 8, 18, 20, tzinfo=UTC))
    assert settlements() == []


def test_a_settlement_arrives_after_its_conversation(tmp_path: Path) -> None:
    imported(tmp_path, SAM, ADA, {**THREAD, "status": "open"}, {**WORD, "conversation": "crm:t1"})
    imported(tmp_path, SETTLED)
    assert Conversation.objects.get().waiting_since is None
    refused = imported(tmp_path, {**SETTLED, "answered": "without"})
    assert "reason is missing: say why" in Path(refused.refusals_file or "").read_text()
    imported(tmp_path, {**SETTLED, "at": "2024-03-08T10:00:00Z"})  # before the message
    assert Conversation.objects.get().waiting_since == datetime(2024, 3, 8, 18, 20, tzinfo=UTC)


def test_a_message_of_today_is_not_settled_by_an_import(tmp_path: Path) -> None:
    """It is not the newest entry: that is a note."""
    imported(tmp_path, ADA, {**THREAD, "status": "closed"}, {**WORD, "conversation": "crm:t1"})
    today = {**WORD, "conversation": "crm:t1", "occurred_at": "2024-06-01T10:00:00Z"}
    note = {**today, "ref": "crm:i3", "kind": "note", "direction": "internal", "occurred_at": "2024-06-01T11:00:00Z"}
    imported(tmp_path, note)
    imported(tmp_path, {**today, "ref": "crm:i2"})
    thread = Conversation.objects.get()
    assert (thread.status, thread.waiting_since) == ("open", datetime(2024, 6, 1, 10, tzinfo=UTC))


def test_a_fresh_message_opens_a_conversation_that_arrived_closed(tmp_path: Path) -> None:
    imported(tmp_path, ADA, {**WORD, "conversation": "crm:t1"})
    imported(tmp_path, {**WORD, "ref": "crm:i2", "conversation": "crm:t1", "occurred_at": "2024-05-31T10:00:00Z"})
    thread = Conversation.objects.get()
    assert (thread.status, thread.waiting_since) == ("open", datetime(2024, 5, 31, 10, tzinfo=UTC))


def test_a_conversation_is_one_customers(tmp_path: Path) -> None:
    mine, theirs = (
        {**WORD, "conversation": "crm:t1"},
        {**WORD, "ref": "crm:i2", "customer": "crm:7", "conversation": "crm:t1"},
    )
    imported(tmp_path, ADA, ACME, mine, theirs)
    assert {(each.ref, each.customer.name) for each in Conversation.objects.all()} == {
        ("crm:t1", "Ada Okafor"),
        ("crm:t1#crm:7", "Acme"),
    }
    assert imported(tmp_path, ADA, ACME, mine, theirs).unchanged["interaction"] == 2


# What is refused


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{not json", "not JSON"),
        (b'"text"', "not a record"),
        (b"\xff\xfe{}", "not JSON"),
        (b'{"type": "customer", "ref": "crm:1", "name": "a\x00b"}', "not JSON"),
        ({"ref": "crm:1"}, "type is missing: known are attachment"),
        ({"type": "lead", "ref": "crm:1"}, "unknown type 'lead'"),
        ({"type": ["customer"], "ref": "crm:1"}, "unknown type"),
        ({"type": "customer", "name": "A"}, "ref is missing"),
        ({**ADA, "ref": "42"}, "ref '42' is not a ref: write source:external_id, such as crm:42"),
        ({**ADA, "ref": "crm:" + "x" * 800}, "too long"),
        ({**ADA, "ref": 42}, "ref must be text"),
        ({**ADA, "nickname": "A"}, "unknown field 'nickname'"),
        ({**ADA, "name": "A\x00B"}, "NUL"),
        ({**ADA, "attributes": {"a": ["\x00"]}}, "NUL"),
        ({**ADA, "name": ""}, "name"),
        ({**ADA, "name": "x" * 301}, "name is longer than 300 characters"),
        ({**ADA, "attributes": [1]}, "attributes must be an object"),
        (b'{"type":"customer","ref":"crm:1","name":"A","attributes":{"n":1e999}}', "too large"),
        ({**ADA, "since": "9999-01-01"}, "since: '9999-01-01' is outside the years 1900 to 2100"),
        ({**ADA, "since": "yesterday"}, "since: 'yesterday' is not a date"),
        ({**ADA, "renews_on": "soon"}, "renews_on: 'soon' is not a date"),
        ({**ADA, "renewal_amount": 5}, "renewal_amount without renews_on: add the day of the renewal"),
        ({**ADA, "renews_on": "2025-01-01", "renewal_amount": -1}, "renewal_amount input should be greater than"),
        (
            {**ADA, "renews_on": "2025-01-01", "renewal_amount": 1.234},
            "renewal_amount decimal input should",
        ),
        ({**ADA, "timezone": "Mars"}, "timezone: 'Mars' is not a time zone"),
        ({**ADA, "organisation": "crm:404"}, "organisation 'crm:404' appears nowhere"),
        ({**ADA, "introduced_by": "crm:404"}, "introduced_by 'crm:404' appears nowhere"),
        ({**ADA, "introduced_by": "crm:42"}, "introduced_by is the customer itself"),
        ({**ADA, "owner": "nobody@ourfirm.example"}, "owner 'nobody@ourfirm.example' appears nowhere"),
        ({**ADA, "contact_points": [{"kind": "email", "value": "no address"}]}, "no address is not an e-mail address"),
        ({**ADA, "contact_points": [{"kind": "fax", "value": "1"}]}, "unknown contact_points.0.kind 'fax'"),
        ({**SAM, "roles": ["boss"]}, "'boss' is not one of the roles support, manager, admin"),
        ({**SAM, "away_from": "2024-02-02", "away_to": "2024-02-01"}, "away_to is before away_from"),
    ],
)
def test_bad_line(tmp_path: Path, bad: Any, reason: str) -> None:
    assert reason in reason_for(tmp_path, ACME, bad)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "mesage"}, "unknown kind 'mesage': did you mean message"),
        ({"kind": "zzz"}, "unknown kind 'zzz': known are message, call"),
        ({"kind": None}, "unknown kind"),
        ({"occurred_at": "9999-12-31T00:00:00Z"}, "outside the years 1900 to 2100"),
        ({"occurred_at": 1709922000}, "occurred_at: write a time in quotes"),
        ({"customer": "crm:404"}, "customer 'crm:404' appears nowhere"),
        ({"customer": None}, "customer is missing"),
        ({"via": {"kind": "email", "value": "a@example.org"}}, "customer and via"),
        ({"customer": None, "via": {"kind": "email", "value": "nobody"}}, "via: nobody is not an e-mail address"),
        ({"person": "crm:42"}, "person is the customer"),
        ({"minutes": "ten"}, "minutes must be a whole number"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": 3_000_000_000}, "minutes"),
        ({"amount": 12.345, "currency": "EUR"}, "amount"),
        ({"amount": 1e15, "currency": "EUR"}, "amount"),
        ({"amount": 12}, "currency is missing"),
        ({"amount": 12, "currency": "euro"}, "currency 'euro'"),
        ({"shared": "yes"}, "shared must be true or false"),
        ({"payload": "text"}, "payload must be an object"),
        ({"subject": "x" * 999}, "subject is longer than 998 characters"),
        ({"goal": "crm:404"}, "goal 'crm:404' appears nowhere"),
        ({"author": "nobody@ourfirm.example"}, "author 'nobody@ourfirm.example' appears nowhere"),
    ],
)
def test_bad_interaction(tmp_path: Path, fields: dict[str, Any], reason: str) -> None:
    assert reason in reason_for(tmp_path, ADA, {**WORD, **fields})
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (SETTLED, "conversation 'crm:t1' appears nowhere"),
        ({**SETTLED, "answered": "no"}, "answered"),
        ({**PROMISE, "status": "kept"}, "closed_at is missing: say when the promise was kept"),
        ({**PROMISE, "closed_at": "2024-03-02"}, "closed_at of an open promise"),
        ({**PROMISE, "party": "both"}, "unknown party 'both'"),
        ({**GOAL, "closed_at": "2024-03-02"}, "closed_at of an active goal"),
        ({**GOAL, "target": 1e13}, "target"),
        ({"type": "check_in", "ref": "crm:r", "goal": "crm:404", "at": "2024-01-01"}, "goal 'crm:404' appears nowhere"),
        ({**THREAD, "snoozed_until": "2024-07-01T00:00:00Z"}, "goes with the status snoozed"),
        ({**FILE, "interaction": "crm:404"}, "interaction 'crm:404' appears nowhere"),
    ],
)  # fmt: skip
def test_bad_record_of_another_type(tmp_path: Path, bad: dict[str, Any], reason: str) -> None:
    assert reason in reason_for(tmp_path, ADA, bad)


def test_an_organisation_has_no_employer_and_a_person_employs_nobody(tmp_path: Path) -> None:
    assert "organisation of an organisation" in reason_for(
        tmp_path, ACME, {**ACME, "ref": "crm:8", "organisation": "crm:7"}
    )
    Customer.objects.all().delete()
    assert "organisation 'crm:42' is a person" in reason_for(
        tmp_path, ADA, {**ADA, "ref": "crm:1", "organisation": "crm:42"}
    )


def test_a_contact_point_is_one_customers(tmp_path: Path) -> None:
    points = [{"kind": "email", "value": "office@example.org"}]
    reason = reason_for(tmp_path, {**ACME, "contact_points": points}, {**ADA, "contact_points": points})
    assert "email 'office@example.org' belongs to crm:7 as well" in reason
    assert imported(tmp_path, {**ADA, "contact_points": points}).refused == 1
    assert ContactPoint.objects.get().customer.name == "Acme"


def test_what_names_a_refused_customer_is_refused_too(tmp_path: Path) -> None:
    summary = imported(tmp_path, {**ADA, "name": 5}, WORD, PROMISE, ACME)
    assert [entry["line"] for entry in refusals(summary)] == [1, 3, 2]
    assert summary.created == {"customer": 1}


def test_a_line_that_only_the_database_refuses_harms_no_other(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE interactions_interaction ADD CHECK (body <> 'forbidden')")
    words = [{**WORD, "ref": f"crm:i{n}", "body": "forbidden" if n == 7 else "fine"} for n in range(20)]
    summary = imported(tmp_path, ADA, *words)
    assert (summary.created["interaction"], summary.refused) == (19, 1)
    assert "the database refuses it" in refusals(summary)[0]["reason"]


def test_a_line_too_long_is_refused_without_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LINE_LIMIT", 5_000)
    monkeypatch.setattr(jsonl, "_MAX_KEPT", 500)
    summary = imported(tmp_path, ADA, {**WORD, "body": "x" * 2_000_000}, {**WORD, "ref": "crm:i2"})
    (refused,) = refusals(summary)
    assert "at most 5,000 are read" in refused["reason"]
    assert len(refused["text"]) == 500
    assert summary.created == {"customer": 1, "interaction": 1}


# Inputs that cannot be read at all


def test_unreadable_inputs_import_nothing(tmp_path: Path) -> None:
    good = tmp_path / "good.jsonl"
    good.write_text(json.dumps(ADA))
    line = json.dumps(ADA).encode() + b"\n"
    whole = gzip.compress(line * 3000 + os.urandom(100_000).hex().encode() + b"\n")
    cut, broken, late = whole[:-2000], whole[:12] + b"\xff" * 40, whole[:60_000] + b"\xff" * 40 + whole[60_040:]
    for name, content, reason in [
        ("empty.jsonl", b"", "the file is empty"),
        ("blank.jsonl", b" \n\n", "the file is empty"),
        ("binary.jsonl", bytes(range(256)) * 10, "is a binary file"),
        ("binary", bytes(range(256)) * 10, "is a binary file"),
        *((f"broken.{kind}.gz", broken, "damaged or cut off") for kind in ("jsonl", "csv", "mbox", "eml")),
        *((f"cut.{kind}.gz", cut, "damaged or cut off") for kind in ("jsonl", "mbox", "eml")),
        *((f"late.{kind}.gz", late, "damaged or cut off") for kind in ("jsonl", "mbox", "eml")),
        ("what", b"hello\nworld\n", "no format that can be told"),
    ]:
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(UnreadableInputError, match=f"(?s){name}.*{reason}"):
            history.import_files([good, file], at=AT)
    with pytest.raises(UnreadableInputError, match="no such file"):
        history.import_files([good, tmp_path / "gone.jsonl"], at=AT)
    with pytest.raises(UnreadableInputError, match="is a folder"):
        history.import_files([good, tmp_path], at=AT)
    assert not Customer.objects.exists()


def test_a_file_may_vanish_once_it_was_read(tmp_path: Path) -> None:
    def vanish(step: str, done: int) -> None:
        (tmp_path / "history.jsonl").unlink(missing_ok=True)

    assert imported(tmp_path, ADA, WORD, progress=vanish).created == {"customer": 1, "interaction": 1}


# Trying out


def test_a_dry_run_tells_what_it_would_do(tmp_path: Path) -> None:
    summary = imported(tmp_path, ADA, WORD, FILE, {**WORD, "ref": "crm:i2", "customer": "crm:404"}, dry_run=True)
    assert summary.created == {"customer": 1, "interaction": 1, "attachment": 1}
    assert (summary.refused, summary.imported) == (1, False)
    assert not Customer.objects.exists()
    assert not (tmp_path / "media").exists()


def test_strict_imports_all_or_nothing(tmp_path: Path) -> None:
    summary = imported(tmp_path, ADA, WORD, FILE, {**WORD, "ref": "crm:i2", "customer": "crm:404"}, strict=True)
    assert (summary.created, summary.refused, summary.imported) == ({}, 1, False)
    assert not Customer.objects.exists()
    assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert imported(tmp_path, ADA, WORD, FILE, strict=True).imported


# What the database refuses


@pytest.mark.parametrize("many", [1, 600])
def test_a_time_at_an_impossible_offset_is_one_refused_line(tmp_path: Path, many: int) -> None:
    words = [{**WORD, "ref": f"crm:i{number}"} for number in range(many)]
    odd = {**WORD, "ref": "crm:odd", "occurred_at": "2024-03-08T18:20:00-23:00"}
    summary = imported(tmp_path, ADA, *words, odd)
    assert (summary.refused, summary.created["interaction"]) == (1, many)
    (refused,) = refusals(summary)
    assert refused["line"] == many + 2
    assert "an impossible offset from UTC: write one such as +02:00, or Z" in refused["reason"]


@pytest.mark.parametrize("many", [1, 600])
def test_a_value_that_only_the_database_refuses_is_one_refused_line(tmp_path: Path, many: int) -> None:
    """A number of more digits than PostgreSQL stores; few records are inserted, many are copied in."""
    words = [{**WORD, "ref": f"crm:i{number}"} for number in range(many)]
    odd = json.dumps({**WORD, "ref": "crm:odd", "payload": {"n": 0}}).replace('"n": 0', '"n": 1' + "0" * 140_000)
    summary = imported(tmp_path, ADA, *words, odd.encode())
    assert (summary.refused, summary.created["interaction"]) == (1, many)
    (refused,) = refusals(summary)
    assert refused["line"] == many + 2


@pytest.mark.parametrize("many", [1, 600])
def test_what_a_trigger_refuses_is_one_refused_line(tmp_path: Path, many: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$;"
            "CREATE TRIGGER refusing BEFORE INSERT ON interactions_interaction FOR EACH ROW"
            " WHEN (NEW.external_id = 'odd') EXECUTE FUNCTION refuse()"
        )
    words = [{**WORD, "ref": f"crm:i{number}"} for number in range(many)]
    summary = imported(tmp_path, ADA, *words, {**WORD, "ref": "crm:odd"})
    assert (summary.refused, summary.created["interaction"]) == (1, many)
    (refused,) = refusals(summary)
    assert refused["line"] == many + 2
    assert refused["reason"] == "the database refuses it: not this one. Correct the record and import it again"


def test_what_is_refused_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    summary = imported(tmp_path, b"no JSON")
    assert summary.refusals_file
    file = Path(summary.refusals_file)
    assert (file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077) == (0, 0)
