"""Whoever is erased: every number of every board is what it was."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from customers.models import Commitment, Customer, Goal
from interactions.actions.conversations import close_conversation
from interactions.actions.goals import drop_goal
from interactions.actions.lifecycle import set_lifecycle
from interactions.actions.promises import miss_overdue, release_promise
from interactions.errors import ActionRefused
from interactions.merging.merging import merge_customers
from interactions.models import Interaction
from interactions.personal_data.erasing import begin_erasure, continue_erasing
from partnership.health.models import Answer, CustomerMetrics
from partnership.health.overview.page import overview
from partnership.health.rollup.periods import PERIODS
from partnership.health.rollup.refreshing import refresh_all
from partnership.health.views import BOARDS
from partnership.recoveries.lifecycle import close_recovery
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import Score, ScoreSnapshot
from partnership.staff.models import User
from tests.examples import examples
from tests.factories import UserFactory
from tests.partnership.health.test_one_truth import LIVES, catch_up, live, scope
from tests.strategies import NOON, rolled_back

pytestmark = pytest.mark.django_db

NAME = "ada"


def settle(customer: Customer, *, by: User) -> None:
    """End what is open, as an erasure does: that changes what stands on the boards as open today."""
    for one in Commitment.objects.filter(customer=customer).outstanding():
        release_promise(one, at=NOON, by=by)
    for goal in Goal.objects.filter(customer=customer, status="active"):
        drop_goal(goal, at=NOON, by=by)
    for recovery in Recovery.objects.open().filter(customer=customer):
        close_recovery(recovery, outcome="Over", by=by, at=NOON)
    for thread in customer.conversations.all():
        with suppress(ActionRefused):
            close_conversation(thread, by=by, at=NOON, answered="not_needed")
    set_lifecycle(customer, lifecycle=customer.lifecycle, do_not_contact=True, by=by, at=NOON)


def numbers(manager: User) -> Iterator[object]:
    """Everything that is shown, as text, and everything that it is counted from."""
    for model, left_out in ((CustomerMetrics, {"id"}), (Score, set()), (ScoreSnapshot, {"id", "recorded_at"}),
                            (Answer, {"id"})):  # fmt: skip
        columns = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
        yield from sorted(map(str, model.objects.values_list(*columns)))
    for period in PERIODS:
        asked = scope(manager, period)
        start = overview(asked)
        yield [line.sentence.text for line in start.headlines]
        yield [[str(cell.text) for cell in row] for row in start.portfolio.rows]
        for board in BOARDS.values():
            shown = board(asked)
            yield [sentence.text for sentence in shown.sentences]
            yield [[[(str(cell.text), cell.share, cell.plain) for cell in row] for row in table.rows]
                   for table in shown.tables]  # fmt: skip


@settings(examples(2, nightly=100), phases=[Phase.explicit, Phase.generate])
@given(lives=st.lists(LIVES, min_size=3, max_size=3), is_merged=st.booleans())
def test_boards_count_what_they_counted(lives: Sequence[dict[str, Any]], is_merged: bool) -> None:
    with rolled_back():
        sam, manager = UserFactory(name="Sam"), UserFactory(name="Mara", role="manager")
        ada, bea, cleo = (live(name, life, by=sam) for name, life in zip((NAME, "bea", "cleo"), lives, strict=True))
        Customer.objects.filter(pk=cleo.pk).update(introduced_by=ada)
        if is_merged:
            merge_customers(survivor=ada, absorbed=bea, by=manager, at=NOON)
        miss_overdue(at=NOON)
        settle(ada, by=manager)
        rescore_all(at=NOON)
        refresh_all(at=NOON)
        catch_up(NOON)
        before = [str(one).replace(f"'{NAME}'", "'Erased customer'") for one in numbers(manager)]
        erasure = begin_erasure(ada, reason="Asked", by=manager, at=NOON, everywhere=True)
        while continue_erasing(erasure):
            pass
        catch_up(NOON)
        assert [str(one) for one in numbers(manager)] == before
        rescore_all(at=NOON)
        refresh_all(at=NOON)
        assert [str(one) for one in numbers(manager)] == before
        assert not Interaction.objects.filter(customer=ada).exclude(body="").exists()
