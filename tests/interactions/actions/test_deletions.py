"""An entry deleted leaves a trace; undone, nothing has happened."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.entries import edit_entry
from interactions.actions.record import Entry, record_many
from interactions.errors import ActionRefused
from interactions.imports import history
from interactions.imports.export import export_history
from interactions.merging.merging import merge_customers
from interactions.models import Attachment, Conversation, Deletion, Interaction, Outgoing
from partnership.scoring.models import RuleSet
from partnership.staff.models import User
from tests.factories import (
    ConversationFactory,
    CustomerFactory,
    FirmFactory,
    OrganisationFactory,
    UserFactory,
    goal,
    happens,
)
from tests.interactions.imports.test_mail_files import imported, mail
from tests.strategies import DAY, NOON, customer_with, fetch_scores, histories, rolled_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(settings: Any, tmp_path: Path) -> User:
    settings.MEDIA_ROOT, settings.VAR_DIR = tmp_path / "media", tmp_path / "var"
    FirmFactory()
    return UserFactory(name="Sam")


@pytest.fixture
def ada(sam: User) -> Customer:
    return CustomerFactory(name="Ada", owner=sam)


def everything(*customers: Customer) -> list[Any]:
    """Every column of all rows of theirs."""
    found = [
        Interaction.objects.filter(customer__in=customers),
        Attachment.objects.filter(interaction__customer__in=customers),
        Outgoing.objects.filter(interaction__customer__in=customers),
        Conversation.objects.filter(customer__in=customers),
    ]
    return [list(rows.order_by("pk").values()) for rows in found]


def deleted(row: Interaction, sam: User, reason: str = "Not about Ada") -> Deletion:
    return delete_entry(row, reason=reason, by=sam, at=NOON)


def test_deleting_leaves_a_trace_and_undoing_leaves_none(ada: Customer, sam: User) -> None:
    thread = ConversationFactory(customer=ada)
    row = happens(
        ada, "message", at=NOON, conversation_id=thread.pk, subject="Hello", html="<p>x</p>", pinned=True,
        payload={"a": [1.5, None, 10**20]}, source="crm", source_snapshot={"body": "sha256:1", "amount": 1.25},
    )  # fmt: skip
    file = Attachment(interaction=row, name="plan.pdf", content_type="application/pdf", size=4, sha256="0" * 64)
    file.source_snapshot = {"name": "plan.pdf"}
    file.file.save("plan.pdf", ContentFile(b"plan"))
    file.file.close()
    Outgoing.objects.create(
        interaction=row, to=["ada@example.org"], message_id="1@ours.example", status="sent", queued_at=NOON,
        sent_at=NOON + timedelta(seconds=3), attempts=1,
    )  # fmt: skip
    before = everything(ada)

    deletion = deleted(row, sam)
    thread.refresh_from_db()
    assert not Interaction.objects.exists()
    assert not Attachment.objects.exists()
    assert thread.waiting_since is None
    assert (deletion.reason, deletion.by, deletion.interaction_id) == ("Not about Ada", sam, row.pk)
    assert (deletion.source, deletion.external_id) == (row.source, row.external_id)

    back = restore_entry(deletion, by=sam, at=NOON)
    assert back.pk == row.pk
    assert everything(ada) == before
    assert Path(file.file.path).read_bytes() == b"plan"
    assert (deletion.undone_by, deletion.undone_at) == (sam, NOON)


def test_a_reason_is_needed_and_neither_can_be_done_twice(ada: Customer, sam: User) -> None:
    row = happens(ada, "note", at=NOON)
    deletion = deleted(row, sam)
    with pytest.raises(ActionRefused, match="was deleted"):
        deleted(row, sam)
    restore_entry(deletion, by=sam, at=NOON)
    with pytest.raises(ActionRefused, match="already undone"):
        restore_entry(deletion, by=sam, at=NOON)
    restore_entry(deleted(row, sam, "Again"), by=sam, at=NOON)
    assert Interaction.objects.count() == 1


def test_what_cannot_be_deleted_here(ada: Customer, sam: User) -> None:
    wanted = goal(ada, "Ten clients", at=NOON, by=sam).interactions.get()
    with pytest.raises(ActionRefused, match="Change the goal itself"):
        deleted(wanted, sam)
    reply = happens(ada, "message", at=NOON, direction="outbound", by=sam)
    Outgoing.objects.create(interaction=reply, to=["ada@example.org"], message_id="1@ours.example", queued_at=NOON)
    with pytest.raises(ActionRefused, match="in the outbox"):
        deleted(reply, sam)
    assert Interaction.objects.count() == 2
    assert not Deletion.objects.exists()


def test_what_it_named_may_be_gone_when_it_comes_back(ada: Customer, sam: User) -> None:
    row = happens(ada, "note", at=NOON, direction="internal", by=sam, conversation_id=ConversationFactory().pk)
    deletion = deleted(row, sam)
    Conversation.objects.all().delete()
    back = restore_entry(deletion, by=sam, at=NOON)
    assert (back.conversation, back.customer) == (None, ada)


def test_it_comes_back_where_its_thread_is_now(ada: Customer, sam: User) -> None:
    ben = CustomerFactory(name="Ben")
    thread, bens = ConversationFactory(customer=ada), ConversationFactory(customer=ben)
    deletion = deleted(happens(ada, "message", at=NOON, conversation_id=thread.pk), sam)
    Conversation.objects.filter(pk=thread.pk).update(joined_into=bens)
    back = restore_entry(deletion, by=sam, at=NOON)
    bens.refresh_from_db()
    assert (back.customer, back.conversation, bens.waiting_since) == (ben, bens, NOON)


def test_its_person_may_be_one_with_another_when_it_comes_back(ada: Customer, sam: User) -> None:
    twin = CustomerFactory()
    spoke = deleted(happens(OrganisationFactory(), "message", at=NOON, person_id=twin.pk), sam)
    met = deleted(happens(ada, "meeting", at=NOON, person_id=twin.pk), sam)
    merge_customers(survivor=ada, absorbed=twin, by=sam, at=NOON)
    assert restore_entry(spoke, by=sam, at=NOON).person == ada
    assert restore_entry(met, by=sam, at=NOON).person is None


def test_the_same_delivery_neither_brings_it_back_nor_changes_what_came_back(sam: User, tmp_path: Path) -> None:
    text = mail(Message_ID="<1@example.org>")
    imported(tmp_path, text)
    row = Interaction.objects.get()
    edit_entry(row, by=sam, body="What staff made of it")
    before = everything(row.customer)
    deletion = deleted(row, sam)
    again = imported(tmp_path, text)
    assert (again.created, again.updated, again.refused) == ({}, {}, 0)
    assert not Interaction.objects.exists()
    assert not Attachment.objects.exists()
    restore_entry(deletion, by=sam, at=NOON)
    again = imported(tmp_path, text)
    assert (again.created, again.updated, again.refused) == ({}, {}, 0)
    assert everything(row.customer) == before


def test_nor_does_a_record_delivered_as_jsonl(ada: Customer, sam: User, tmp_path: Path) -> None:
    happens(ada, "note", at=NOON, body="One", source="crm", external_id="1")
    stays = happens(ada, "note", at=NOON, body="Two", source="crm", external_id="2")
    full, rest = tmp_path / "full.jsonl", tmp_path / "rest.jsonl"
    export_history(full)
    deletion = deleted(Interaction.objects.get(external_id="1"), sam)
    export_history(rest)
    again = history.import_files([full], at=NOON)
    assert (again.created, again.updated, again.refused) == ({}, {}, 0)
    assert Interaction.objects.get() == stays
    export_history(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == rest.read_bytes()
    restore_entry(deletion, by=sam, at=NOON)
    export_history(tmp_path / "back.jsonl")
    assert (tmp_path / "back.jsonl").read_bytes() == full.read_bytes()


@given(past=histories(most=10), which=st.integers(0, 9), others=st.integers(0, 9))
def test_deleting_and_undoing_is_as_if_nothing_had_happened(past: list[Entry], which: int, others: int) -> None:
    with rolled_back():
        customer, sam = customer_with([]), UserFactory()
        thread = Conversation.objects.create(customer=customer, channel="email")
        for number, entry in enumerate(past):
            entry.customer_id, entry.source, entry.external_id = customer.pk, "test", str(number)
            entry.conversation_id = thread.pk if number % 3 else None
        record_many(past, recorded_at=NOON)
        rules = RuleSet.objects.active()
        before, score = everything(customer), fetch_scores(rules, customer, day=DAY)
        rows = list(Interaction.objects.filter(customer=customer).order_by("pk"))
        chosen = {row.pk: row for row in (rows[which % len(rows)], rows[others % len(rows)])} if rows else {}
        deletions = [delete_entry(row, reason="A test", by=sam, at=NOON) for row in chosen.values()]
        left = everything(customer)
        assert len(left[0]) == len(rows) - len(deletions)
        record_many(past, recorded_at=NOON)
        assert everything(customer) == left
        for deletion in deletions:
            restore_entry(deletion, by=sam, at=NOON)
        assert everything(customer) == before
        assert fetch_scores(rules, customer, day=DAY) == score
