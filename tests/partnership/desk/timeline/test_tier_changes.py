"""Changes of the tier on the timeline, drawn from the snapshots."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnership.scoring.models import RuleSet, ScoreSnapshot
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from tests.factories import CustomerFactory, firm_today, happens, noon
from tests.strategies import make_rule_set

pytestmark = pytest.mark.django_db
CHANGE = re.compile(r'<li class="entry entry-trace entry-tier">(.*?)</li>', re.DOTALL)


@pytest.fixture
def today():
    return firm_today()


@pytest.fixture
def ada(firm):
    return CustomerFactory()


def stood(customer, day, tier, points, *, pinned=False, rule_set=None):
    rule_set = rule_set or RuleSet.objects.active()
    found = rule_set.tiers.get(name=tier)
    return ScoreSnapshot.objects.create(
        customer=customer, day=day, rule_set=rule_set, tier=found, partnership=points, pinned=pinned
    )


def said(page):
    return [" ".join(re.sub(r"<[^>]+>", "", one).split()) for one in CHANGE.findall(page)]


def test_each_change_stands_at_its_day_and_leads_to_its_reasons(desk, ada, today):
    days = [today - timedelta(days=ago) for ago in (500, 40, 30, 20, 10)]
    for day, tier, points in zip(days, ["Customer", "Customer", "Partner", "Partner", "Customer"],
                                 [44.2, 45, 58.5, 60, 49], strict=True):  # fmt: skip
        stood(ada, day, tier, points)
    happens(ada, "message", at=noon(today - timedelta(days=25)))
    for url in ("", "timeline/", "timeline/?scope=activity"):
        page = desk.get(f"/customers/{ada.pk}/{url}").content.decode()
        assert said(page) == [
            "From “Partner” to “Customer”. Partnership 60 → 49. Why this score? Customer",
            "From “Customer” to “Partner”. Partnership 45 → 59. Why this score? Partner",
        ], url
        assert f"/customers/{ada.pk}/why/?as_of={days[2]}&amp;since={days[1]}" in page
    order = desk.get(f"/customers/{ada.pk}/").content.decode()
    assert order.index("→ 49") < order.index('id="entry-') < order.index("→ 59")
    link = re.search(r'href="([^"]*why/\?as_of[^"]*)"', order)[1].replace("&amp;", "&")
    assert desk.get(link).status_code == 200


def test_pins_and_other_rules_are_named(desk, ada, today):
    other = make_rule_set({"constants": {}, "rules": [], "tiers": [{}], "newcomers": False})
    stood(ada, today - timedelta(days=9), "Customer", 40)
    stood(ada, today - timedelta(days=8), "Champion", 40, pinned=True)
    stood(ada, today - timedelta(days=7), "Customer", 40)
    stood(ada, today - timedelta(days=6), "Tier 1", 20, rule_set=other)
    assert [text.split(".")[0] for text in said(desk.get(f"/customers/{ada.pk}/").content.decode())] == [
        "From “Customer” to “Tier 1”, by the rules “Drawn”",
        "From “Champion” to “Customer”, the pin is over",
        "From “Customer” to “Champion”, pinned by a manager",
    ]


@pytest.mark.parametrize("asked", ["scope=talk", "kind=message", "q=invoice", "from=2020-01-01"])
def test_what_looks_for_something_else_finds_none(desk, ada, today, asked):
    stood(ada, today - timedelta(days=9), "Customer", 40)
    stood(ada, today - timedelta(days=8), "Partner", 60)
    assert said(desk.get(f"/customers/{ada.pk}/timeline/?{asked}").content.decode()) == []


def test_on_a_long_line_each_stands_on_one_page(desk, ada, today):
    for ago in range(120):
        happens(ada, "message", at=noon(today - timedelta(days=ago)))
    for ago in range(115, 0, -10):
        stood(ada, today - timedelta(days=ago), "Customer" if ago % 20 == 5 else "Partner", 50 + ago % 20)
    url, found = f"/customers/{ada.pk}/timeline/", []
    while url:
        page = desk.get(url).content.decode()
        found += said(page)
        older = re.search(r'href="([^"]+before=[^"]+)"', page)
        url = older and older[1].replace("&amp;", "&")
    assert len(found) == 11


def test_the_customers_page_needs_no_query_for_them(desk, ada, today):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get(f"/customers/{ada.pk}/")
        return len(captured)

    queries()  # the session is in the cache from now on
    before = queries()
    stood(ada, today - timedelta(days=9), "Customer", 40)
    stood(ada, today - timedelta(days=8), "Partner", 60)
    assert queries() == before <= 12


def test_another_name_of_the_same_tier_is_no_change(desk, ada, today):
    champion = RuleSet.objects.active().tiers.get(name="Champion")
    stood(ada, today - timedelta(days=9), "Partner", 60)
    stood(ada, today - timedelta(days=8), "Champion", 80)
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="Stars", by=None)
    draft.tiers.filter(name="Champion").update(name="Star")
    star = draft.tiers.get(name="Star")
    activate_rule_set(rule_set=draft, why="To try", by=None, at=timezone.now(), tiers={champion.pk: star})
    stood(ada, today - timedelta(days=7), "Star", 80, rule_set=draft)
    page = desk.get(f"/customers/{ada.pk}/timeline/").content.decode()
    assert [text.partition(".")[0] for text in said(page)] == ["From “Partner” to “Champion”"]
