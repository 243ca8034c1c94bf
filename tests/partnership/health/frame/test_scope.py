"""Whose figures somebody may see."""

import pytest

from customers.models import Customer
from partnership.health.boards.network import export_rows
from partnership.health.frame.scope import ScopeForm, scope_of
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import User
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db


def test_restricted_customers_are_in_nobodys_figures_but_their_owners_and_managers(
    told: Told, sam: User, manager: User
):
    Customer.objects.filter(pk=told.partner.pk).update(restricted=True, owner=None)
    lineage = load_tier_lineage()
    for viewer, seen in ((sam, 2), (manager, 3)):
        scope = scope_of(viewer, ScopeForm({}, lineage), lineage=lineage, today=told.at.date())
        assert scope.metrics().count() == seen
        assert scope.totals("goals_active")["goals_active"] == seen - 2
        assert len(list(export_rows(scope))) == seen - 2
