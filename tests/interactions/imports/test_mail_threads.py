"""Mail joins the thread where what it answers now stands: split off, joined, moved, or sent from here."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from customers.models import ContactPoint, Customer
from interactions.actions.conversations import assign_conversation
from interactions.actions.record import record
from interactions.actions.threads import join_threads, move_thread, split_thread
from interactions.imports import history
from interactions.merging.merging import merge_customers
from interactions.merging.unmerging import unmerge_customers
from interactions.models import Conversation, Interaction, Kind, Outgoing
from partnership.staff.models import User
from tests.factories import (
    ContactPointFactory,
    ConversationFactory,
    CustomerFactory,
    FirmFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.interactions.imports.test_mail_files import imported, mail

pytestmark = pytest.mark.django_db

AT = datetime(2024, 3, 20, 12, tzinfo=UTC)
UUID = "0b6f2a58-6a52-4e6e-9c5c-0a54a8f4a001"


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def sam(db: None) -> User:
    FirmFactory()
    return UserFactory()


def theirs(number: int, *answers: int, sender: str = "ada@example.org") -> bytes:
    """Message <number@x> of 8 to 28 March, in answer to those."""
    references = " ".join(f"<{one}@x>" for one in answers)
    return mail(
        From=sender,
        Message_ID=f"<{number}@x>",
        References=references,
        Date=f"Fri, {7 + number} Mar 2024 18:20:00 +0000",
    )


def row(number: int) -> Interaction:
    return Interaction.objects.get(external_id=f"<{number}@x>")


@pytest.mark.parametrize("references", [(1, 2, 3), (3,)])
def test_a_reply_to_what_was_split_off_joins_it_there(tmp_path: Path, sam: User, references: tuple[int, ...]) -> None:
    imported(tmp_path, theirs(1), theirs(2, 1), theirs(3, 1, 2))
    new = split_thread(row(3), by=sam, at=AT)
    imported(tmp_path, theirs(4, *references), theirs(5, 1, 2))
    assert row(4).conversation == new
    assert row(5).conversation == row(1).conversation != new


def test_and_so_does_one_that_comes_in_one_file_with_all_the_others(tmp_path: Path, sam: User) -> None:
    first = [theirs(1), theirs(2, 1), theirs(3, 1, 2)]
    imported(tmp_path, *first)
    new = split_thread(row(3), by=sam, at=AT)
    imported(tmp_path, *first, theirs(4, 1, 2, 3), theirs(5, 1, 2, 3, 4))
    assert row(4).conversation == row(5).conversation == new
    assert Conversation.objects.count() == 2


def test_what_arrives_for_a_joined_thread_goes_to_the_other_however_long_the_way(tmp_path: Path, sam: User) -> None:
    imported(tmp_path, theirs(1), theirs(2), theirs(3))
    one, two, three = (row(number).conversation for number in (1, 2, 3))
    join_threads(one, into=two, by=sam, at=AT)
    join_threads(two, into=three, by=sam, at=AT)
    imported(tmp_path, theirs(4, 1), theirs(5, 2), theirs(6, 9, 1))
    assert {row(number).conversation for number in range(1, 7)} == {three}
    assert Conversation.objects.count() == 3


def test_a_reply_to_a_mail_to_several_joins_each_ones_own_thread(tmp_path: Path, sam: User) -> None:
    ours = mail(
        From="a@ours.example", To="ada@example.org, ben@example.org", Message_ID="<1@x>",
        Date="Fri, 8 Mar 2024 18:20:00 +0000",
    )  # fmt: skip
    imported(tmp_path, ours, theirs(2, 1), theirs(3, 1, sender="ben@example.org"))
    split_thread(row(2), by=sam, at=AT)
    imported(
        tmp_path, theirs(4, 1, 3, sender="ben@example.org"), theirs(5, 1, 2), theirs(6, 1, sender="ben@example.org")
    )
    assert row(3).conversation == row(4).conversation == row(6).conversation
    assert row(5).conversation == row(2).conversation
    assert row(4).conversation.customer.name == "ben@example.org"
    assert Conversation.objects.count() == 3


def test_what_answers_a_thread_that_was_moved_follows_it_also_from_whom_it_was_moved(tmp_path: Path, sam: User) -> None:
    imported(tmp_path, theirs(1))
    thread, ben = row(1).conversation, CustomerFactory()
    ada = row(1).customer
    move_thread(thread, to=ben, by=sam, at=AT)
    imported(tmp_path, theirs(2, 1))
    imported(tmp_path, theirs(3, 2))
    imported(tmp_path, theirs(4, 1, 2, 3), theirs(5))
    assert {row(number).conversation for number in (1, 2, 3, 4)} == {thread}
    assert {row(number).customer for number in (1, 2, 3, 4)} == {ben}
    assert row(5).customer == ada, "what answers nothing is theirs whose address it is"
    assert not imported(tmp_path, theirs(2, 1), theirs(4, 1, 2, 3)).created


def test_a_merge_that_was_undone_moved_no_thread(tmp_path: Path, sam: User) -> None:
    """What was done with it meanwhile leaves them two: each one's mail is their own."""
    imported(tmp_path, theirs(1), theirs(2, sender="eve@example.org"), theirs(3, sender="kim@example.org"))
    ada, eve, kim = (row(number).customer for number in (1, 2, 3))
    inner = merge_customers(survivor=eve, absorbed=ada, by=sam, at=AT)
    outer = merge_customers(survivor=kim, absorbed=eve, by=sam, at=AT)
    assign_conversation(row(1).conversation, to=sam, by=sam, at=AT)
    for done in (outer, inner):
        unmerge_customers(done, by=sam, at=AT)
    imported(tmp_path, theirs(4, 1, sender="eve@example.org"), theirs(5, 1, sender="kim@example.org"), theirs(6, 1))
    assert [row(number).customer for number in (1, 4, 5, 6)] == [ada, eve, kim, ada]
    assert ContactPoint.objects.get(normalised="eve@example.org").customer == eve


def test_and_where_what_was_moved_was_joined_to_another_since(tmp_path: Path, sam: User) -> None:
    imported(tmp_path, theirs(1))
    other = ConversationFactory()
    move_thread(row(1).conversation, to=other.customer, by=sam, at=AT)
    join_threads(row(1).conversation, into=other, by=sam, at=AT)
    imported(tmp_path, theirs(2, 1))
    assert (row(2).customer, row(2).conversation) == (other.customer, other)


def test_who_was_never_in_it_has_a_thread_of_their_own(tmp_path: Path, sam: User) -> None:
    imported(tmp_path, theirs(1))
    move_thread(row(1).conversation, to=CustomerFactory(), by=sam, at=AT)
    imported(tmp_path, theirs(2, 1, sender="cy@example.org"))
    assert row(2).customer.name == "cy@example.org"
    assert row(2).conversation != row(1).conversation


def test_after_it_was_moved_back_it_is_theirs_again(tmp_path: Path, sam: User) -> None:
    imported(tmp_path, theirs(1))
    ada, ben = row(1).customer, CustomerFactory()
    move_thread(row(1).conversation, to=ben, by=sam, at=AT)
    move_thread(row(1).conversation, to=ada, by=sam, at=AT)
    imported(tmp_path, theirs(2, 1))
    assert (row(2).customer, row(2).conversation) == (ada, row(1).conversation)


def test_what_is_split_off_a_thread_that_was_moved_is_followed_like_the_rest(tmp_path: Path, sam: User) -> None:
    """Also where all of it arrived after the move, and where it is split once more."""
    imported(tmp_path, theirs(1), theirs(2, 1))
    ben = CustomerFactory()
    move_thread(row(1).conversation, to=ben, by=sam, at=AT)
    imported(tmp_path, theirs(3, 2), theirs(4, 3))
    part = split_thread(row(2), by=sam, at=AT)
    last = split_thread(row(4), by=sam, at=AT)
    imported(tmp_path, theirs(5, 1), theirs(6, 2), theirs(7, 3), theirs(8, 4))
    assert {row(number).customer for number in range(1, 9)} == {ben}
    assert [row(number).conversation for number in (5, 6, 7, 8)] == [row(1).conversation, part, part, last]


def test_what_was_split_off_before_the_move_stayed_theirs(tmp_path: Path, sam: User) -> None:
    imported(tmp_path, theirs(1), theirs(2, 1))
    part, ben, ada = split_thread(row(2), by=sam, at=AT), CustomerFactory(), row(1).customer
    move_thread(row(1).conversation, to=ben, by=sam, at=AT)
    imported(tmp_path, theirs(3, 1), theirs(4, 1, 2))
    assert [(row(number).customer, row(number).conversation) for number in (3, 4)] == [
        (ben, row(1).conversation), (ada, part),
    ]  # fmt: skip


def test_whom_they_were_merged_into_since_answers_in_it_too(tmp_path: Path, sam: User) -> None:
    imported(tmp_path, theirs(1))
    thread, ada, ben, eve = row(1).conversation, row(1).customer, CustomerFactory(), CustomerFactory()
    move_thread(thread, to=ben, by=sam, at=AT)
    merge_customers(survivor=eve, absorbed=ada, by=sam, at=AT)
    imported(tmp_path, theirs(2, 1))
    assert (row(2).customer, row(2).conversation) == (ben, thread)


def test_one_of_an_organisations_people_goes_on_speaking_for_it(tmp_path: Path, sam: User) -> None:
    imported(tmp_path, theirs(1))
    ada, firm = row(1).customer, OrganisationFactory()
    Customer.objects.filter(pk=ada.pk).update(organisation=firm)
    move_thread(row(1).conversation, to=firm, by=sam, at=AT)
    imported(tmp_path, theirs(2, 1))
    assert (row(2).customer, row(2).person) == (firm, ada)


class TestSentFromHere:
    @pytest.fixture
    def ada(self, sam: User) -> Customer:
        return ContactPointFactory(value="ada@example.org").customer

    @pytest.fixture
    def sent(self, ada: Customer, sam: User) -> Interaction:
        thread = ConversationFactory(customer=ada)
        sent = record(
            by=sam, recorded_at=AT, occurred_at=AT, customer_id=ada.pk, conversation_id=thread.pk, kind=Kind.MESSAGE,
            channel="email", direction="outbound", body="Here it is.", external_id=UUID,
        )  # fmt: skip
        Outgoing.objects.create(
            interaction=sent, to=["ada@example.org"], message_id=f"<{UUID}@ours.example>", queued_at=AT
        )
        return sent

    @pytest.mark.parametrize("header", ["In_Reply_To", "References"])
    def test_the_answer_joins_its_thread(self, tmp_path: Path, sent: Interaction, header: str) -> None:
        imported(tmp_path, mail(Message_ID="<2@x>", **{header: f"<{UUID}@ours.example>"}))
        imported(tmp_path, theirs(3, 2))
        assert row(2).conversation == row(3).conversation == sent.conversation
        assert Conversation.objects.count() == 1

    def test_it_joins_it_where_it_stands_now(self, tmp_path: Path, sent: Interaction, ada: Customer, sam: User) -> None:
        other = ConversationFactory(customer=ada)
        join_threads(sent.conversation, into=other, by=sam, at=AT)
        imported(tmp_path, mail(Message_ID="<2@x>", In_Reply_To=f"<{UUID}@ours.example>"))
        assert row(2).conversation == other

    def test_our_own_copy_of_it_is_no_second_row(self, tmp_path: Path, sent: Interaction) -> None:
        copy = mail(From="a@ours.example", To="ada@example.org", Message_ID=f"<{UUID}@ours.example>")
        summary = imported(tmp_path, copy)
        assert (summary.created, summary.refused) == ({}, 0)
        assert Interaction.objects.get() == sent

    def test_an_id_that_only_looks_like_ours_is_anybodys(self, tmp_path: Path, sent: Interaction) -> None:
        imported(tmp_path, mail(Message_ID="<2@x>", In_Reply_To=f"<{UUID}@elsewhere.example>"))
        assert row(2).conversation != sent.conversation


class TestRecords:
    """The interchange format names conversations by ref."""

    def interaction(self, number: int, **fields: str) -> dict[str, object]:
        return {
            "type": "interaction", "ref": f"crm:{number}", "customer": "crm:ada", "channel": "chat",
            "direction": "inbound", "kind": "message", "occurred_at": f"2024-03-{number:02}T10:00:00Z",
            "conversation": "crm:thread", **fields,
        }  # fmt: skip

    @pytest.fixture
    def joined(self, sam: User) -> Conversation:
        ada = {"type": "customer", "ref": "crm:ada", "name": "Ada", "kind": "person"}
        history.import_records([ada, self.interaction(1)], at=AT)
        thread = Conversation.objects.get()
        other = ConversationFactory(customer=thread.customer)
        join_threads(thread, into=other, by=sam, at=AT)
        return other

    def test_what_arrives_for_a_joined_one_goes_to_the_other_and_opens_it(self, joined: Conversation) -> None:
        Conversation.objects.update(status="closed")
        history.import_records([self.interaction(18)], at=AT)
        joined.refresh_from_db()
        assert (joined.interactions.count(), joined.status) == (2, "open")
        assert joined.waiting_since == datetime(2024, 3, 18, 10, tzinfo=UTC)  # what arrived closed is settled

    def test_its_own_record_does_not_open_it_again(self, joined: Conversation) -> None:
        record = {"type": "conversation", "ref": "crm:thread", "customer": "crm:ada", "channel": "chat"}
        history.import_records([record | {"status": "open"}, self.interaction(2)], at=AT)
        gone = Conversation.objects.get(source="crm")
        assert (gone.status, gone.interactions.count(), gone.joined_into) == ("closed", 0, joined)
