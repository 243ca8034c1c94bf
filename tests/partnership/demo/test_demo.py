"""The demo's story as records: what is promised of it without a database."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import Commitment, Customer, Goal
from customers.normalisation import normalise
from interactions.imports.interchange.schema import ADAPTERS
from interactions.models import Channel, Conversation, Direction, Kind
from partnership.demo.library import LANGUAGES, load_texts
from partnership.demo.personas.roles import ARCS, ORDINARY_SHARES, arc_refs
from partnership.demo.portrait_drawing import face
from partnership.demo.portraits import draw_portraits
from partnership.demo.story.records import story_records
from tests.stories import TODAY, Record, at, kinds, of, records


def texts(record: Record) -> Iterator[str]:
    for value in record.values():
        if isinstance(value, str):
            yield value


@pytest.mark.parametrize("customers", [20, 37, 200, 900])
def test_there_are_as_many_customers_as_asked_for(customers: int):
    assert Counter(record["type"] for record in records(customers))["customer"] == customers


@pytest.mark.parametrize("customers", [0, 19, 5_001])
def test_a_number_that_the_story_cannot_be_told_with_is_refused(customers: int):
    with pytest.raises(ValueError, match=f"20 to 5000 customers, not {customers}"):
        list(story_records(customers=customers, today=TODAY))


def test_the_same_arguments_tell_the_same_story_and_another_seed_another():
    assert records() == list(story_records(customers=200, seed=1, today=TODAY))
    names = [[record["name"] for record in records(seed=seed) if record["type"] == "customer"] for seed in (1, 2)]
    assert len(set(names[0]) & set(names[1])) < 40
    assert arc_refs(200, 1) != arc_refs(200, 2)


def test_it_is_a_believable_amount_of_history():
    happened = [at(record["occurred_at"]).date() for record in of("interaction")]
    assert 9_000 < len(happened) < 20_000
    assert min(happened) < TODAY - timedelta(days=500)
    assert max(happened) == TODAY - timedelta(days=1)


def test_nothing_happens_after_today_has_begun():
    start = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    moments = [
        at(record[name])
        for record in records()
        for name in ("occurred_at", "made_at", "set_at", "closed_at", "at")
        if name in record
    ]
    assert max(moments) < start


def test_every_record_is_one_that_the_import_takes():
    for record in records():
        stated = ADAPTERS[record["type"]].validate_python(record)
        assert set(stated) == set(record)


def test_every_word_is_one_that_the_domain_knows():
    for record in of("interaction"):
        assert record["kind"] in Kind.values
        assert record["channel"] in Channel.values
        assert record["direction"] in Direction.values
    own = {Kind.COMMITMENT_MADE, Kind.COMMITMENT_KEPT, Kind.GOAL_SET, Kind.CHECK_IN}
    assert not own & set(kinds(of("interaction"))), "promises and goals write their own rows"
    assert {record["status"] for record in of("commitment")} <= set(Commitment.Status.values)
    assert {record["status"] for record in of("goal")} <= set(Goal.Status.values)
    assert {record["status"] for record in of("conversation")} <= set(Conversation.Status.values)
    assert {record.get("lifecycle", "active") for record in of("customer")} == set(Customer.Lifecycle.values)


def test_refs_are_unique_and_all_that_is_named_exists():
    refs = {(record["type"], record["ref"]) for record in records()}
    assert len(refs) == len(records())
    emails = {record["email"] for record in of("staff")}
    targets = {
        "customer": "customer",
        "person": "customer",
        "organisation": "customer",
        "introduced_by": "customer",
        "goal": "goal",
        "conversation": "conversation",
    }
    for record in records():
        for name, type_ in targets.items():
            assert name not in record or (type_, record[name]) in refs
        for name in ("author", "owner", "assignee"):
            assert record.get(name, "support@demo.example") in emails


def test_contact_points_belong_to_one_customer_and_to_nobody_real():
    points = [point for record in of("customer") for point in record["contact_points"]]
    known = Counter((point["kind"], normalise(point["kind"], point["value"])) for point in points)
    assert set(known.values()) == {1}
    mailboxes = [point["value"] for point in points if point["kind"] == "email"]
    assert all(value.endswith(("example.org", "example.com", "example.net")) for value in mailboxes)


def test_a_promise_is_open_until_it_is_due_and_closed_afterwards():
    for record in of("commitment"):
        assert ("closed_at" in record) == (record["status"] != "open")
        if record["status"] == "open":
            assert date.fromisoformat(record["due_on"]) >= TODAY
        assert at(record.get("closed_at", record["made_at"])) >= at(record["made_at"])


def test_every_text_is_filled_in():
    for record in records():
        for text in texts(record):
            assert not set("{}[]|") & set(text), text
            assert not any(empty in text for empty in ('""', "„“", "„”", "«»", "«  »")), text
            assert "lorem" not in text.lower()


def test_people_write_in_several_languages():
    spoken = Counter(record["language"] for record in of("customer"))
    assert set(spoken) == set(LANGUAGES)
    assert spoken["en"] < 140


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_words_for_everything(language: str):
    words, english = load_texts(language), load_texts("en")
    assert len(words["on_day"]) == 5
    assert set(words["voice"]) | {"forgive"} == set(english["voice"]) | {"forgive"}
    for thread in words["thread"]:
        assert {"kind", "to", "subject", "ask", "reply"} <= set(thread)
        assert len(thread.get("thanks", [])) <= len(thread["ask"])
        assert thread["to"] in {each["department"] for each in load_texts("school")["staff"]}


def test_nobody_writes_the_same_letter_twice_but_the_loud_one():
    letters = [
        (record["customer"], record["body"])
        for record in of("interaction")
        if record["channel"] == "email" and record["direction"] == "inbound" and "body" in record
    ]
    assert all(times == 1 for (ref, _), times in Counter(letters).items() if ref != arc_refs(200, 1)["loud"])


def test_some_wait_for_an_answer_now_and_some_promises_of_ours_are_past_due():
    last: dict[str, Record] = {}
    for record in sorted(of("interaction"), key=lambda record: at(record["occurred_at"])):
        if "conversation" in record:
            last[record["conversation"]] = record
    still_open = {record["ref"] for record in of("conversation") if record["status"] == "open"}
    waiting = [record for ref, record in last.items() if ref in still_open and record["direction"] == "inbound"]
    assert 6 <= len(waiting) <= 30
    ours = [record for record in of("commitment") if record["party"] == "us" and record["status"] == "missed"]
    assert any(date.fromisoformat(record["due_on"]) > TODAY - timedelta(days=8) for record in ours)


def test_who_brought_somebody_has_a_referral_and_was_there_before():
    since = {record["ref"]: date.fromisoformat(record["since"]) for record in of("customer")}
    brought = [record for record in of("customer") if "introduced_by" in record]
    assert len(brought) > 10
    referrals = Counter(record["customer"] for record in of("interaction") if record["kind"] == "referral")
    assert referrals == Counter(record["introduced_by"] for record in brought)
    assert all(since[record["introduced_by"]] < since[record["ref"]] for record in brought)


def test_members_belong_to_organisations():
    organisations = {record["ref"] for record in of("customer") if record["kind"] == "organisation"}
    employers = Counter(record["organisation"] for record in of("customer") if "organisation" in record)
    assert set(employers) <= organisations
    assert max(employers.values()) > 1
    spoken = [record for record in of("interaction") if "person" in record]
    assert spoken
    assert all(record["customer"] in organisations for record in spoken)


@pytest.mark.parametrize("seed", range(1, 21))
def test_each_arc_is_played_once_by_somebody_else_each_time(seed: int):
    played = arc_refs(200, seed)
    assert set(played) == set(ARCS)
    assert len(set(played.values())) == len(ARCS)
    assert not set(ARCS) & set(ORDINARY_SHARES)


def test_no_record_says_which_arc_it_belongs_to():
    for record in of("customer"):
        assert not {"arc", "role_played"} & set(record.get("attributes", {}))
        assert not set(record.get("tags", [])) & set(ARCS)


def test_the_schools_own_fields_are_filled_in_by_whom_they_are_for():
    fields = {field["key"]: field for field in load_texts("school")["custom_field"]}
    assert len(fields) == 3
    for record in of("customer"):
        for key in record.get("attributes", {}):
            assert fields[key]["applies_to"] == record["kind"]
    filled = Counter(key for record in of("customer") for key in record.get("attributes", {}))
    assert all(filled[key] > 5 for key in fields)


def test_everybody_who_is_a_person_has_a_face_and_it_stays_theirs():
    people = {record["ref"]: record["name"] for record in of("customer") if record["kind"] == "person"}
    drawn = {portrait.ref: portrait.svg for portrait in draw_portraits(customers=200, seed=1, today=TODAY)}
    assert set(people) <= set(drawn)
    assert {record["ref"] for record in of("staff")} <= set(drawn)
    assert drawn == {portrait.ref: portrait.svg for portrait in draw_portraits(customers=200, seed=1, today=TODAY)}
    assert face("a", "b", sex="f", looks="northern").split(" ")[0] == drawn[next(iter(people))].split(" ")[0]
