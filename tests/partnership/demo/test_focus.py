"""The demo's people as Focus sees them, over many tellings: names and dates are others, the story is the same."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction

from customers.models import Customer
from interactions.imports.history import import_records
from partnership.demo.personas.roles import arc_refs
from partnership.demo.seeding import analyze_tables, create_firm
from partnership.demo.story.records import story_records
from partnership.focus.lanes.factors import Reason
from partnership.focus.lanes.partnership_lane import partnership_lane
from partnership.focus.lanes.waiting_lane import by_due, clock_of
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from tests.stories import TODAY

pytestmark = pytest.mark.django_db

CUSTOMERS = 110
NAMED = (("champion", Reason.THANK), ("stalled", Reason.GOAL), ("open_recovery", Reason.RECOVERY))


@pytest.mark.parametrize("seed", range(1, 21))
def test_whom_focus_finds_and_whom_not(seed):
    """Each seed draws other names, and each is told on another day."""
    today = TODAY + timedelta(days=17 * seed)
    at = datetime.combine(today, time(9), tzinfo=UTC)
    with transaction.atomic():
        create_firm()
        import_records(story_records(customers=CUSTOMERS, seed=seed, today=today), at=at)
        analyze_tables()
        rescore_all(at=at)
        refresh_all(at=at)
        played = {
            arc: Customer.objects.get(external_id=ref.partition(":")[2])
            for arc, ref in arc_refs(CUSTOMERS, seed).items()
        }
        lane = [one.customer for one in partnership_lane(Customer.objects.all(), as_of=today, size=CUSTOMERS).rows]
        assert played["loud"] not in lane[:20]
        for arc, reason in NAMED:
            assert played[arc] in lane, arc
            assert FocusItem.objects.filter(customer=played[arc], reason=reason).exists(), (arc, reason)
        failed = [one for one in lane if one.recoveries.open().exists()]
        assert played["open_recovery"] in failed
        assert lane[: len(failed)] == failed
        assert is_answered_on_time(played["loud"], at=at)


def is_answered_on_time(loud, *, at):
    """No thread of theirs is overdue, and of the answers given none took longer than two working days."""
    clock = clock_of(at)
    return not by_due(Customer.objects.filter(pk=loud.pk), clock=clock).filter(due__lt=clock.now).exists()
