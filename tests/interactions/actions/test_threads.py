"""Which entries belong to which thread: split, joined, moved; and who waits since when in any order of all of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from customers.signals import history_changed
from interactions.actions.conversations import (
    assign_conversation,
    claim_conversation,
    close_conversation,
    reopen_conversation,
    snooze_conversation,
    wake_conversations,
)
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.entries import mark_entry
from interactions.actions.record import Entry, record_many, refresh_conversations
from interactions.actions.threads import join_threads, move_thread, split_thread
from interactions.errors import ActionRefused
from interactions.models import Conversation, Deletion, Interaction, Kind
from partnership.staff.models import User
from tests.factories import (
    ConversationFactory,
    CustomerFactory,
    DepartmentFactory,
    FirmFactory,
    OrganisationFactory,
    UserFactory,
    goal,
    happens,
    promise,
)
from tests.strategies import rolled_back

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def sam(db: None) -> User:
    FirmFactory()
    return UserFactory(name="Sam Rivera")


@pytest.fixture
def thread(sam: User) -> Conversation:
    return ConversationFactory(subject="Invoice 7")


def says(thread: Conversation, hours: int, kind: str = Kind.MESSAGE, **more: Any) -> Interaction:
    return happens(thread.customer, kind, at=NOON + hours * HOUR, conversation_id=thread.pk, **more)


def facts(*threads: Conversation) -> list[tuple[int, Any, Any]]:
    """Rows, waiting since and newest in hours after noon, of each."""
    found = []
    for thread in threads:
        thread.refresh_from_db()
        moments = (thread.waiting_since, thread.last_interaction_at)
        found.append((thread.interactions.count(), *(moment and (moment - NOON) // HOUR for moment in moments)))
    return found


class TestSplit:
    def test_this_entry_and_the_later_ones_are_a_thread_of_their_own(self, thread, sam):
        billing = DepartmentFactory()
        Conversation.objects.filter(pk=thread.pk).update(assignee=sam, department=billing)
        says(thread, 0)
        says(thread, 1, direction="outbound")
        entry = says(thread, 2, subject="Another thing")
        says(thread, 3)
        new = split_thread(entry, by=sam, at=NOON)
        assert facts(thread, new) == [(2, None, 1), (2, 2, 3)]
        assert (new.subject, new.customer, new.channel, new.status) == (
            "Another thing", thread.customer, "email", "open",
        )  # fmt: skip
        assert (new.assignee, new.department) == (sam, billing)

    def test_of_two_at_the_same_moment_the_earlier_one_stays(self, thread, sam):
        first, second = says(thread, 0), says(thread, 0)
        new = split_thread(second, by=sam, at=NOON)
        assert (thread.interactions.get(), new.interactions.get()) == (first, second)

    def test_split_at_a_note_it_keeps_channel_and_subject(self, thread, sam):
        says(thread, 0)
        note = says(thread, 1, Kind.NOTE, channel="internal", direction="internal")
        new = split_thread(note, by=sam, at=NOON)
        assert (new.channel, new.subject) == ("email", "Invoice 7")

    def test_a_closed_one_gives_a_closed_one(self, thread, sam):
        says(thread, 0)
        entry = says(thread, 1)
        close_conversation(Conversation.objects.get(pk=thread.pk), answered="not_needed", by=sam, at=NOON)
        assert split_thread(entry, by=sam, at=NOON).status == "closed"

    def test_at_its_first_entry_there_is_nothing_to_split(self, thread, sam):
        entry = says(thread, 0)
        says(thread, 1)
        with pytest.raises(ActionRefused, match="begins with this entry"):
            split_thread(entry, by=sam, at=NOON)
        assert Conversation.objects.get() == thread

    def test_split_twice_at_the_same_entry(self, thread, sam):
        says(thread, 0)
        entry = says(thread, 1)
        split_thread(Interaction.objects.get(pk=entry.pk), by=sam, at=NOON)
        with pytest.raises(ActionRefused, match="no longer in that conversation"):
            split_thread(entry, by=sam, at=NOON)
        assert Conversation.objects.count() == 2

    def test_what_is_in_no_conversation_cannot_be_split(self, thread, sam):
        with pytest.raises(ActionRefused, match="belongs to no conversation"):
            split_thread(happens(thread.customer, Kind.NOTE, at=NOON), by=sam, at=NOON)


class TestSplitSettlements:
    """A settlement goes with the part whose messages it settled."""

    def close(self, thread: Conversation, sam: User, hours: int, answered: str = "without") -> None:
        again = Conversation.objects.get(pk=thread.pk)
        close_conversation(again, answered=answered, reason="Spam", by=sam, at=NOON + hours * HOUR)

    def settled(self, *threads: Conversation) -> list[list[str]]:
        return [list(thread.settlements.values_list("answered", flat=True)) for thread in threads]

    def test_of_the_later_part_leaves_the_earlier_one(self, thread, sam):
        says(thread, 0)
        says(thread, 1, direction="outbound")
        entry = says(thread, 2)
        self.close(thread, sam, 3)
        new = split_thread(entry, by=sam, at=NOON)
        assert self.settled(thread, new) == [[], ["without"]]
        assert [row[1] for row in facts(thread, new)] == [None, None]

    def test_of_the_earlier_part_stays_there(self, thread, sam):
        says(thread, 0)
        note = says(thread, 1, Kind.NOTE, direction="internal")
        self.close(thread, sam, 2)
        assert self.settled(thread, split_thread(note, by=sam, at=NOON)) == [["without"], []]

    def test_of_both_parts_is_in_both(self, thread, sam):
        says(thread, 0)
        entry = says(thread, 1)
        self.close(thread, sam, 2)
        new = split_thread(entry, by=sam, at=NOON)
        assert self.settled(thread, new) == [["without"], ["without"]]
        assert (thread.settlements.get().by, new.settlements.get().reason) == (sam, "Spam")
        assert [(each.status, each.waiting_since) for each in (new, again(thread))] == [("closed", None)] * 2

    def test_that_settled_nothing_goes_with_who_spoke_last(self, thread, sam):
        for hours in (0, 2):
            says(thread, hours)
            last = says(thread, hours + 1, direction="outbound")
        self.close(thread, sam, 4, answered="yes")
        assert self.settled(thread, split_thread(last, by=sam, at=NOON)) == [[], ["yes"]]

    def test_joined_it_has_those_of_both(self, thread, sam):
        other = ConversationFactory(customer=thread.customer)
        for hours, each in ((0, thread), (1, other)):
            says(each, hours)
            self.close(each, sam, 2)
        join_threads(again(thread), into=again(other), by=sam, at=NOON)
        assert self.settled(thread, other) == [[], ["without", "without"]]
        assert [row[1] for row in facts(thread, other)] == [None, None]


def again(thread: Conversation) -> Conversation:
    return Conversation.objects.get(pk=thread.pk)


class TestJoin:
    def test_all_of_it_goes_into_the_other(self, thread, sam):
        other = ConversationFactory(customer=thread.customer)
        says(thread, 0)
        says(other, 1, direction="outbound")
        says(thread, 2)
        join_threads(thread, into=other, by=sam, at=NOON)
        assert facts(thread, other) == [(0, None, None), (3, 2, 2)]
        assert (thread.status, thread.joined_into) == ("closed", other)
        assert thread not in Conversation.objects.unjoined()

    def test_what_still_arrives_goes_to_where_it_was_joined_and_on_from_there(self, thread, sam):
        second, third = (ConversationFactory(customer=thread.customer) for _ in range(2))
        join_threads(thread, into=second, by=sam, at=NOON)
        join_threads(second, into=third, by=sam, at=NOON)
        close_conversation(third, by=sam, at=NOON)
        says(thread, 1)
        says(second, 2)
        assert facts(thread, second, third) == [(0, None, None), (0, None, None), (2, 1, 2)]
        assert [each.status for each in (thread, second, third)] == ["closed", "closed", "open"]

    @pytest.mark.parametrize(
        ("one", "into", "after"),
        [("open", "closed", "open"), ("open", "snoozed", "open"), ("snoozed", "closed", "open"),
         ("closed", "closed", "closed"), ("closed", "snoozed", "snoozed"), ("snoozed", "snoozed", "snoozed"),
         ("closed", "open", "open")],
    )  # fmt: skip
    def test_what_was_not_done_with_is_not_done_with_now(self, thread, sam, one, into, after):
        other = ConversationFactory(customer=thread.customer)
        for each, status in ((thread, one), (other, into)):
            until = NOON if status == "snoozed" else None
            Conversation.objects.filter(pk=each.pk).update(status=status, snoozed_until=until)
        join_threads(thread, into=other, by=sam, at=NOON)
        assert (other.status, thread.status) == (after, "closed")

    def test_who_had_it_keeps_it_unless_the_other_has_somebody(self, thread, sam):
        mine, nobodys, maras = (ConversationFactory(customer=thread.customer) for _ in range(3))
        claim_conversation(mine, by=sam, at=NOON)
        join_threads(mine, into=nobodys, by=sam, at=NOON)
        assert nobodys.assignee == sam
        mara = UserFactory()
        assign_conversation(maras, to=mara, by=sam, at=NOON)
        join_threads(nobodys, into=maras, by=sam, at=NOON)
        assert maras.assignee == mara

    def test_neither_to_itself_nor_to_another_customers_nor_twice(self, thread, sam):
        other, elsewhere = ConversationFactory(customer=thread.customer), ConversationFactory()
        with pytest.raises(ActionRefused, match="to itself"):
            join_threads(thread, into=Conversation.objects.get(pk=thread.pk), by=sam, at=NOON)
        with pytest.raises(ActionRefused, match="different customers"):
            join_threads(thread, into=elsewhere, by=sam, at=NOON)
        join_threads(thread, into=other, by=sam, at=NOON)
        with pytest.raises(ActionRefused, match="was joined to"):
            join_threads(thread, into=other, by=sam, at=NOON)
        with pytest.raises(ActionRefused, match="was joined to"):
            join_threads(other, into=thread, by=sam, at=NOON)


class TestMove:
    @pytest.fixture
    def rescored(self):
        seen: set[int] = set()

        def note(*, customer_ids, **_):
            seen.update(customer_ids)

        history_changed.connect(note)
        yield seen
        history_changed.disconnect(note)

    def test_rows_and_thread_are_the_other_customers_and_both_are_rescored(self, thread, sam, rescored):
        before, to = thread.customer, CustomerFactory()
        clients = goal(before, "Clients", at=NOON, by=sam)
        owed = promise(before, "Send it", at=NOON, due_on=None, by=sam)
        row = says(thread, 0, goal_id=clients.pk, commitment_id=owed.pk)
        rescored.clear()
        move_thread(thread, to=to, by=sam, at=NOON)
        row.refresh_from_db()
        assert (row.customer, row.goal, row.commitment, row.conversation) == (to, None, None, thread)
        assert (thread.customer, rescored) == (to, {before.pk, to.pk})
        assert facts(thread) == [(1, 0, 0)]

    def test_what_was_joined_to_it_moves_along(self, thread, sam):
        gone, to = ConversationFactory(customer=thread.customer), CustomerFactory()
        join_threads(gone, into=thread, by=sam, at=NOON)
        move_thread(thread, to=to, by=sam, at=NOON)
        gone.refresh_from_db()
        assert gone.customer == to

    def test_a_person_moved_to_their_organisation_is_who_spoke(self, sam):
        firm = OrganisationFactory()
        ada = CustomerFactory(organisation=firm)
        thread = ConversationFactory(customer=ada)
        row = says(thread, 0)
        move_thread(thread, to=firm, by=sam, at=NOON)
        row.refresh_from_db()
        assert (row.customer, row.person) == (firm, ada)
        move_thread(thread, to=ada, by=sam, at=NOON)
        row.refresh_from_db()
        assert (row.customer, row.person) == (ada, None)

    def test_who_is_not_one_of_their_people_is_not_who_spoke_there(self, sam):
        firm, other = OrganisationFactory(), OrganisationFactory()
        theirs, elsewhere = CustomerFactory(organisation=other), CustomerFactory(organisation=firm)
        thread = ConversationFactory(customer=firm)
        kept, cleared = says(thread, 0, person_id=theirs.pk), says(thread, 1, person_id=elsewhere.pk)
        move_thread(thread, to=other, by=sam, at=NOON)
        kept.refresh_from_db()
        cleared.refresh_from_db()
        assert (kept.person, cleared.person) == (theirs, None)

    def test_rows_of_promises_and_goals_stay_with_their_customer(self, thread, sam):
        owed = promise(thread.customer, "Send it", at=NOON, due_on=None, by=sam)
        row = owed.interactions.get()
        Interaction.objects.filter(pk=row.pk).update(conversation=thread)
        with pytest.raises(ActionRefused, match="promises or goals"):
            move_thread(thread, to=CustomerFactory(), by=sam, at=NOON)
        row.refresh_from_db()
        assert row.customer == thread.customer

    def test_not_to_whom_it_belongs_already(self, thread, sam):
        with pytest.raises(ActionRefused, match="belongs to this customer already"):
            move_thread(thread, to=thread.customer, by=sam, at=NOON)


# --- every order of events -------------------------------------------------------------------------------------------

ASKS = {"message", "call", "question", "request", "complaint", "refund_request", "feedback", "praise"}
ANSWERS = {"message", "call", "decline"}
MARKS = ["message", "question", "request", "complaint", "refund_request", "feedback", "praise"]
SNOOZED_UNTIL = NOON + timedelta(days=1)


@dataclass
class Word:
    """A row as the reference keeps it: `order` is that of its recording."""

    at: datetime
    order: int
    direction: str
    kind: str
    payload: dict[str, bool]

    @property
    def asks(self) -> bool:
        return self.direction == "inbound" and self.kind in ASKS and not any(self.payload.values())

    @property
    def answers(self) -> bool:
        return self.direction == "outbound" and self.kind in ANSWERS and not any(self.payload.values())

    @property
    def place(self) -> tuple[datetime, int]:
        return self.at, self.order


@dataclass(frozen=True)
class Settled:
    """A settlement as the reference keeps it; one that is copied on a split is the same."""

    at: datetime
    order: int
    answered: str


@dataclass
class Thread:
    customer: int
    words: dict[int, Word] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
    joined_into: int | None = None
    status: str = "open"

    @property
    def waiting_since(self) -> datetime | None:
        """As the domain says it, word by word."""
        ends = [word.at for word in self.words.values() if word.answers]
        ends += [settled.at for settled in self.settled if settled.answered != "yes"]
        return min(
            (word.at for word in self.words.values() if word.asks and not any(at >= word.at for at in ends)),
            default=None,
        )

    @property
    def last(self) -> datetime | None:
        return max((word.at for word in self.words.values()), default=None)


class Desk:
    """The same deeds done to the database and to the reference, which are then compared."""

    def __init__(self) -> None:
        self.sam = User.objects.create_user("sam@ourfirm.example", name="Sam", is_superuser=True)
        self.customers = [Customer.objects.create(name=name) for name in ("Ada", "Ben")]
        self.threads: dict[int, Thread] = {}
        self.deleted: list[tuple[Deletion, Word, int]] = []
        self.order = 0
        for _ in range(2):
            made = Conversation.objects.create(customer=self.customers[0], channel="email")
            self.threads[made.pk] = Thread(0)

    def do(self, deed: str, draw: st.DataObject) -> None:
        pk = draw.draw(st.sampled_from(sorted(self.threads)), label="thread")
        getattr(self, deed)(draw, pk, Conversation.objects.get(pk=pk), self.threads[pk])

    def say(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        """Also to a thread that was joined: it arrives where that one went."""
        direction = draw.draw(st.sampled_from(["inbound", "outbound", "internal"]))
        kinds = {"inbound": sorted(ASKS), "outbound": ["message", "call", "decline", "nudge"], "internal": ["note"]}
        self.order += 1
        word = Word(
            at=NOON + draw.draw(st.integers(0, 6)) * HOUR,
            order=self.order,
            direction=direction,
            kind=draw.draw(st.sampled_from(kinds[direction])),
            payload=draw.draw(st.sampled_from([{}, {}, {}, {"auto_reply": True}, {"bulk": True}, {"bulk": False}])),
        )
        entry = Entry(
            customer_id=row.customer_id, conversation_id=pk, occurred_at=word.at, channel="email", kind=word.kind,
            direction=direction, payload=word.payload,
        )  # fmt: skip
        (made,) = record_many([entry], recorded_at=NOON).values()
        if thread.joined_into is not None:
            thread = self.threads[thread.joined_into]
        thread.words[made] = word
        newest = [each for each in thread.words.values() if each.at == thread.last]
        if any(each.asks for each in newest):
            thread.status = "open"

    def pick(self, draw: Any, thread: Thread) -> tuple[int, Interaction] | None:
        if not thread.words:
            return None
        pk = draw.draw(st.sampled_from(sorted(thread.words)))
        return pk, Interaction.objects.get(pk=pk)

    def mark(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        found = self.pick(draw, thread)
        if found and thread.words[found[0]].direction == "inbound" and thread.words[found[0]].kind in MARKS:
            kind = draw.draw(st.sampled_from(MARKS))
            mark_entry(found[1], kind=kind, by=self.sam)
            thread.words[found[0]].kind = kind

    def delete(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        if found := self.pick(draw, thread):
            deletion = delete_entry(found[1], reason="Why", by=self.sam, at=NOON)
            self.deleted.append((deletion, thread.words.pop(found[0]), pk))

    def restore(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        if self.deleted:
            deletion, word, home = self.deleted.pop()
            back = restore_entry(deletion, by=self.sam, at=NOON)
            home = self.threads[home].joined_into or home
            self.threads[home].words[back.pk] = word

    def split(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        if not (found := self.pick(draw, thread)):
            return
        place = thread.words[found[0]].place
        later = {one: word for one, word in thread.words.items() if word.place >= place}
        if len(later) == len(thread.words):
            with pytest.raises(ActionRefused):
                split_thread(found[1], by=self.sam, at=NOON)
            return
        was_waiting = waits(thread)
        new = split_thread(found[1], by=self.sam, at=NOON)
        status = "closed" if thread.status == "closed" else "open"
        part = self.threads[new.pk] = Thread(thread.customer, later, status=status)
        whole, thread.words = thread.words, {one: word for one, word in thread.words.items() if one not in later}
        part.settled = [one for one in thread.settled if self.concerns(one, whole, thread.settled, later)]
        thread.settled = [
            one
            for one in thread.settled
            if one not in part.settled or self.concerns(one, whole, thread.settled, thread.words)
        ]
        answered = [word.at for word in thread.words.values() if word.answers]
        # What we answered at the same moment stays behind without them: they wait for an answer of their own.
        parted = {one for one, word in later.items() if word.asks and any(at >= word.at for at in answered)}
        if not any(word.answers for word in later.values()):  # else the older part lost its answer
            assert (waits(thread) | waits(part)) - parted == was_waiting - parted

    def concerns(self, settled: Settled, whole: dict[int, Word], beside: list[Settled], part: dict[int, Word]) -> bool:
        """Whether it settled a word of this part, or settled nothing and this part spoke last before it."""
        earlier = [
            one.at for one in beside if (one.at, one.order) < (settled.at, settled.order) and one.answered != "yes"
        ]
        before = {one: word for one, word in whole.items() if word.at <= settled.at}
        ends = earlier + [word.at for word in before.values() if word.answers]
        closed = {one for one, word in before.items() if word.asks and not any(at >= word.at for at in ends)}
        if not closed and before:
            closed = {max(before, key=lambda one: before[one].place)}
        return bool(closed & set(part))

    def join(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        into_pk = draw.draw(st.sampled_from(sorted(self.threads)))
        into = self.threads[into_pk]
        refused = pk == into_pk or thread.joined_into or into.joined_into or thread.customer != into.customer
        if refused:
            with pytest.raises(ActionRefused):
                join_threads(row, into=Conversation.objects.get(pk=into_pk), by=self.sam, at=NOON)
            return
        join_threads(row, into=Conversation.objects.get(pk=into_pk), by=self.sam, at=NOON)
        into.words |= thread.words
        into.settled += thread.settled
        if thread.status not in ("closed", into.status):
            into.status = "open"
        for one in self.threads.values():
            if one is thread or one.joined_into == pk:
                one.joined_into, one.status = into_pk, "closed"
        thread.words, thread.settled = {}, []

    def move(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        to = 1 - thread.customer
        if thread.joined_into is not None:
            with pytest.raises(ActionRefused):
                move_thread(row, to=self.customers[to], by=self.sam, at=NOON)
            return
        move_thread(row, to=self.customers[to], by=self.sam, at=NOON)
        for one in self.threads.values():
            if one is thread or one.joined_into == pk:
                one.customer = to

    def close(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        at = NOON + draw.draw(st.integers(0, 8)) * HOUR
        answered = draw.draw(st.sampled_from(["yes", "not_needed", "without"]))
        if thread.status == "closed" or (thread.waiting_since and answered == "yes"):
            with pytest.raises(ActionRefused):
                close_conversation(row, answered=answered, reason="Spam", by=self.sam, at=at)
            return
        close_conversation(row, answered=answered, reason="Spam", by=self.sam, at=at)
        self.order += 1
        if thread.waiting_since:
            at = max(at, *(word.at for word in thread.words.values()))
        else:
            answered = "yes"
        thread.settled.append(Settled(at, self.order, answered))
        thread.status = "closed"

    def undo(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        """Close and reopen: everything is as it was, but a snooze is over."""
        if thread.status != "closed":
            before = thread.waiting_since
            self.close(draw, pk, row, thread)
            if thread.status == "closed":
                self.reopen(draw, pk, row, thread)
            assert thread.waiting_since == before

    def reopen(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        if thread.status == "open" or thread.joined_into is not None:
            return
        reopen_conversation(row, by=self.sam, at=NOON)
        if thread.status == "closed" and thread.settled:
            newest = max(thread.settled, key=lambda one: (one.at, one.order))
            if not any(word.at > newest.at for word in thread.words.values() if word.direction != "internal"):
                thread.settled.remove(newest)
        thread.status = "open"

    def snooze(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        if thread.status != "closed":
            snooze_conversation(row, until=SNOOZED_UNTIL, reason="Why", by=self.sam, at=NOON)
            thread.status = "snoozed"

    def wake(self, draw: Any, pk: int, row: Conversation, thread: Thread) -> None:
        wake_conversations(at=SNOOZED_UNTIL)
        for one in self.threads.values():
            if one.status == "snoozed":
                one.status = "open"

    def compare(self) -> None:
        for thread in self.threads.values():
            if thread.waiting_since and thread.status == "closed":
                thread.status = "open"  # nothing waits invisibly
        rows: dict[int, set[int]] = {pk: set() for pk in self.threads}
        for entry in Interaction.objects.all():
            rows[entry.conversation_id].add(entry.pk)
        for row in Conversation.objects.all():
            thread = self.threads[row.pk]
            assert rows[row.pk] == set(thread.words)
            assert (row.waiting_since, row.last_interaction_at) == (thread.waiting_since, thread.last)
            assert (row.status, row.joined_into_id) == (thread.status, thread.joined_into)
            assert [one.at for one in row.settlements.all()] == sorted((one.at for one in thread.settled), reverse=True)
            assert row.customer == self.customers[thread.customer]
        assert not Interaction.objects.exclude(conversation__customer=F("customer")).exists()
        self.find_everybody()

    def find_everybody(self) -> None:
        """Whoever was never answered is found: they wait in a list, or a person settled it."""
        listed = set(Conversation.objects.waiting().values_list("pk", flat=True))
        for row in Conversation.objects.prefetch_related("settlements", "interactions"):
            words = row.interactions.all()
            answered = max((word.occurred_at for word in words if is_answer(word)), default=None)
            unanswered = [
                word for word in words if is_question(word) and not (answered and answered >= word.occurred_at)
            ]
            settled = [one.at for one in row.settlements.all() if one.by == self.sam and one.answered != "yes"]
            for word in unanswered:
                assert row.pk in listed or any(at >= word.occurred_at for at in settled)


def is_question(word: Interaction) -> bool:
    return word.direction == "inbound" and word.kind in ASKS and not any(word.payload.values())


def is_answer(word: Interaction) -> bool:
    return word.direction == "outbound" and word.kind in ANSWERS and not any(word.payload.values())


def waits(thread: Thread) -> set[int]:
    """The words that wait."""
    since = thread.waiting_since
    return {one for one, word in thread.words.items() if since and word.asks and word.at >= since}


DEEDS = ["say"] * 8 + ["mark", "delete", "restore", "split", "split", "join", "join", "move", "close", "close"]
DEEDS += ["close", "undo", "reopen", "snooze", "wake"]


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(deeds=st.lists(st.sampled_from(DEEDS), min_size=1, max_size=14), draw=st.data())
def test_waiting_is_right_in_every_order_of_events(deeds: list[str], draw: st.DataObject) -> None:
    with rolled_back():
        desk = Desk()
        for deed in deeds:
            desk.do(deed, draw)
            desk.compare()
        before = list(Conversation.objects.order_by("pk").values("pk", "waiting_since", "last_interaction_at"))
        refresh_conversations(desk.threads)
        assert before == list(Conversation.objects.order_by("pk").values("pk", "waiting_since", "last_interaction_at"))
