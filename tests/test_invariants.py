"""The invariants I1 to I10, each on the real database, over histories that hypothesis generates.

I9 needs real processes: tests/partnership/ops/test_survival.py. For concurrent work, see the test_races.py of
interactions and scoring.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Commitment, ContactPoint, Customer
from interactions.actions.promises import keep_promise, make_promise, miss_overdue, release_promise
from interactions.actions.record import Entry, record, record_many
from interactions.errors import ActionRefused
from interactions.imports.history import import_records
from interactions.merging.merging import merge_customers
from interactions.merging.unmerging import unmerge_customers
from interactions.models import Conversation, Interaction, Kind
from partnership.focus.lanes.partnership_lane import leading_items
from partnership.focus.lanes.waiting_lane import by_due, clock_of
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.formulas import SUMS, UNITS_PER_POINT, compute_scores
from partnership.scoring.engine.rescoring import rescore_all, rescore_stale
from partnership.scoring.models import RuleSet, Score, ScoreSnapshot, StaleScore
from partnership.staff.models import Firm, User
from tests.strategies import (
    DAY,
    DEMANDS,
    NOON,
    OWN_PART,
    add_history,
    customer_with,
    days,
    demands,
    entries,
    fetch_scores,
    histories,
    make_active,
    make_rule_set,
    moments,
    rolled_back,
    rule_sets,
    zones,
)

pytestmark = pytest.mark.django_db

ULP = 1e-9  # sums are exact, but scores are doubles

PURE = (*SUMS, "reciprocity", "commitment", "partnership", "loudness", "confidence", "rank")


def pure_scores(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in PURE}


@given(history=histories(), demand=demands(), rules=st.none() | rule_sets(), day=days())
def test_i1_loudness_is_never_rewarded(
    history: list[Entry], demand: list[Entry], rules: dict | None, day: date
) -> None:
    with rolled_back():
        rule_set = make_rule_set(rules)
        calm, loud = customer_with(history), customer_with([*history, *demand])
        before, after = fetch_scores(rule_set, calm, loud, day=day)
        for sum_ in ("kept", "missed", "effort", "received", "given"):
            assert after[sum_] == before[sum_]
        assert after["partnership"] <= before["partnership"]
        assert after["confidence"] <= before["confidence"]
        assert after["rank"] <= before["rank"]


@given(quiet=st.lists(histories(most=6), min_size=2, max_size=3), demand=demands())
def test_i1_nor_a_place_in_the_partnership_lane(quiet: list[list[Entry]], demand: list[Entry]) -> None:
    with rolled_back():
        first, *_ = [customer_with(history, f"Customer {number}") for number, history in enumerate(quiet)]
        before = list_places()
        add_history(first, demand, prefix="demand")
        assert list_places() == before


def list_places() -> list[tuple[int, str]]:
    """List customers and reasons in the order of the lane."""
    rescore_all(at=NOON)
    refresh_all(at=NOON)
    return [(item.customer_id, item.reason) for item in leading_items(Customer.objects.all())]


@given(
    first_at=st.lists(st.integers(0, 500), min_size=2, max_size=4),
    more=st.lists(st.tuples(st.sampled_from(DEMANDS), st.integers(0, 2000)), min_size=1, max_size=30),
)
def test_i1_asking_again_does_not_move_who_waits(first_at: list[int], more: list[tuple[str, int]]) -> None:
    """In Answers due only the oldest unanswered message counts, not how many follow."""
    with rolled_back():
        threads = []
        for minutes in first_at:
            customer = customer_with([], f"Customer {minutes}")
            threads.append(Conversation.objects.create(customer=customer, channel="email"))
            add_history(customer, [message(threads[-1], Kind.MESSAGE, minutes)])
        rescore_all(at=NOON)
        before = [thread.pk for thread in by_due(Customer.objects.all(), clock=clock_of(NOON))]
        loud = threads[0]
        again = [message(loud, kind, first_at[0] + minutes) for kind, minutes in more]
        add_history(loud.customer, again, prefix="again")
        rescore_all(at=NOON)
        assert [thread.pk for thread in by_due(Customer.objects.all(), clock=clock_of(NOON))] == before


def message(thread: Conversation, kind: str, minutes: int) -> Entry:
    at = NOON - timedelta(days=5) + timedelta(minutes=minutes)
    return Entry(
        customer_id=0, conversation_id=thread.pk, occurred_at=at, channel="email", direction="inbound", kind=kind
    )


@given(
    history=histories(),
    part=st.lists(entries(kinds=OWN_PART), min_size=1, max_size=10),
    rules=st.none() | rule_sets(),
    day=days(),
)
def test_i2_doing_ones_part_never_hurts(history: list[Entry], part: list[Entry], rules: dict | None, day: date) -> None:
    with rolled_back():
        rule_set = make_rule_set(rules)
        idle, active = customer_with(history), customer_with([*history, *part])
        before, after = fetch_scores(rule_set, idle, active, day=day)
        assert after["commitment"] >= before["commitment"] - ULP


@given(
    history=histories(),
    answers=st.lists(entries(kinds=[Kind.DECLINE]), min_size=1, max_size=10),
    day=days(),
)
def test_a_no_that_is_well_said_lowers_nothing(history: list[Entry], answers: list[Entry], day: date) -> None:
    """Under the default rules."""
    with rolled_back():
        said = [replace(one, direction="outbound") for one in answers]
        noted = [replace(one, kind=Kind.HANDOVER, direction="internal") for one in answers]  # as long known to us
        without, told_no = customer_with([*history, *noted]), customer_with([*history, *said])
        before, after = fetch_scores(make_rule_set(None), without, told_no, day=day)
        assert pure_scores(before) == pure_scores(after)


@given(
    history=histories(),
    gestures=st.lists(entries(kinds=[Kind.GESTURE]), min_size=1, max_size=10),
    rules=st.none() | rule_sets(),
    day=days(),
)
def test_i3_generosity_never_backfires(
    history: list[Entry], gestures: list[Entry], rules: dict | None, day: date
) -> None:
    with rolled_back():
        rule_set = make_rule_set(rules)
        without, given_to = customer_with(history), customer_with([*history, *gestures])
        before, after = fetch_scores(rule_set, without, given_to, day=day)
        assert after["reciprocity"] >= before["reciprocity"]


@given(history=histories(), rules=st.none() | rule_sets(), start=days(), length=st.integers(1, 40))
def test_i4_in_silence_every_sum_only_shrinks(
    history: list[Entry], rules: dict | None, start: date, length: int
) -> None:
    silent = [entry for entry in history if entry.occurred_at.date() <= start]
    with rolled_back():
        rule_set, customer = make_rule_set(rules), customer_with(silent)
        (before,) = fetch_scores(rule_set, customer, day=start)
        for ahead in range(1, length, 6):
            (after,) = fetch_scores(rule_set, customer, day=start + timedelta(days=ahead))
            assert all(after[name] <= before[name] for name in SUMS)
            before = after


@given(history=histories(), rules=st.none() | rule_sets())
def test_i4_in_the_end_everybody_is_neutral(history: list[Entry], rules: dict | None) -> None:
    with rolled_back():
        rule_set, customer, ahead = make_rule_set(rules), customer_with(history), 30
        (neutral,) = compute_scores(rule_set, [dict.fromkeys(SUMS, 0)])
        (row,) = fetch_scores(rule_set, customer, day=DAY + timedelta(days=ahead))
        while any(row[name] >= UNITS_PER_POINT / 100 for name in SUMS):
            ahead += 200
            (row,) = fetch_scores(rule_set, customer, day=DAY + timedelta(days=ahead))
        for score in ("commitment", "reciprocity", "partnership", "loudness"):
            assert abs(row[score] - neutral[score]) <= 1


@given(data=st.data(), history=histories(most=12), rules=st.none() | rule_sets())
def test_i5_order_and_batches_do_not_matter(data: st.DataObject, history: list[Entry], rules: dict | None) -> None:
    shuffled = data.draw(st.permutations(history))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(history)), max_size=3)))
    with rolled_back():
        at_once, in_parts, one_by_one = customer_with(history), customer_with([]), customer_with([])
        for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(history)], strict=True)):
            add_history(in_parts, shuffled[start:end], prefix=f"batch{number}/")
        for entry in reversed(shuffled):
            fields = {name: getattr(entry, name) for name in ("occurred_at", "channel", "direction", "kind", "minutes")}
            money = {"amount": entry.amount, "currency": entry.currency, "payload": entry.payload}
            record(by=None, recorded_at=NOON, customer_id=one_by_one.pk, **fields, **money)
        first, *others = fetch_scores(make_rule_set(rules), at_once, in_parts, one_by_one)
        assert [pure_scores(other) for other in others] == [pure_scores(first)] * 2


@st.composite
def promises(draw: st.DrawFn) -> dict[str, Any]:
    """A promise's life, in days since it was made; `done` is None when it stays open."""
    return {
        "party": draw(st.sampled_from(["us", "them"])),
        "made": draw(st.integers(0, 60)),
        "due": draw(st.none() | st.integers(0, 20)),
        "done": draw(st.none() | st.integers(0, 25)),
        "how": draw(st.sampled_from(["kept", "kept", "released"])),
        "says_missed": draw(st.booleans()),
    }


@given(lives=st.lists(promises(), min_size=1, max_size=5), zone=zones, beats=st.sets(st.integers(0, 90), max_size=4))
def test_i5_live_or_imported(lives: list[dict[str, Any]], zone: str, beats: set[int]) -> None:
    """Promises recorded live, with overdue ones marked on some days, and the same promises imported at once."""
    begin = NOON - timedelta(days=100)
    with rolled_back(zone):
        by, firm = User.objects.create_user("sam@firm.example", name="Sam"), Firm.current()
        live = Customer.objects.create(name="Live")
        happens: list[tuple[int, int, Any]] = [(day, 2, None) for day in beats]
        for life in lives:
            happens.append((life["made"], 0, life))
            if life["done"] is not None:
                happens.append((life["made"] + life["done"], 1, life))
        made_of: dict[int, Commitment] = {}
        for day, step, life in sorted(happens, key=lambda happening: happening[:2]):
            at = begin + timedelta(days=day, hours=step)
            if step == 2:
                miss_overdue(at=at)
            elif step == 0:
                due_on = None if life["due"] is None else firm.local_date(at) + timedelta(days=life["due"])
                made_of[id(life)] = make_promise(
                    customer=live, party=life["party"], what="Call five", made_at=at, due_on=due_on, by=by
                )
            else:
                with suppress(ActionRefused):  # what was missed can be kept, not released
                    (keep_promise if life["how"] == "kept" else release_promise)(made_of[id(life)], at=at, by=by)
        miss_overdue(at=NOON)

        told: list[dict[str, Any]] = [{"type": "customer", "ref": "crm:told", "name": "Told"}]
        for number, life in enumerate(lives):
            promise = made_of[id(life)]
            promise.refresh_from_db()
            record_of = {
                "type": "commitment", "ref": f"crm:c{number}", "customer": "crm:told", "party": promise.party,
                "what": promise.what, "made_at": promise.made_at.isoformat(),
            }  # fmt: skip
            if promise.due_on:
                record_of["due_on"] = str(promise.due_on)
            if promise.status in ("kept", "released") or (promise.status == "missed" and life["says_missed"]):
                record_of |= {"status": promise.status, "closed_at": promise.closed_at.isoformat()}
            told.append(record_of)
        summary = import_records(told, at=NOON)
        assert summary.refused == 0
        imported = Customer.objects.get(source="crm", external_id="told")
        assert list_events(imported) == list_events(live)
        first, second = fetch_scores(RuleSet.objects.active(), live, imported)
        assert pure_scores(first) == pure_scores(second)


def list_events(customer: Customer) -> list[tuple[Any, ...]]:
    rows = Interaction.objects.filter(customer=customer).values_list("occurred_at", "kind", "direction", "occurred_on")
    payloads = Interaction.objects.filter(customer=customer).values_list("kind", "payload__days_late")
    return [*sorted(rows), *sorted(payloads, key=str)]


@given(
    settled=st.lists(histories(most=8), min_size=1, max_size=3),
    news=st.lists(histories(most=8), min_size=1, max_size=3),
    rules=st.none() | rule_sets(),
    nights=st.lists(st.integers(1, 40), max_size=2),
)
def test_i6_part_equals_whole(
    settled: list[list[Entry]], news: list[list[Entry]], rules: dict | None, nights: list[int]
) -> None:
    with rolled_back():
        make_active(make_rule_set(rules))
        customers = [customer_with(history) for history in settled]
        at = NOON - timedelta(days=60)
        for night in nights:
            rescore_all(at=at)
            at += timedelta(days=night)
        for customer, history in zip(customers, news, strict=False):
            add_history(customer, history, prefix="news")
        stale = set(StaleScore.objects.values_list("customer_id", flat=True))

        with rolled_back():
            assert rescore_stale(at=NOON) == len(stale)
            by_part = list_stored(stale)
        rescore_all(at=NOON)
        assert by_part == list_stored(stale)
        assert not StaleScore.objects.exists()


def list_stored(customer_ids: set[int]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    scores = Score.objects.filter(customer__in=customer_ids).order_by("customer_id").values()
    snapshots = ScoreSnapshot.objects.filter(customer__in=customer_ids).order_by("customer_id", "day").values()
    return list(scores), [{name: value for name, value in row.items() if name != "id"} for row in snapshots]


@pytest.fixture(scope="module")
def no_trends() -> Iterator[None]:
    """Skip the trend that a merge rebuilds; tests/interactions/merging/test_merge.py covers it."""
    with mock.patch("partnership.scoring.merge_rows.backfill_snapshots"):
        yield


@pytest.mark.usefixtures("no_trends")
@given(one=histories(), other=histories(), rules=st.none() | rule_sets(), day=days())
def test_i7_a_merge_adds_up(one: list[Entry], other: list[Entry], rules: dict | None, day: date) -> None:
    """Merged in either direction, two customers score as if their histories had always been one."""
    with rolled_back():
        rule_set, by = make_rule_set(rules), User.objects.create_user("sam@firm.example", name="Sam")
        always = customer_with([*one, *other])
        ada, bea = customer_with(one, "Ada"), customer_with(other, "Bea")
        (joined,) = fetch_scores(rule_set, always, day=day)
        with rolled_back():
            merge_customers(survivor=ada, absorbed=bea, by=by, at=NOON)
            forth = fetch_scores(rule_set, ada, day=day)
        merge_customers(survivor=bea, absorbed=ada, by=by, at=NOON)
        back = fetch_scores(rule_set, bea, day=day)
        assert [pure_scores(row) for row in (*forth, *back)] == [pure_scores(joined)] * 2


@st.composite
def deliveries(draw: st.DrawFn) -> list[tuple[str, str, Entry]]:
    """Deliveries between a merge and its undoing: customer, kind of reference, interaction."""
    whom = st.sampled_from(["ada", "bea"])
    return draw(st.lists(st.tuples(whom, st.sampled_from(["ref", "address"]), entries()), max_size=10))


@pytest.mark.usefixtures("no_trends")
@given(
    one=histories(most=10),
    other=histories(most=10),
    between=deliveries(),
    cut=st.integers(0, 10),
    rules=st.none() | rule_sets(),
    day=days(),
)
def test_i7_undoing_a_merge_restores_both(
    one: list[Entry],
    other: list[Entry],
    between: list[tuple[str, str, Entry]],
    cut: int,
    rules: dict | None,
    day: date,
) -> None:
    """Deliveries reach the right customer, even under a second merge, as if nothing had been merged."""
    with rolled_back():
        rule_set, by = make_rule_set(rules), User.objects.create_user("sam@firm.example", name="Sam")
        make_active(rule_set)
        people = {name: reachable(name, history) for name, history in (("ada", one), ("bea", other))}
        third = customer_with([], "Cleo")
        with rolled_back():
            deliver(between, "before")
            rescore_all(at=NOON)
            expected = [pure_scores(row) for row in fetch_scores(rule_set, *people.values(), day=day)]
            whose = list_lines(*people.values())
        first = merge_customers(survivor=people["ada"], absorbed=people["bea"], by=by, at=NOON)
        deliver(between[:cut], "before")
        second = merge_customers(survivor=third, absorbed=people["ada"], by=by, at=NOON)
        deliver(between, "before")
        for done in (second, first):
            unmerge_customers(done, by=by, at=NOON)
        assert list_lines(*people.values()) == whose
        assert list_lines(third) == [[]]
        assert [pure_scores(row) for row in fetch_scores(rule_set, *people.values(), day=day)] == expected
        rescore_all(at=NOON)
        assert not StaleScore.objects.filter(customer__in=people.values()).exists()


def reachable(name: str, history: list[Entry]) -> Customer:
    customer = Customer.objects.create(name=name, source="crm", external_id=name)
    ContactPoint.objects.create(customer=customer, kind="email", value=f"{name}@example.org")
    add_history(customer, history)
    return customer


def deliver(arriving: list[tuple[str, str, Entry]], prefix: str) -> None:
    """Import deliveries, each in a thread of its customer."""
    fields = ("channel", "direction", "kind", "body", "minutes", "amount", "currency", "payload")
    told = []
    for number, (name, how, entry) in enumerate(arriving):
        by_address = {"via": {"kind": "email", "value": f"{name}@example.org"}}
        told.append(
            {
                "type": "interaction",
                "ref": f"test:{prefix}{number}",
                "conversation": "test:one for all",
                "occurred_at": entry.occurred_at.isoformat(),
                **{field: value for field in fields if (value := getattr(entry, field)) not in ("", None)},
                **(by_address if how == "address" else {"customer": f"crm:{name}"}),
            }
        )
    summary = import_records(told, at=NOON)
    assert summary.refused == 0


def list_lines(*customers: Customer) -> list[list[tuple[Any, ...]]]:
    """List each customer's rows by ref, and whether their thread is the customer's."""
    return [
        sorted(
            (row.external_id, row.addressed_to_id, row.conversation is None or row.conversation.customer_id == one.pk)
            for row in one.interactions.select_related("conversation")
        )
        for one in customers
    ]


@given(history=histories(), again=st.integers(0, 25), rules=st.none() | rule_sets())
def test_i8_delivered_twice_counted_once(history: list[Entry], again: int, rules: dict | None) -> None:
    with rolled_back():
        rule_set, customer = make_rule_set(rules), Customer.objects.create(name="Ada")
        delivery = [
            replace(entry, customer_id=customer.pk, source="test", external_id=str(number))
            for number, entry in enumerate(history)
        ]
        record_many(delivery, recorded_at=NOON)
        before = everything(rule_set, customer)
        changed = [replace(entry, kind=Kind.REFERRAL, body="Changed on the way") for entry in delivery[:again]]
        assert record_many([*delivery[again:], *changed], recorded_at=NOON + timedelta(days=1)) == {}
        assert everything(rule_set, customer) == before


def everything(rule_set: RuleSet, customer: Customer) -> list[Any]:
    return [
        fetch_scores(rule_set, customer),
        list(Interaction.objects.order_by("id").values()),
        StaleScore.objects.count(),
    ]


@given(data=st.data(), zone=zones, rules=st.none() | rule_sets(), day=days())
def test_i10_the_past_is_reproducible(data: st.DataObject, zone: str, rules: dict | None, day: date) -> None:
    history = data.draw(histories(zone))
    later_days = st.integers(1, 90).map(lambda ahead: day + timedelta(days=ahead))
    later = data.draw(st.lists(st.tuples(entries(), moments(zone, later_days)), min_size=1, max_size=10))
    afterwards = [replace(entry, occurred_at=at) for entry, at in later if local_date(at, zone) > day]
    with rolled_back(zone):
        rule_set, customer = make_rule_set(rules), customer_with(history)
        before = fetch_scores(rule_set, customer, day=day)
        add_history(customer, afterwards, prefix="later")
        rescore_all(at=NOON)
        assert fetch_scores(rule_set, customer, day=day) == before


def local_date(at: Any, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
