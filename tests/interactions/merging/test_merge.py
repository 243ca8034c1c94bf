"""Merging two customers and undoing it, on the verbs; the invariant I7 itself is in tests/test_invariants.py."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from customers.models import ContactPoint, Customer, Merge
from interactions.actions.conversations import close_conversation
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.entries import edit_entry
from interactions.actions.promises import keep_promise
from interactions.actions.threads import join_threads
from interactions.errors import ActionRefused
from interactions.imports.history import import_records
from interactions.merging.merging import merge_customers
from interactions.merging.unmerging import unmerge_customers
from interactions.models import Conversation, Interaction, Kind
from partnership.focus.models import FocusItem
from partnership.scoring.engine.rescoring import rescore
from partnership.scoring.models import ScoreSnapshot, Tier, TierPin
from partnership.staff.models import User
from tests.everything import tell_everything
from tests.factories import (
    ContactPointFactory,
    ConversationFactory,
    CustomerFactory,
    OrganisationFactory,
    UserFactory,
    goal,
    happens,
    promise,
    works,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)

STAYS = {
    "customers.Customer.merged_into": "says who was merged into whom",
    "customers.Merge.survivor": "says so too",
    "customers.Merge.absorbed": "says so too",
    "interactions.Erasure.customer": "names an erased customer, whom no merge takes",
    "interactions.Interaction.addressed_to": "says whom a row was meant for",
    "focus.Recovery.customer": "follows its mistake, a row that was moved",
    "focus.StaleFocus.customer": "is taken up by the next refreshing",
    "health.Answer.customer": "follows from the history",
    "health.StaleMetrics.customer": "is taken up by the next refreshing",
    "health.CustomerMetrics.customer": "follows from the history",
    "health.RaisedAlert.customer": "ends with the next check, as the absorbed one has no metrics",
    "scoring.Score.customer": "follows from the history",
    "scoring.ScoreSnapshot.customer": "the absorbed one's trend waits; the survivor's is drawn anew",
    "scoring.MissingTrend.customer": "is taken up by whoever fills in trends next",
    "scoring.StaleScore.customer": "is taken up by the next rescoring",
}
"""The foreign keys to a customer that a merge leaves alone, and why. Every other one has to be moved."""


def to_customers() -> dict[str, Any]:
    """Every foreign key to a customer; not those of the history tables, which keep what stood."""
    return {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.model is Customer and not hasattr(model, "pgh_tracked_model")
    }


def rows_of(customer: Customer) -> dict[str, set[int]]:
    return {
        name: set(field.model._base_manager.filter(**{field.name: customer.pk}).values_list("pk", flat=True))
        for name, field in to_customers().items()
    }


@pytest.fixture
def sam() -> User:
    return UserFactory(role="manager")


def everything_about(customer: Customer, by: User) -> None:
    """A row for each foreign key to a customer."""
    tell_everything(customer, by=by, colleague=UserFactory())
    CustomerFactory(introduced_by=customer, organisation=customer)
    happens(OrganisationFactory(), Kind.MESSAGE, at=NOON, person_id=customer.pk)
    tier = Tier.objects.filter(for_newcomers=False).first()
    TierPin.objects.create(customer=customer, tier=tier, reason="As agreed", until=date(2026, 12, 31), by=by)
    FocusItem.objects.create(customer=customer, reason="thank", cause="praise", since=NOON.date(), strength=1)
    rescore([customer.pk], at=NOON)


def test_whatever_names_the_absorbed_customer_names_the_survivor_then_and_comes_back(sam: User) -> None:
    survivor, absorbed = OrganisationFactory(), OrganisationFactory()
    everything_about(absorbed, sam)
    before = rows_of(absorbed)
    done = merge_customers(survivor=survivor, absorbed=absorbed, by=sam, at=timezone.now())
    for name, pks in before.items():
        if name not in STAYS:
            assert pks, f"tests/everything.py tells nothing of {name}"
            assert not rows_of(absorbed)[name], f"{name} is neither moved by a merge nor declared to stay"
            assert pks <= rows_of(survivor)[name]
    unmerge_customers(done, by=sam, at=timezone.now())
    after = rows_of(absorbed)
    for name, pks in before.items():
        assert name in STAYS or after[name] == pks, name


def told() -> dict[str, list[dict[str, Any]]]:
    """Every row of the people, what was promised and what happened; not who was merged into whom."""
    models = (Customer, ContactPoint, *(apps.get_model(label) for label in (
        "customers.Goal", "customers.Commitment", "interactions.Conversation", "interactions.Interaction",
        "interactions.Deletion", "scoring.TierPin",
    )))  # fmt: skip
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}


def trends() -> list[tuple[Any, ...]]:
    return list(ScoreSnapshot.objects.order_by("customer", "day").values_list("customer", "day", "partnership", "tier"))


@pytest.fixture
def pair(sam: User) -> tuple[Customer, Customer]:
    """Two of the same name, each with a story."""
    kim = UserFactory()
    ada = CustomerFactory(name="Ada Okafor", since=date(2024, 5, 1), tags=["a", "both"], attributes={"plan": "annual"})
    other = CustomerFactory(
        name="A. Okafor", preferred_name="Ada", about="Likes tea", since=date(2023, 2, 1), tags=["both", "b"],
        owner=kim, attributes={"plan": "monthly", "cohort": 3}, do_not_contact=True, introduced_by=ada,
        source="shop", external_id="9",
    )  # fmt: skip
    ContactPointFactory(customer=other, value="okafor@example.org")
    CustomerFactory(name="Ben", introduced_by=other)
    for customer in (ada, other):
        works(customer, until=NOON.date(), days=5)
        thread = ConversationFactory(customer=customer)
        happens(customer, Kind.QUESTION, at=NOON - timedelta(days=2), conversation_id=thread.pk)
        goal(customer, "Ten clients", at=NOON - timedelta(days=9), by=sam)
        promise(customer, "Call five", party="them", at=NOON - timedelta(days=9), due_on=NOON.date(), by=sam)
        rescore([customer.pk], at=NOON)
    return ada, other


def test_what_differs_stays_the_survivors_and_what_they_lack_is_filled_in(
    pair: tuple[Customer, Customer], sam: User
) -> None:
    ada, other = pair
    merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    ada.refresh_from_db()
    assert (ada.name, ada.preferred_name, ada.about, ada.owner) == ("Ada Okafor", "Ada", "Likes tea", other.owner)
    assert (ada.since, ada.tags, ada.do_not_contact) == (date(2023, 2, 1), ["a", "both", "b"], True)
    assert ada.attributes == {"plan": "annual", "cohort": 3}
    assert ada.introduced_by is None
    assert Customer.objects.get(name="Ben").introduced_by == ada
    other.refresh_from_db()
    assert other.merged_into == ada
    assert (other.name, other.since) == ("A. Okafor", date(2023, 2, 1))


def test_undone_everything_is_as_it_was(pair: tuple[Customer, Customer], sam: User) -> None:
    ada, other = pair
    before, drawn = told(), trends()
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    assert told() != before
    unmerge_customers(done, by=sam, at=NOON + timedelta(hours=1))
    assert told() == before
    assert trends() == drawn


def test_the_merged_ones_trend_is_that_of_both(pair: tuple[Customer, Customer], sam: User) -> None:
    ada, other = pair
    works(other, until=date(2025, 11, 1), days=30)
    merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    assert ada.snapshots.filter(day__lt=date(2025, 11, 8), commitment__gt=40).exists()


def test_the_survivors_pin_wins(pair: tuple[Customer, Customer], sam: User) -> None:
    ada, other = pair
    low, high = Tier.objects.filter(for_newcomers=False).order_by("rank")[:2]
    for customer, tier in ((ada, low), (other, high)):
        TierPin.objects.create(customer=customer, tier=tier, reason="As agreed", until=date(2026, 12, 31), by=sam)
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    assert TierPin.objects.get(customer=ada).tier == low
    unmerge_customers(done, by=sam, at=NOON)
    assert TierPin.objects.get(customer=other).tier == high


def test_moving_rows_is_no_change_of_theirs_in_history(pair: tuple[Customer, Customer], sam: User) -> None:
    ada, other = pair
    events = apps.get_model("interactions", "InteractionEvent").objects
    unmerge_customers(merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON), by=sam, at=NOON)
    assert not events.exists()
    edit_entry(other.interactions.filter(kind=Kind.QUESTION).get(), by=sam, body="Where is it?")
    assert events.count() == 1


WORD = {"type": "interaction", "occurred_at": "2026-01-15T18:00:00Z", "channel": "email", "direction": "inbound",
        "kind": "message"}  # fmt: skip


def test_what_arrives_for_the_absorbed_one_is_the_survivors_and_goes_back(
    pair: tuple[Customer, Customer], sam: User
) -> None:
    ada, other = pair
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    summary = import_records(
        [
            {**WORD, "ref": "shop:m1", "customer": "shop:9"},
            {
                **WORD,
                "ref": "mail:m2",
                "via": {"kind": "email", "value": "Okafor@example.org"},
                "conversation": "mail:t",
            },
            {**WORD, "ref": "mail:m3", "customer": ada.ref},
            {"type": "goal", "ref": "shop:g", "customer": "shop:9", "title": "Learn", "set_at": "2026-01-15T18:00:00Z"},
        ],
        at=NOON + timedelta(days=1),
    )
    assert summary.refused == 0
    refs = ["m1", "m2", "m3", "g/set"]
    arrived = Interaction.objects.filter(external_id__in=refs).order_by("external_id")
    assert {row.customer for row in arrived} == {ada}
    assert {row.external_id: row.addressed_to for row in arrived if row.addressed_to} == {"m1": other, "m2": other}
    answer = happens(ada, Kind.MESSAGE, at=NOON + timedelta(days=2), by=sam, direction="outbound",
                     conversation_id=Conversation.objects.get(external_id="t").pk)  # fmt: skip
    note = happens(ada, Kind.NOTE, at=NOON + timedelta(days=2), by=sam, direction="internal")
    unmerge_customers(done, by=sam, at=NOON + timedelta(days=3))
    whose = dict(Interaction.objects.values_list("external_id", "customer"))
    assert {ref: whose[ref] for ref in refs} == {"m1": other.pk, "m2": other.pk, "m3": ada.pk, "g/set": other.pk}
    assert (whose[answer.external_id], whose[note.external_id]) == (other.pk, ada.pk)
    assert not Interaction.objects.exclude(addressed_to=None).exists()
    assert Conversation.objects.get(external_id="t").customer == other


def test_threads_stay_whole(pair: tuple[Customer, Customer], sam: User) -> None:
    """Their word in a thread of the survivor's has a thread of its own afterwards, as it would have had before."""
    ada, other = pair
    thread = ada.conversations.get()
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    import_records([{**WORD, "ref": "shop:m", "customer": "shop:9", "conversation": thread.ref}], at=NOON)
    row = Interaction.objects.get(external_id="m")
    assert row.conversation == thread
    unmerge_customers(done, by=sam, at=NOON)
    row.refresh_from_db()
    assert (row.customer, row.conversation.customer, row.conversation.ref) == (other, other, f"{thread.ref}#shop:9")
    assert row.conversation.waiting_since == row.occurred_at
    thread.refresh_from_db()
    assert thread.last_interaction_at == NOON - timedelta(days=2)


def test_threads_that_were_joined_are_two_again(pair: tuple[Customer, Customer], sam: User) -> None:
    ada, other = pair
    mine, theirs = ada.conversations.get(), other.conversations.get()
    for gone, into in ((theirs, mine), (mine, theirs)):
        done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
        gone.refresh_from_db()
        join_threads(gone, into=Conversation.objects.get(pk=into.pk), by=sam, at=NOON)
        unmerge_customers(done, by=sam, at=NOON)
        for customer, thread in ((ada, mine), (other, theirs)):
            row = customer.interactions.get(kind=Kind.QUESTION)
            thread.refresh_from_db()
            assert (row.conversation, thread.customer, thread.joined_into) == (thread, customer, None)
            assert thread.waiting_since == row.occurred_at


def test_settlements_go_with_their_threads_and_are_divided_where_these_are(
    pair: tuple[Customer, Customer], sam: User
) -> None:
    ada, other = pair
    mine, theirs = ada.conversations.get(), other.conversations.get()
    for thread in (mine, theirs):
        close_conversation(thread, answered="without", reason=str(thread.pk), by=sam, at=NOON)
    for joins in (False, True):
        done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
        if joins:
            join_threads(theirs, into=mine, by=sam, at=NOON)
            assert mine.settlements.count() == 2
        assert not Conversation.objects.waiting().exists()
        unmerge_customers(done, by=sam, at=NOON)
        for thread in (mine, theirs):
            assert str(thread.pk) in thread.settlements.values_list("reason", flat=True)
            thread.refresh_from_db()
            assert (thread.status, thread.waiting_since) == ("closed", None)


def test_entries_that_were_deleted_or_edited_meanwhile_go_back_so(pair: tuple[Customer, Customer], sam: User) -> None:
    ada, other = pair
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    import_records([{**WORD, "ref": "shop:m", "customer": "shop:9"}], at=NOON)
    edited = Interaction.objects.filter(customer=ada, kind=Kind.WORK_DONE).latest("pk")
    edit_entry(edited, by=sam, body="Half of it")
    question = Interaction.objects.filter(customer=ada, kind=Kind.QUESTION).latest("pk")
    asked = delete_entry(question, reason="A slip", by=sam, at=NOON)
    arrived = delete_entry(Interaction.objects.get(external_id="m"), reason="A slip", by=sam, at=NOON)
    unmerge_customers(done, by=sam, at=NOON)
    edited.refresh_from_db()
    assert (edited.customer, edited.body) == (other, "Half of it")
    for deletion in (asked, arrived):
        deletion.refresh_from_db()
        row = restore_entry(deletion, by=sam, at=NOON)
        assert (deletion.customer, row.customer, row.addressed_to) == (other, other, None)


def test_what_was_deleted_before_and_brought_back_meanwhile_goes_back(
    pair: tuple[Customer, Customer], sam: User
) -> None:
    ada, other = pair
    deletion = delete_entry(other.interactions.get(kind=Kind.QUESTION), reason="A slip", by=sam, at=NOON)
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    deletion.refresh_from_db()
    row = restore_entry(deletion, by=sam, at=NOON)
    assert row.customer == ada
    unmerge_customers(done, by=sam, at=NOON)
    row.refresh_from_db()
    assert row.customer == other


def test_a_promise_kept_meanwhile_is_kept_where_it_was_made(pair: tuple[Customer, Customer], sam: User) -> None:
    ada, other = pair
    theirs = other.commitments.get()
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    theirs.refresh_from_db()
    keep_promise(theirs, at=NOON, by=sam)
    unmerge_customers(done, by=sam, at=NOON)
    assert Interaction.objects.get(kind=Kind.COMMITMENT_KEPT).customer == other


def test_what_was_changed_on_the_survivor_meanwhile_stays(pair: tuple[Customer, Customer], sam: User) -> None:
    ada, other = pair
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    ada.refresh_from_db()
    ada.about, ada.tags, ada.attributes = "Likes coffee", [*ada.tags, "new"], {**ada.attributes, "plan": "none"}
    ada.save()
    unmerge_customers(done, by=sam, at=NOON)
    ada.refresh_from_db()
    assert (ada.about, ada.preferred_name, ada.do_not_contact) == ("Likes coffee", "", False)
    assert (ada.tags, ada.attributes) == (["a", "both", "new"], {"plan": "none"})


@pytest.mark.parametrize(
    ("ours", "stands"),
    [
        ((None, None), (date(2027, 3, 3), Decimal(1200))),
        ((date(2027, 1, 1), None), (date(2027, 1, 1), None)),
        ((date(2027, 1, 1), Decimal(50)), (date(2027, 1, 1), Decimal(50))),
    ],
)
def test_a_renewal_is_taken_over_as_a_whole_and_given_back(sam: User, ours: Any, stands: Any) -> None:
    ada = CustomerFactory(renews_on=ours[0], renewal_amount=ours[1])
    other = CustomerFactory(renews_on=date(2027, 3, 3), renewal_amount=Decimal(1200))
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    ada.refresh_from_db()
    assert (ada.renews_on, ada.renewal_amount) == stands
    unmerge_customers(done, by=sam, at=NOON)
    ada.refresh_from_db()
    assert (ada.renews_on, ada.renewal_amount) == ours


@pytest.mark.parametrize("theirs", [None, Decimal(1200)])
@pytest.mark.parametrize("edit", [{"renewal_amount": Decimal(900)}, {"renews_on": date(2027, 4, 4)}])
def test_a_renewal_that_was_edited_since_the_merge_stays(sam: User, theirs: Any, edit: dict[str, Any]) -> None:
    ada, other = CustomerFactory(), CustomerFactory(renews_on=date(2027, 3, 3), renewal_amount=theirs)
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    Customer.objects.filter(pk=ada.pk).update(**edit)
    unmerge_customers(done, by=sam, at=NOON)
    ada.refresh_from_db()
    expected = {"renews_on": date(2027, 3, 3), "renewal_amount": theirs, **edit}
    assert {"renews_on": ada.renews_on, "renewal_amount": ada.renewal_amount} == expected


def test_the_person_of_an_organisation_may_be_merged_with_whom_it_was_about(sam: User) -> None:
    firm, ada, other = OrganisationFactory(), CustomerFactory(), CustomerFactory()
    spoke = happens(firm, Kind.MESSAGE, at=NOON, person_id=other.pk)
    met = happens(ada, Kind.MEETING, at=NOON, person_id=other.pk)
    before = told()
    done = merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    spoke.refresh_from_db()
    met.refresh_from_db()
    assert (spoke.person, met.person) == (ada, None)
    unmerge_customers(done, by=sam, at=NOON)
    assert told() == before


def test_who_cannot_be_merged(sam: User) -> None:
    ada, firm = CustomerFactory(), OrganisationFactory()
    member = CustomerFactory(organisation=firm)
    gone = CustomerFactory(merged_into=ada)
    spoken = OrganisationFactory()
    happens(spoken, Kind.MESSAGE, at=NOON, person_id=member.pk)
    for survivor, absorbed, why in (
        (ada, ada, "same customer"),
        (ada, gone, "was merged into"),
        (gone, ada, "was merged into"),
        (firm, ada, "can't be merged into an organisation"),
        (member, firm, "belongs to"),
        (ada, firm, "People belong to"),
        (ada, spoken, "People belong to"),
    ):
        with pytest.raises(ActionRefused, match=why):
            merge_customers(survivor=survivor, absorbed=absorbed, by=sam, at=NOON)
    merge_customers(survivor=ada, absorbed=OrganisationFactory(), by=sam, at=NOON)


def test_later_merges_are_undone_first(sam: User) -> None:
    first, second, third = CustomerFactory(name="First"), CustomerFactory(name="Second"), CustomerFactory(name="Third")
    happens(third, Kind.PRAISE, at=NOON)
    inner = merge_customers(survivor=second, absorbed=third, by=sam, at=NOON)
    outer = merge_customers(survivor=first, absorbed=second, by=sam, at=NOON)
    late = happens(third, Kind.FEEDBACK, at=NOON)
    assert (late.customer, late.addressed_to) == (first, third)
    with pytest.raises(ActionRefused, match="Second was merged into First later, on 15 Jan 2026"):
        unmerge_customers(inner, by=sam, at=NOON)
    unmerge_customers(outer, by=sam, at=NOON)
    assert list(Interaction.objects.values_list("customer", "addressed_to")) == [
        (second.pk, third.pk),
        (second.pk, None),
    ]
    with pytest.raises(ActionRefused, match="already undone"):
        unmerge_customers(outer, by=sam, at=NOON)
    unmerge_customers(inner, by=sam, at=NOON)
    assert list(Interaction.objects.values_list("customer", "addressed_to")) == [(third.pk, None)] * 2
    assert Merge.objects.exclude(undone_at=None).count() == 2
