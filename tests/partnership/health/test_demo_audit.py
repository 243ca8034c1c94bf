"""Whatever the names and dates: the attention audit of the demo's story names the loud one as over-served."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from customers.models import Customer
from partnership.demo.personas.roles import arc_refs
from partnership.health.boards.attention import audit_of
from partnership.health.boards.service_gap import gaps
from partnership.health.frame.scope import ScopeForm, scope_of
from partnership.health.rollup.refreshing import refresh_all
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("number", range(1, 21))
def test_the_loud_one_is_over_served(number: int, demo: Callable[[int], datetime]):
    at = demo(number)
    refresh_all(at=at)
    lineage = load_tier_lineage()
    viewer = User.objects.get(email="manager@demo.example")
    scope = scope_of(viewer, ScopeForm({"period": "month"}, lineage), lineage=lineage, today=at.date())
    audit = audit_of(scope)
    loud = Customer.objects.get(source="demo", external_id=arc_refs(20, number)["loud"].partition(":")[2])
    first = gaps(scope, fair=audit.fair, mean=audit.mean, over=True)[0]
    assert first.customer == loud
