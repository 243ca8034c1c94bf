"""Every number of every board is how many rows it leads to, and what a slow, simple count finds, whatever happened."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.promises import keep_promise, miss_overdue, release_promise
from interactions.errors import ActionRefused
from interactions.imports.history import import_records
from interactions.merging.merging import merge_customers
from interactions.merging.unmerging import unmerge_customers
from interactions.models import Conversation, Interaction
from partnership.core.formats import format_number
from partnership.health.frame.scope import Scope, ScopeForm, scope_of
from partnership.health.frame.tables import Cell, Sentence
from partnership.health.overview.page import overview
from partnership.health.rollup.metrics import METRICS
from partnership.health.rollup.periods import PERIODS
from partnership.health.rollup.refreshing import refresh_all, refresh_new_day, refresh_stale
from partnership.health.views import BOARDS
from partnership.scoring.engine.rescoring import rescore_all, rescore_stale
from partnership.scoring.models import RuleSet
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.scoring.trials.runs import continue_runs
from partnership.staff.models import Firm, User
from tests.examples import examples
from tests.factories import UserFactory, goal, promise
from tests.partnership.health import slow_counts
from tests.strategies import DAY, NOON, add_history, histories, rolled_back

pytestmark = pytest.mark.django_db

LIVES = st.fixed_dictionaries(
    {
        "history": histories(most=10),
        "in_thread": st.lists(st.booleans(), min_size=10, max_size=10),
        "promises": st.lists(
            st.tuples(st.sampled_from(["us", "them"]), st.integers(0, 60), st.integers(-5, 20), st.integers(0, 25),
                      st.sampled_from(["kept", "released", "open"])),
            max_size=3,
        ),
        "goals": st.lists(st.integers(0, 60), max_size=2),
    }
)  # fmt: skip


def live(name: str, life: dict[str, Any], *, by: User) -> Customer:
    """A customer with entries, some in a conversation, promises and goals."""
    customer = Customer.objects.create(name=name, owner=by, source="crm", external_id=name)
    thread = Conversation.objects.create(customer=customer, subject="One for all")
    whole = [replace(one, amount=None if one.amount is None else one.amount.to_integral_value())
             for one in life["history"]]  # fmt: skip
    add_history(customer, [
        replace(one, conversation_id=thread.pk) if inside else one
        for one, inside in zip(whole, life["in_thread"], strict=False)
    ])  # fmt: skip
    for number, (party, made, due, done, how) in enumerate(life["promises"]):
        at = NOON - timedelta(days=made)
        one = promise(
            customer, f"Promise {number}", party=party, at=at, due_on=(at + timedelta(days=due)).date(), by=by
        )
        if how != "open" and done <= made:
            miss_overdue(at=at + timedelta(days=done))
            with suppress(ActionRefused):
                (keep_promise if how == "kept" else release_promise)(one, at=at + timedelta(days=done), by=by)
    for number, ago in enumerate(life["goals"]):
        goal(customer, f"Goal {number}", at=NOON - timedelta(days=ago), by=by)
    return customer


def catch_up(at: datetime) -> None:
    while rescore_stale(at=at):
        pass
    while refresh_stale(at=at):
        pass


def activate(name: str, at: datetime, **changes: Any) -> None:
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name=name, by=None)
    RuleSet.objects.filter(pk=draft.pk).update(**changes)
    draft.refresh_from_db()
    activate_rule_set(rule_set=draft, why="To try", by=None, at=at)
    continue_runs(clock=lambda: at)


def insert_tier(at: datetime) -> None:
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="With Gold", by=None)
    highest = draft.tiers.order_by("-rank").first()
    assert highest
    draft.tiers.filter(pk=highest.pk).update(rank=highest.rank + 1)
    draft.tiers.create(rank=highest.rank, name="Gold", partnership=max(highest.partnership - 1, 0))
    activate_rule_set(rule_set=draft, why="To try", by=None, at=at)
    continue_runs(clock=lambda: at)


@settings(
    examples(2, nightly=100), phases=[Phase.explicit, Phase.generate]
)  # its examples are dear: none is made smaller
@given(lives=st.lists(LIVES, min_size=3, max_size=3), period=st.sampled_from([*PERIODS]))
def test_every_number_is_its_rows_and_a_slow_count(lives: Sequence[dict[str, Any]], period: str) -> None:
    with rolled_back():
        sam, manager = UserFactory(name="Sam"), UserFactory(name="Mara", role="manager")
        ada, bea, _cleo = (live(name, life, by=sam) for name, life in zip(("ada", "bea", "cleo"), lives, strict=True))
        miss_overdue(at=NOON)
        rescore_all(at=NOON)
        refresh_all(at=NOON)
        client = Client()
        client.force_login(manager)

        def check(day: date = DAY) -> None:
            check_metrics(manager, period, day)
            check_boards(client, manager, period)

        check()
        activate("Effort", NOON, promise_weight=0.1, demand_half=50)
        catch_up(NOON)
        check()
        insert_tier(NOON)
        catch_up(NOON)
        check()
        merged = merge_customers(survivor=ada, absorbed=bea, by=manager, at=NOON)
        catch_up(NOON)
        check()
        unmerge_customers(merged, by=manager, at=NOON)
        catch_up(NOON)
        check()
        summary = import_records([
            {"type": "interaction", "ref": "crm:1", "customer": "crm:cleo", "kind": kind, "channel": "web",
             "direction": "inbound", "occurred_at": (NOON - timedelta(days=3)).isoformat()}
            for kind in ("work_done", "testimonial")
        ], at=NOON)  # fmt: skip
        assert summary.refused <= 1  # the same reference twice
        catch_up(NOON)
        check()
        tomorrow = NOON + timedelta(days=1)
        miss_overdue(at=tomorrow)
        rescore_all(at=tomorrow)
        refresh_new_day(at=tomorrow)
        catch_up(tomorrow)
        check(tomorrow.date())


def scope(manager: User, period: str) -> Scope:
    lineage = load_tier_lineage()
    return scope_of(manager, ScopeForm({"period": period}, lineage), lineage=lineage, today=DAY)


def check_metrics(manager: User, period: str, day: date) -> None:
    asked = scope(manager, period)
    assert asked.day == day
    told = slow_counts.everything(day)
    assert Interaction.objects.filter(customer__in=told.customers).count() == len(told.entries)
    for name, metric in METRICS.items():
        for before in (False, True) if metric.day else (False,):
            span = asked.span(before=before)
            column = f"before_{name}" if before else name
            found = asked.totals(name)[column]
            assert found == slow_counts.count(name, told, span.since, span.until), column


def check_boards(client: Client, manager: User, period: str) -> None:
    """Follow each number that is a link to rows or customers, and count them."""
    asked = scope(manager, period)
    start = overview(asked)
    for headline in start.headlines:
        check_sentence(client, headline.sentence)
    for row in start.portfolio.rows:
        check_cells(client, row)
    for board in BOARDS.values():
        shown = board(asked)
        for sentence in shown.sentences:
            check_sentence(client, sentence)
        for table in shown.tables:
            for row in table.rows:
                check_cells(client, row)


def check_cells(client: Client, row: Sequence[Cell]) -> None:
    for cell in row:
        if cell.number and isinstance(cell.plain, int):
            is_time = cell.text != format_number(cell.plain)
            found = counted_behind(client, cell.url, is_time=is_time)
            assert found is None or cell.plain == found, (row[0].text, cell)


def check_sentence(client: Client, sentence: Sentence) -> None:
    name = metric_of(sentence.url)
    if name is None or METRICS[name].amount or name == "gestures":
        return
    first = re.search(r"\d+", sentence.text)
    wanted = int(first[0]) if first else 1
    assert counted_behind(client, sentence.url) == wanted, sentence


def metric_of(url: str) -> str | None:
    found = re.fullmatch(r"/health/rows/(\w+)/", urlsplit(url).path)
    return found[1] if found else None


def counted_behind(client: Client, url: str, *, is_time: bool = False) -> int | None:
    """Count the rows behind a link, or add up what is counted of them; None where it leads to no such list."""
    name = metric_of(url)
    if name is None and urlsplit(url).path != "/health/customers/":
        return None
    rows = list(lines(client, f"{url}{'&' if '?' in url else '?'}csv=1"))
    if name is None:
        return sum(int(row["Service time (minutes)"]) for row in rows) if is_time else len(rows)
    column = {"minutes": "Time (minutes)", "amount": "Amount"}.get(METRICS[name].amount)
    if column:
        return sum(int(Decimal(row[column])) for row in rows)
    return len(rows) * (Firm.current().minutes_per_message if is_time else 1)


def lines(client: Client, url: str) -> Iterator[dict[str, str]]:
    response = client.get(url)
    assert response.status_code == 200, url
    yield from csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig")))
