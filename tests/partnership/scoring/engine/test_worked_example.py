"""The example in docs/scoring.md: the page, its JSON and explain give the same numbers."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from interactions.actions.record import Entry, record_many
from partnership.scoring.explain.explanation import explain_score
from tests.factories import CustomerFactory, FirmFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
PAGE = (Path(__file__).parents[4] / "docs/scoring.md").read_text()

EVENTS: list[tuple[str, int, dict[str, Any]]] = [
    ("referral", 180, {}),
    ("free_work", 90, {"direction": "outbound", "minutes": 120}),
    ("commitment_kept", 60, {}),
    ("commitment_missed", 60, {}),
    ("message", 30, {}),
    ("work_done", 14, {}),
    ("work_done", 14, {}),
    ("attendance", 0, {}),
    ("commitment_kept", 0, {"payload": {"days_late": 60}}),
    ("feedback", 0, {}),
    ("refund", 0, {"direction": "outbound", "amount": 40, "currency": "EUR"}),
    ("question", 0, {}),
]

MINUS = str.maketrans("−", "-")


@pytest.fixture
def mara(monkeypatch: pytest.MonkeyPatch) -> Customer:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    FirmFactory(timezone="UTC")
    mara = CustomerFactory(name="Mara")
    for kind, ago, more in EVENTS:
        at = NOON - timedelta(days=ago)
        given = {"channel": "app", "direction": "inbound", **more}
        record_many([Entry(customer_id=mara.pk, occurred_at=at, kind=kind, **given)], recorded_at=at)
    return mara


def table(heading: str) -> list[list[str]]:
    """Return the cells of the first table of the page whose head begins with these words."""
    lines = PAGE[PAGE.index(heading) :].splitlines()
    rows = [line for line in lines[: lines.index("")] if line.startswith("|")]
    return [[cell.strip().translate(MINUS) for cell in row.strip("|").split("|")] for row in rows[2:]]


def printed(capsys: pytest.CaptureFixture[str], mara: Customer) -> dict[str, Any]:
    call_command("explain", mara.ref, "--since", "2026-04-16", "--as-of", str(DAY), "--json")
    return json.loads(capsys.readouterr().out)


def page_of(mara: Customer, name: str) -> str:
    desk = Client()
    desk.force_login(UserFactory())
    return desk.get(f"/customers/{mara.pk}/{name}", {"since": "2026-04-16", "as_of": str(DAY)}).content.decode()


def test_the_events_are_those_of_the_page(mara: Customer) -> None:
    told = table("| | day | what happened")
    assert [int(row[3]) for row in told] == [ago for _, ago, _ in EVENTS]


def test_the_sums_and_scores(mara: Customer) -> None:
    found = explain_score(mara.pk, as_of=DAY)
    assert found.sums == {"kept": 1, "missed": 0.5, "effort": 1.5, "received": 2.5, "given": 2, "demand": 1.125}
    worked = PAGE[PAGE.index("    keep        = (1 + 1)") :]
    said = {name: float(number) for name, number in re.findall(r"^    (\w+) +=.*= ([\d.]+)$", worked, re.MULTILINE)}
    for name in ("commitment", "reciprocity", "partnership", "loudness"):
        assert round(found.scores[name], 2) == said[name]
    assert round(found.confidence, 4) == said["confidence"]
    assert found.tier.name == "Customer"


def test_rule_by_rule_in_explain_and_in_the_json_of_the_page(
    mara: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    found = printed(capsys, mara)
    assert json.loads(page_of(mara, "why.json")) == found
    lines = {line["rule"]: line for line in found["lines"]}
    for rule, count, points, left, adds, _screen, without, both in table("| rule | counted"):
        line = lines.pop(rule)
        assert (line["count"], line["points"], line["decayed"]) == (int(count), float(points), float(left))
        assert round(line["contribution"], 2) == float(adds or 0)
        feeds = "commitment" if line["sum"] in ("kept", "missed", "effort") else "reciprocity"
        assert not without or round(line["without"][feeds], 2) == float(without)
        assert round(line["without"]["partnership"], 2) == float(both)
    assert not lines


def test_rule_by_rule_on_the_page(mara: Customer) -> None:
    page = " ".join(unescape(page_of(mara, "why/")).translate(MINUS).split())
    for rule, *_, screen, without, both in table("| rule | counted"):
        if screen:
            row = re.search(rf'title="{rule}">.*?</tr>', page)
            assert row is not None
            assert f'<td class="num">{screen}</td>' in row[0]
            assert (
                f"without it: score {round(float(without), 1):.1f}, partnership {round(float(both), 1):.1f}" in row[0]
            )
    assert "√(40.6 × 72.0) = 54" in page
    assert "“Customer”" in page
    assert re.findall(r'reasons-sum">(\d+)<', page) == ["41", "72"]


def test_why_it_moved(mara: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    moved = printed(capsys, mara)["movement"]
    told = {row[0]: [float(cell) for cell in row[1:]] for row in table("| | partnership | commitment")}
    stages = {"on 16 April, as known then": moved["start"], "on 15 June": moved["end"]}
    stages |= {"fading": moved["parts"]["fading"], "new evidence": moved["parts"]["new_evidence"]}
    for name, scores in stages.items():
        found = [round(scores[score], 2) for score in ("partnership", "commitment", "reciprocity")]
        assert found == pytest.approx(told.pop(name), abs=0.005)
    assert not told
    page = re.sub(r"<[^>]+>", "", page_of(mara, "why/"))
    assert "Partnership since 16 Apr 2026: +9: new evidence +9." in " ".join(page.split())
