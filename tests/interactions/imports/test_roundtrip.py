"""History out and in again: the same bytes, the same scores, whatever order the records came in."""

import gzip
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from customers.models import ContactPoint, Customer, Goal
from interactions.actions import goals, promises
from interactions.actions.record import record
from interactions.imports import history
from interactions.imports.export import UnknownRefsError, export_history
from interactions.merging.merging import merge_customers
from interactions.models import Channel, Direction, Interaction, Kind
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import Score
from partnership.staff.models import Firm, User

pytestmark = pytest.mark.django_db

AT = datetime(2024, 6, 1, 12, tzinfo=UTC)
Records = list[dict[str, Any]]
PROPERTY = settings(suppress_health_check=[HealthCheck.too_slow], phases=[Phase.explicit, Phase.reuse, Phase.generate])

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80)
titles = words.map(lambda text: text.strip() or "–")
days = st.dates(date(2022, 1, 1), date(2024, 12, 31)).map(date.isoformat)
offsets = st.sampled_from(["Z", "+00:00", "+05:30", "-08:00", ""])
moments = st.builds(
    lambda at, offset: at.isoformat() + offset, st.datetimes(datetime(2022, 1, 1), datetime(2024, 5, 31)), offsets
)
numbers = st.integers(-10_000, 10_000).map(lambda hundredths: hundredths / 100)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(-1e30, 1e30, allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
payloads = st.dictionaries(words, json_values, max_size=3)


@st.composite
def customers(draw: st.DrawFn) -> Records:
    count = draw(st.integers(1, 4))
    made: Records = []
    for number in range(count):
        one = {"type": "customer", "ref": f"crm:{number}", "name": draw(titles), "about": draw(words)}
        one |= {"attributes": draw(payloads), "tags": draw(st.lists(titles.map(lambda tag: tag[:60]), max_size=2))}
        if number == 0:
            one["kind"] = "organisation"
        elif draw(st.booleans()):
            one |= {"organisation": "crm:0", "introduced_by": f"crm:{draw(st.integers(0, number - 1))}"}
        if draw(st.booleans()):
            one |= {"renews_on": draw(days), "renewal_amount": draw(st.none() | numbers.map(abs))}
        if draw(st.booleans()):
            verified = {"verified": True} if draw(st.booleans()) else {}
            one["contact_points"] = [{"kind": "email", "value": f"Person{number}@Example.org", **verified}]
        if draw(st.booleans()):
            one["also"] = [f"shop:{number}"]
        made.append(one | {"owner": draw(st.sampled_from(["crm:sam", "SAM@ours.example", None]))})
    return made


@st.composite
def promises_and_goals(draw: st.DrawFn, count: int) -> Records:
    made: Records = []
    for number in range(draw(st.integers(0, 3))):
        customer = f"crm:{draw(st.integers(0, count - 1))}"
        goal = {"type": "goal", "ref": f"crm:g{number}", "customer": customer, "title": draw(titles)}
        goal |= {"baseline": draw(numbers), "current": draw(st.none() | numbers), "set_at": draw(st.none() | moments)}
        if draw(st.booleans()):
            goal |= {"status": draw(st.sampled_from(["achieved", "dropped"])), "closed_at": draw(moments)}
        made.append(goal)
        at = datetime(2023, 5, 1 + draw(st.integers(0, 20)), tzinfo=UTC).isoformat()
        reading = {"type": "check_in", "ref": f"crm:r{number}", "goal": goal["ref"], "value": draw(numbers), "at": at}
        made.append(reading)
        promise = {"type": "commitment", "ref": f"crm:c{number}", "customer": customer, "what": draw(titles)}
        promise |= {"party": "them", "made_at": draw(moments), "due_on": draw(st.none() | days), "goal": goal["ref"]}
        if draw(st.booleans()):
            promise |= {"status": draw(st.sampled_from(["kept", "missed", "released"])), "closed_at": draw(moments)}
        made.append(promise)
    return made


@st.composite
def interactions(draw: st.DrawFn, count: int) -> Records:
    made: Records = []
    for number in range(draw(st.integers(0, 8))):
        customer = draw(st.integers(0, count - 1))
        one = {"type": "interaction", "ref": f"crm:i{number}", "occurred_at": draw(moments), "body": draw(words)}
        one |= {"channel": draw(st.sampled_from(Channel.values)), "direction": draw(st.sampled_from(Direction.values))}
        one |= {"kind": draw(st.sampled_from(Kind.values)), "payload": draw(payloads), "shared": draw(st.booleans())}
        if draw(st.booleans()):
            one["customer"] = f"crm:{customer}"
        else:
            one["via"] = {"kind": "email", "value": f"person{customer}@example.org"}
        if draw(st.booleans()) and "customer" in one:
            one |= {"conversation": f"crm:t{customer}", "subject": draw(words)}
        if draw(st.booleans()):
            one |= {"amount": draw(numbers), "currency": "EUR", "minutes": draw(st.integers(0, 500))}
        made.append(one | {"author": draw(st.none() | st.just("sam@ours.example"))})
        if draw(st.integers(0, 3)) == 0:
            file = {"type": "attachment", "ref": f"crm:a{number}", "interaction": one["ref"], "name": "a.txt"}
            made.append(file | {"content": "aGVsbG8="})
    return made


@st.composite
def histories(draw: st.DrawFn) -> Records:
    """Valid records of every type that name each other."""
    people = draw(customers())
    staff = {"type": "staff", "ref": "crm:sam", "email": "Sam@ours.example", "name": "Sam", "roles": ["support"]}
    thread = {"type": "conversation", "ref": "crm:t0", "customer": "crm:0", "channel": "email", "subject": draw(words)}
    more = draw(promises_and_goals(len(people))) + draw(interactions(len(people)))
    thread["status"] = draw(st.none() | st.sampled_from(["open", "closed"]))
    return [staff, thread, *draw(other_threads()), *draw(settlements()), *people, *more]


@st.composite
def settlements(draw: st.DrawFn) -> Records:
    made: Records = []
    for number in range(draw(st.integers(0, 2))):
        answered = draw(st.sampled_from(["yes", "not_needed", "without"]))
        made.append({
            "type": "settlement", "ref": f"crm:s{number}", "conversation": "crm:t0", "at": draw(moments),
            "answered": answered, "reason": "Spam" if answered == "without" else None,
            "by": draw(st.none() | st.just("sam@ours.example")),
        })  # fmt: skip
    return made


@st.composite
def other_threads(draw: st.DrawFn) -> Records:
    """One that a department has, snoozed perhaps; and some that were joined to the first, one on the way to it."""
    common = {"type": "conversation", "customer": "crm:0", "channel": "chat"}
    waiting = {**common, "ref": "crm:t-law", "department": draw(st.none() | titles)}
    if draw(st.booleans()):
        waiting |= {"status": "snoozed", "snoozed_until": draw(st.none() | moments), "snooze_reason": draw(words)}
    joined = [
        {**common, "ref": "crm:t-joined", "joined_into": "crm:t0", "status": draw(st.none() | st.just("closed"))},
        {**common, "ref": "crm:t-further", "joined_into": draw(st.sampled_from(["crm:t-joined", "crm:t0"]))},
    ]
    return [waiting, *(joined if draw(st.booleans()) else ())]


@contextmanager
def empty_database() -> Iterator[Path]:
    """A folder, and a database that forgets what happens in it."""
    with TemporaryDirectory() as folder, override_settings(VAR_DIR=Path(folder), MEDIA_ROOT=Path(folder)), undone():
        yield Path(folder)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def imported(folder: Path, records: Records, *, files: int = 1) -> history.Summary:
    paths = [folder / f"{number}.jsonl" for number in range(files)]
    for number, path in enumerate(paths):
        path.write_text("".join(json.dumps(each) + "\n" for each in records[number::files]) or "\n\n{}\n")
    return history.import_files(paths, at=AT)


def exported(folder: Path) -> bytes:
    export_history(folder / "out.jsonl")
    return (folder / "out.jsonl").read_bytes()


@PROPERTY
@given(records=histories(), seed=st.randoms(use_true_random=False), files=st.integers(1, 3))
def test_i5_order_and_files_do_not_matter(records: Records, seed: random.Random, files: int) -> None:
    with empty_database() as folder:
        summary = imported(folder, records)
        assert summary.refused == 0, Path(summary.refusals_file or "").read_text()
        straight = exported(folder)
    shuffled = list(records)
    seed.shuffle(shuffled)
    with empty_database() as folder:
        imported(folder, shuffled, files=files)
        assert exported(folder) == straight


@PROPERTY
@given(records=histories())
def test_i8_and_out_and_in_and_out_is_the_same(records: Records) -> None:
    with empty_database() as folder:
        imported(folder, records)
        first = exported(folder)
        again = imported(folder, records)
        assert (again.created, again.updated, again.refused) == ({}, {}, 0)
        assert exported(folder) == first
    with empty_database() as folder:
        (folder / "first.jsonl").write_bytes(first)
        back = history.import_files([folder / "first.jsonl"], at=AT)
        assert (back.refused, back.updated) == (0, {}), back
        assert exported(folder) == first
        assert history.import_files([folder / "first.jsonl"], at=AT).updated == {}
        assert exported(folder) == first


def lived(sam: User) -> Customer:
    """A customer whose history happened here."""
    ada = Customer.objects.create(name="Ada", owner=sam, since=date(2024, 1, 1))
    ContactPoint.objects.create(customer=ada, kind="phone", value="+49 30 23125 001", verified=True)
    goal = goals.set_goal(customer=ada, title="Ten clients", at=AT - timedelta(days=90), by=sam, target=Decimal(10))
    goals.check_in(goal=goal, at=AT - timedelta(days=40), by=None, value=Decimal(4), note="On the way")
    kept, late, _missed = (
        promises.make_promise(
            customer=ada, party="them", what=f"Call {number}", made_at=AT - timedelta(days=60), by=sam,
            due_on=(AT - timedelta(days=30)).date(), goal=goal,
        )
        for number in range(3)
    )  # fmt: skip
    promises.keep_promise(kept, at=AT - timedelta(days=31), by=sam)
    promises.miss_overdue(at=AT - timedelta(days=20))
    late.refresh_from_db()
    promises.keep_promise(late, at=AT - timedelta(days=10), by=sam)
    record(
        by=sam, recorded_at=AT, customer_id=ada.pk, occurred_at=AT - timedelta(days=3), channel="call",
        direction="inbound", kind="referral", body="Sent a friend — «дякую»",
    )  # fmt: skip
    return ada


def scores() -> dict[str, tuple[Any, ...]]:
    rescore_all(at=AT)
    found = Score.objects.select_related("customer")
    return {each.customer.ref: (each.reciprocity, each.commitment, each.partnership, each.confidence) for each in found}


def test_what_happened_here_comes_back_with_the_same_scores() -> None:
    Firm.objects.create(name="Ours", timezone="America/New_York")
    with empty_database() as folder:
        lived(User.objects.create_user("sam@ours.example", name="Sam"))
        before, first = scores(), exported(folder)
    assert any(score[1] != 30 for score in before.values())
    with empty_database() as folder:
        (folder / "first.jsonl").write_bytes(first)
        assert history.import_files([folder / "first.jsonl"], at=AT).refused == 0
        assert (scores(), exported(folder)) == (before, first)
        assert not User.objects.get().has_usable_password()


def test_a_merged_customer_is_known_by_the_survivors_also() -> None:
    with empty_database() as folder:
        imported(folder, [{"type": "customer", "ref": ref, "name": "Ada"} for ref in ("crm:1", "shop:1", "shop:2")])
        pks = dict(Customer.objects.values_list("external_id", "pk").filter(source="shop"))
        Customer.objects.filter(pk=pks["2"]).update(merged_into=pks["1"])
        Customer.objects.filter(pk=pks["1"]).update(merged_into=Customer.objects.get(source="crm"))
        first = exported(folder)
        assert [json.loads(line) for line in first.splitlines()] == [
            {"also": ["shop:1", "shop:2"], "name": "Ada", "ref": "crm:1", "type": "customer"}
        ]
    with empty_database() as folder:
        (folder / "first.jsonl").write_bytes(first)
        history.import_files([folder / "first.jsonl"], at=AT)
        assert exported(folder) == first


def test_two_who_were_merged_come_back_as_one_with_the_same_scores() -> None:
    Firm.objects.create(name="Ours", timezone="America/New_York")
    with empty_database() as folder:
        sam = User.objects.create_user("sam@ours.example", name="Sam")
        lived(sam)
        twin = {"type": "customer", "ref": "shop:9", "name": "A. Okafor", "tags": ["vip"],
                "contact_points": [{"kind": "email", "value": "okafor@example.org"}]}  # fmt: skip
        word = {"type": "interaction", "customer": "shop:9", "kind": "referral", "channel": "web",
                "direction": "inbound", "occurred_at": "2026-01-05T10:00:00Z"}  # fmt: skip
        imported(folder, [twin, {**word, "ref": "shop:i1", "conversation": "shop:t"}])
        survivor = Customer.objects.exclude(source="shop").order_by("pk")[0]
        merge_customers(survivor=survivor, absorbed=Customer.objects.get(source="shop"), by=sam, at=AT)
        again = imported(folder, [twin, {**word, "ref": "shop:i2"}])
        assert (again.refused, again.unchanged) == (0, {"customer": 1})
        before, first = scores(), exported(folder)
    with empty_database() as folder:
        (folder / "first.jsonl").write_bytes(first)
        assert history.import_files([folder / "first.jsonl"], at=AT).refused == 0
        assert (scores(), exported(folder)) == (before, first)


def test_some_customers_with_whom_they_name() -> None:
    word = {"type": "interaction", "occurred_at": "2024-03-08T18:20:00Z", "channel": "chat", "direction": "internal"}
    records = [
        {"type": "staff", "ref": "crm:sam", "email": "sam@ours.example", "name": "Sam", "cover": "eve@ours.example"},
        {"type": "staff", "ref": "crm:eve", "email": "eve@ours.example", "name": "Eve"},
        {"type": "staff", "ref": "crm:kim", "email": "kim@ours.example", "name": "Kim"},
        {"type": "customer", "ref": "crm:1", "name": "Acme", "kind": "organisation"},
        {"type": "customer", "ref": "crm:2", "name": "Ada", "organisation": "crm:1"},
        {"type": "customer", "ref": "crm:3", "name": "Ben", "owner": "crm:kim"},
        {**word, "ref": "crm:i2", "customer": "crm:2", "kind": "note", "author": "crm:sam"},
        {**word, "ref": "crm:i3", "customer": "crm:3", "kind": "note"},
    ]
    with empty_database() as folder:
        imported(folder, records)
        export_history(folder / "some.jsonl.gz", customers=["crm:2"])
        some = gzip.decompress((folder / "some.jsonl.gz").read_bytes())
        with pytest.raises(UnknownRefsError, match="crm:404"):
            export_history(folder / "none.jsonl", customers=["crm:404"])
    refs = [json.loads(line)["ref"] for line in some.splitlines()]
    assert refs == ["crm:1", "crm:2", "crm:i2", "crm:eve", "crm:sam"]
    with empty_database() as folder:
        (folder / "some.jsonl").write_bytes(some)
        assert history.import_files([folder / "some.jsonl"], at=AT).refused == 0
        assert exported(folder) == some


def test_numbers_keep_every_digit() -> None:
    goal = {"type": "goal", "ref": "crm:g", "customer": "crm:1", "title": "Much", "target": "999999999999.9999"}
    with empty_database() as folder:
        imported(
            folder, [{"type": "customer", "ref": "crm:1", "name": "Ada"}, goal | {"baseline": "900719925474.0993"}]
        )
        assert imported(folder, [goal | {"baseline": "900719925474.0993"}]).unchanged == {"goal": 1}
        first = exported(folder)
        assert str(Goal.objects.get().baseline) == "900719925474.0993"
        assert not Interaction.objects.exists()
    with empty_database() as folder:
        (folder / "first.jsonl").write_bytes(first)
        history.import_files([folder / "first.jsonl"], at=AT)
        assert exported(folder) == first
