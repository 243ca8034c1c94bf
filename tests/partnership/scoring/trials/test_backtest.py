"""Backtests on a few customers, checked by hand, and on an invented course."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.errors import ActionRefused
from interactions.models import Interaction, Kind
from partnership.scoring.engine import rescoring
from partnership.scoring.explain.explanation import explain_scores
from partnership.scoring.models import RuleSet, Score
from partnership.scoring.trials.backtest import Backtest, describe_verdict, run_backtest
from partnership.scoring.trials.outcomes import Question
from partnership.scoring.trials.progress import ignore_progress
from partnership.scoring.trials.statistics import measure_discrimination
from tests.data import course as made_up
from tests.examples import examples
from tests.strategies import DAY, NOON, customer_with, entry, histories, rolled_back

pytestmark = pytest.mark.django_db

AS_OF = DAY - timedelta(days=100)
PREDICTORS = ["commitment", "reciprocity", "partnership", "loudness", "contact_volume", "rfm"]


def person(name: str, passed: Any = None, *, work: int = 0, asks: int = 0, **more: Any) -> Customer:
    """Make a customer with days of work and questions just before AS_OF."""
    rows = [entry(Kind.WORK_DONE, ago=100 + n) for n in range(work)]
    rows += [entry(Kind.QUESTION, ago=100 + n) for n in range(asks)]
    customer = customer_with([*rows, *more.pop("rows", [])], name)
    customer.attributes = {} if passed is None else {"passed": passed, **more}
    customer.save()
    return customer


def course() -> list[Customer]:
    """Customers who work pass, except one; customers who ask do not."""
    return [
        *(person(f"Works {n}", True, work=4 + n, asks=n % 2) for n in range(5)),
        person("Works in vain", False, work=3),
        *(person(f"Asks {n}", False, asks=3 + n, work=1) for n in range(5)),
    ]


def asked(**changes: Any) -> Backtest:
    question = Question(**{"as_of": AS_OF, "attribute": "passed", **changes})
    return run_backtest(question, rule_set=RuleSet.objects.active(), today=DAY, progress=ignore_progress)


def test_figures() -> None:
    course()
    found = asked()
    assert (found["as_of"], found["outcome"], found["horizon"]) == (str(AS_OF), "attribute:passed", None)
    assert (found["n"], found["positives"], found["excluded"]) == (11, 5, {})
    assert list(found["predictors"]) == PREDICTORS
    commitment, loudness = found["predictors"]["commitment"], found["predictors"]["loudness"]
    assert commitment["auc"] == 1
    assert commitment["lift_top_tenth"] == pytest.approx(11 / 5)
    # The three who never asked tie with one of six, the two who asked once win over that one.
    assert loudness["auc"] == pytest.approx((3 * 0.5 + 2) / 30)
    assert found["predictors"]["contact_volume"]["ci"][0] < found["predictors"]["contact_volume"]["auc"]


def test_only_who_had_a_history_by_then_is_asked_about() -> None:
    course()
    person("Later", True, rows=[entry(Kind.WORK_DONE, ago=99)])
    person("Never", True)
    absorbed = person("Absorbed", True, work=3)
    Customer.objects.filter(pk=absorbed.pk).update(merged_into=Customer.objects.get(name="Later"))
    assert (asked()["n"], asked()["excluded"]) == (11, {"no_history": 2})


def test_who_lacks_a_clear_outcome_or_was_gone_is_counted_apart() -> None:
    course()
    person("Unknown", work=2)
    person("Empty", "", work=2)
    person("Unclear", "perhaps", work=2)
    person("Gone", True, work=2, left_on=str(AS_OF))
    person("Soon gone", True, work=2, left_on=str(AS_OF + timedelta(days=1)))
    person("When?", True, work=2, left_on="in spring")
    found = asked(present="left_on")
    assert found["n"] == 12
    assert found["excluded"] == {"not_present": 1, "outcome_unclear": 1, "present_unclear": 1, "without_outcome": 2}


def test_what_happened_within_the_horizon() -> None:
    soon, late, never = (person(name, work=work) for name, work in (("Soon", 5), ("Late", 3), ("Never", 1)))
    for customer, ago in ((soon, 60), (late, 20)):
        Interaction.objects.create(
            customer=customer, kind=Kind.RENEWAL, channel="billing", direction="inbound", recorded_at=NOON,
            occurred_at=NOON - timedelta(days=ago), occurred_on=DAY - timedelta(days=ago),
        )  # fmt: skip
    found = asked(attribute="", kind="renewal", horizon=60)
    assert (found["outcome"], found["horizon"], found["n"], found["positives"]) == ("renewal", 60, 3, 1)
    assert found["predictors"]["commitment"]["ci"] is None
    assert asked(attribute="", kind="renewal", horizon=90)["positives"] == 2
    assert never.interactions.count() == 1


def test_nothing_to_tell_apart() -> None:
    with pytest.raises(ActionRefused, match="No customer has an attribute"):
        asked()
    person("Only one", True, work=1)
    with pytest.raises(ActionRefused, match="All 1 customers"):
        asked()
    with pytest.raises(ActionRefused, match="None of 1 customers"):
        asked(attribute="", kind="cancellation", horizon=9)
    with pytest.raises(ActionRefused, match="1 had no history by then"):
        asked(as_of=AS_OF - timedelta(days=900))


def test_it_says_when_it_is_no_better_than_loudness() -> None:
    for n in range(6):
        person(f"Alike {n}", n % 2 == 0, work=3, asks=n)
    found = asked()
    assert not found["against_loudness"]["commitment"]["better"]
    assert "no better than loudness" in describe_verdict(found)


def test_it_says_when_it_is_better_and_which_way_it_points() -> None:
    course()
    person("Works in vain, too", False, work=3, asks=0)
    for n in range(4):
        person(f"Quiet {n}", n < 2, work=2 + 6 * (n < 2))
    found = asked()
    assert found["against_loudness"]["commitment"]["better"] is (found["against_loudness"]["commitment"]["ci"][0] > 0)
    for customer in Customer.objects.all():
        customer.attributes["failed"] = not customer.attributes["passed"]
        customer.save()
    other = asked(attribute="failed")
    assert other["predictors"]["commitment"]["auc"] == pytest.approx(1 - found["predictors"]["commitment"]["auc"])
    mine, theirs = (one["against_loudness"]["commitment"] for one in (found, other))
    assert mine["difference"] == pytest.approx(theirs["difference"])
    assert mine["better"] == theirs["better"]


@pytest.mark.parametrize(
    ("better", "auc", "said"),
    [
        ([], 0.6, "no better than loudness does: commitment 0.60 and partnership 0.60 against 0.55"),
        (["commitment"], 0.6, r"Commitment \(0.60\) predicts .*; partnership \(0.60\) does not\."),
        (["partnership"], 0.6, r"Partnership \(0.60\) predicts .*; commitment \(0.60\) does not\."),
        (["commitment", "partnership"], 0.6, r"Commitment \(0.60\) and partnership \(0.60\) predict"),
        (["commitment", "partnership"], 0.2, r"predicts the opposite"),
    ],
)
def test_the_verdict_is_worded_from_the_figures(better: list[str], auc: float, said: str) -> None:
    names = ("commitment", "partnership")
    figures: Any = {
        "predictors": {**{name: {"auc": auc} for name in names}, "loudness": {"auc": 0.55}},
        "against_loudness": {name: {"better": name in better} for name in names},
    }
    assert re.search(said, describe_verdict(figures))


@examples(20)
@given(lives=st.lists(histories(most=8), min_size=4, max_size=6))
def test_it_is_what_scores_as_of_that_day_tell(lives: list[Any]) -> None:
    with rolled_back():
        people = [customer_with([*life, entry(Kind.NOTE, ago=150)], f"Customer {n}") for n, life in enumerate(lives)]
        for number, customer in enumerate(people):
            Customer.objects.filter(pk=customer.pk).update(attributes={"passed": number % 2})
        found = asked()["predictors"]
        scores = explain_scores([customer.pk for customer in people], as_of=AS_OF)
        had = [number % 2 == 1 for number in range(len(people))]
        for name in PREDICTORS[:4]:
            values = [scores[customer.pk].scores[name] for customer in people]
            assert found[name]["auc"] == pytest.approx(measure_discrimination(values, had).auc)


def test_across_chunks_it_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    people, seen = course(), []
    whole = asked()
    monkeypatch.setattr(rescoring, "CHUNK", 4)
    question = Question(AS_OF, attribute="passed")
    found = run_backtest(
        question, rule_set=RuleSet.objects.active(), today=DAY, progress=lambda done, total: seen.append((done, total))
    )
    assert found == whole
    assert seen == [(4, 11), (8, 11), (11, 11)]
    assert not Score.objects.filter(customer__in=people).exists()


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def test_the_command(noon: None, capsys: pytest.CaptureFixture[str]) -> None:
    course()
    call_command("backtest", "--as-of", str(AS_OF), "--outcome", "attribute:passed", "--json")
    found = asked()
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps({**found, "verdict": describe_verdict(found)}))
    call_command("backtest", "--as-of", str(AS_OF), "--outcome", "attribute:passed", "--ruleset", "Standard")
    words = capsys.readouterr().out
    assert "5 of 11 had attribute:passed" in words
    assert "contact_volume" in words
    assert "DeLong" in words


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--outcome", "attribute:passed", "--ruleset", "Nope"], "no rule set “Nope”. There are: “Standard”"),
        (["--outcome", "luck"], "is unknown"),
        (["--outcome", "renewal", "--horizon", "400"], "not passed yet"),
    ],
)
def test_the_command_tells_what_is_wrong(noon: None, arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("backtest", "--as-of", str(AS_OF), *arguments)


@pytest.fixture
def a_made_up_course(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "course.jsonl"
    made_up.write(file)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2024, 5, 1, 12, tzinfo=UTC))
    monkeypatch.setattr("partnership.desk.management.commands.import_history.fill_in_trends", lambda **_: 0)
    call_command("import_history", str(file))


def test_on_a_course_commitment_tells_more_than_contact(
    a_made_up_course: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Measured on three days of the course; tests/acceptance does the same on a real course."""
    capsys.readouterr()
    for days, known, students in ((28, 0.952, 39), (35, 0.963, 36), (49, 0.931, 35)):
        day = made_up.START + timedelta(days=days)
        said = ["--outcome", "attribute:passed", "--present", "attribute:left_on", "--json"]
        call_command("backtest", "--as-of", str(day), *said)
        found = json.loads(capsys.readouterr().out)
        auc = {name: one["auc"] for name, one in found["predictors"].items()}
        assert (found["n"], found["excluded"]) == (students, {"not_present": made_up.STUDENTS - students})
        assert auc["commitment"] == pytest.approx(known, abs=0.002)
        assert auc["commitment"] > max(auc["contact_volume"], auc["rfm"], auc["loudness"])
        assert found["against_loudness"]["commitment"]["better"]
