"""The commands rescore and explain: what they print; past days write nothing."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.models import Customer
from interactions.merging.merging import merge_customers
from interactions.models import Kind
from partnership.scoring.models import Score, ScoreSnapshot, StaleScore
from tests.factories import UserFactory
from tests.strategies import DAY, NOON, customer_with, entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def ada() -> Customer:
    history = [entry(kind) for kind in (Kind.COMMITMENT_KEPT, Kind.WORK_DONE, Kind.FEEDBACK, Kind.REQUEST)]
    return customer_with([*history, entry(Kind.WORK_DONE, ago=10)])


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command(*arguments)
    return capsys.readouterr().out


def scores(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    return json.loads(printed(capsys, *arguments, "--json"))


def test_rescoring_everybody_stores_what_it_prints(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    eve = customer_with([], "Eve")
    found = scores(capsys, "rescore", "--all")
    assert (found["as_of"], found["ruleset"]) == (str(DAY), "Standard")
    assert [score["customer"] for score in found["scores"]] == [ada.ref, eve.ref]
    first = found["scores"][0]
    assert set(first) == {
        "customer", "reciprocity", "commitment", "partnership", "loudness", "confidence", "tier", "sums",
    }  # fmt: skip
    assert set(first["sums"]) == {"kept", "missed", "effort", "received", "given", "demand"}
    assert first["sums"]["kept"] == 1
    stored = Score.objects.get(customer=ada)
    assert (stored.partnership, stored.earned_tier.name) == (first["partnership"], first["tier"])
    assert not StaleScore.objects.exists()


def test_some_alone(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    eve = customer_with([], "Eve")
    found = scores(capsys, "rescore", "--customer", ada.ref)
    assert [score["customer"] for score in found["scores"]] == [ada.ref]
    assert list(StaleScore.objects.values_list("customer", flat=True).distinct()) == [eve.pk]


def test_as_of_a_past_day_writes_nothing(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    before = StaleScore.objects.count()
    past = DAY - timedelta(days=1)
    found = scores(capsys, "rescore", "--all", "--as-of", str(past))
    assert found["as_of"] == str(past)
    assert found["scores"][0]["sums"]["kept"] == 0
    assert found["scores"][0]["sums"]["effort"] > 0
    assert StaleScore.objects.count() == before
    assert not Score.objects.exists()
    assert not ScoreSnapshot.objects.exists()


def test_a_ref_leads_to_who_is_left_of_many_merges(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    eve, finn, by = Customer.objects.create(name="Eve"), Customer.objects.create(name="Finn"), UserFactory()
    merge_customers(survivor=finn, absorbed=eve, by=by, at=NOON)
    merge_customers(survivor=ada, absorbed=finn, by=by, at=NOON)
    for ref in (eve.ref, finn.ref, ada.ref):
        assert scores(capsys, "explain", ref)["customer"] == ada.ref


def test_an_explanation_adds_up(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    found = scores(capsys, "explain", ada.ref)
    assert [set(line) for line in found["lines"]] == [
        {"rule", "sum", "count", "points", "decayed", "contribution", "without"}
    ] * len(found["lines"])
    feeds = {"commitment": {"kept", "missed", "effort"}, "reciprocity": {"received", "given"}}
    for score, sums in feeds.items():
        parts = sum(line["contribution"] for line in found["lines"] if line["sum"] in sums)
        assert found["neutral"][score] + parts == pytest.approx(found[score], abs=1e-9)
    work = next(line for line in found["lines"] if line["rule"] == "Doing their part")
    assert (work["count"], work["points"]) == (2, 2)
    assert work["without"]["commitment"] == pytest.approx(found["commitment"] - work["contribution"], abs=1e-9)
    assert work["without"]["reciprocity"] == found["reciprocity"]
    assert scores(capsys, "explain", ada.ref, "--as-of", str(DAY - timedelta(days=20)))["sums"]["effort"] == 0


def test_why_it_moved_adds_up_in_decimals(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    since = DAY - timedelta(days=5)
    found = scores(capsys, "explain", ada.ref, "--since", str(since))
    moved = found["movement"]
    assert moved["since"] == str(since)
    assert list(moved["parts"]) == ["rule_change", "fading", "late", "corrected", "new_evidence"]
    for score in ("partnership", "commitment", "reciprocity"):
        start, end, *parts = (
            Decimal(str(part[score])) for part in (moved["start"], moved["end"], *moved["parts"].values())
        )
        assert start + sum(parts) == end
        assert float(end) == pytest.approx(found[score], abs=1e-6)
    assert moved["parts"]["late"]["commitment"] > 0
    assert moved["parts"]["new_evidence"]["reciprocity"] > 0
    earlier = scores(capsys, "explain", ada.ref, "--since", str(since - timedelta(days=9)), "--as-of", str(since))
    assert (earlier["as_of"], earlier["movement"]["parts"]["new_evidence"]["reciprocity"]) == (str(since), 0)


def test_in_words(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    assert ada.ref in printed(capsys, "rescore", "--all")
    words = printed(capsys, "explain", ada.ref)
    assert "Doing their part: 2 counted, 2 points" in words
    assert "loudness" in words
    assert re.search(r"; without it \d+\.\d, partnership \d+\.\d", words)
    moved = printed(capsys, "explain", ada.ref, "--since", str(DAY - timedelta(days=30)))
    assert "commitment from 30 to" in moved
    assert "new evidence +" in moved


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("rescore", "--customer", "nobody"), "not a ref"),
        (("rescore", "--customer", "crm:404"), "no customer crm:404"),
        (("explain", "crm:404"), "no customer crm:404"),
        (("rescore", "--all", "--as-of", "yesterday"), "not a date"),
        (("explain", "crm:404", "--as-of", "31.12.2025"), "--as-of: '31.12.2025' is not a date"),
        (("explain", "crm:404", "--since", "last week"), "--since: 'last week' is not a date"),
        (("explain", "crm:404", "--since", str(DAY)), "must be a day before"),
        (("rescore", "--all", "--customer", "crm:1"), "not allowed with"),
    ],
)
def test_bad_input_is_told(arguments: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command(*arguments)
