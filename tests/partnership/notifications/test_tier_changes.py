"""The owner is told that a tier changed: once, as they wish, and of other rules in one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from partnership.notifications.models import Notification
from partnership.scoring.engine.rescoring import backfill_snapshots, rescore, rescore_all
from partnership.scoring.models import RuleSet, TierPin
from partnership.scoring.signals import everybody_rescored
from partnership.staff.models import Preferences
from tests.factories import CustomerFactory, firm_today, happens, works
from tests.partnership.conftest import signed_in
from tests.strategies import make_active, make_rule_set

pytestmark = pytest.mark.django_db

NOW = timezone.now()
OTHER_RULES = {"constants": {}, "rules": [], "tiers": [], "newcomers": False}


@pytest.fixture
def ada(sam):
    return CustomerFactory(owner=sam)


def told():
    return [(one.user.name, one.customer.name, one.text) for one in Notification.objects.order_by("pk")]


def rises(customer):
    works(customer, until=firm_today(), days=12)
    for _ in range(3):
        happens(customer, "referral", at=timezone.now())
        happens(customer, "commitment_kept", at=timezone.now())


def test_the_owner_is_told_once(ada, sam, desk):
    rescore([ada.pk], at=NOW)
    assert told() == []
    rises(ada)
    rescore([ada.pk], at=NOW)
    rescore([ada.pk], at=NOW)
    assert told() == [(sam.name, ada.name, "From “Getting to know each other” to “Champion”")]
    news = Notification.objects.get()
    assert news.kind == "tier"
    assert desk.get(f"/notifications/{news.pk}/").url == f"/customers/{ada.pk}/why/"
    assert "a tier changed" in desk.get("/notifications/").content.decode()


def test_a_first_score_and_a_filled_in_year_are_no_news(ada):
    rises(ada)
    backfill_snapshots([ada.pk], at=NOW)
    rescore([ada.pk], at=NOW)
    assert told() == []


def test_who_wants_to_know_nothing_is_told_nothing(ada, sam):
    Preferences.objects.create(user=sam, notify={"tier": "none"})
    rescore([ada.pk], at=NOW)
    rises(ada)
    rescore([ada.pk], at=NOW)
    assert told() == []


def test_nobody_is_told_of_whom_nobody_looks_after(sam):
    ada = CustomerFactory(owner=None)
    rescore([ada.pk], at=NOW)
    rises(ada)
    rescore([ada.pk], at=NOW)
    assert told() == []


def test_a_pin_is_told_as_one(ada, manager):
    rescore([ada.pk], at=NOW)
    tier = RuleSet.objects.active().tiers.get(name="Partner")
    TierPin.objects.create(customer=ada, tier=tier, reason="Strategic", until=firm_today(), by=manager)
    rescore([ada.pk], at=NOW)
    assert told()[0][2] == "From “Getting to know each other” to “Partner”, pinned by a manager"


def test_other_rules_are_told_in_one(ada, sam, desk):
    others = [CustomerFactory(owner=sam) for _ in range(3)]
    CustomerFactory(owner=None)
    rises(others[0])
    rescore_all(at=NOW - timedelta(days=1))
    make_active(make_rule_set(OTHER_RULES))
    rescore_all(at=NOW)
    assert told() == []
    for _ in range(2):
        everybody_rescored.send(sender=None, rule_set=RuleSet.objects.active(), at=NOW)
    words = "The rules “Drawn” are in force now: they changed the tier of 4 customers of yours"
    best = Customer.objects.filter(owner=sam).order_by("-score__partnership", "pk").first()
    assert told() == [(sam.name, best.name, words)]
    assert desk.get(f"/notifications/{Notification.objects.get().pk}/").url == "/customers/?owner=mine"


def test_as_many_reads_for_many_as_for_one(sam, django_assert_max_num_queries):
    customers = [CustomerFactory(owner=sam) for _ in range(12)]
    rescore_all(at=NOW)
    for customer in customers:
        happens(customer, "referral", at=timezone.now())
    with django_assert_max_num_queries(24):
        rescore([customer.pk for customer in customers], at=NOW)
    assert len(told()) == 12
    assert signed_in(sam).get("/notifications/").status_code == 200
