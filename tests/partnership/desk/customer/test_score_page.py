import re
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from interactions.actions.promises import keep_promise, miss_overdue
from partnership.scoring.models import RuleSet, Score, TierPin
from partnership.scoring.tier_pins import pin_tier
from tests.e2e.story import tell_and_score
from tests.factories import CustomerFactory, firm_today, happens, noon, promise

pytestmark = pytest.mark.django_db
COLUMN = re.compile(r'data-score="(\w+)">(.*?)reasons-sum">(\d+)<', re.DOTALL)
POINTS = re.compile(r'<td class="num">\s*([+−]?[\d.]+)')
LINK = re.compile(r'<a href="([^"]+)" title="([^"]+)">([^<]+)</a>')


@pytest.fixture
def story(sam, told_once):
    return told_once("scored", lambda: tell_and_score(sam))


def page_of(client, customer):
    return client.get(f"/customers/{customer.pk}/why/").content.decode()


def columns(client, customer):
    found = COLUMN.findall(page_of(client, customer))
    return {score: ([tenths(text) for text in POINTS.findall(rows)], int(total)) for score, rows, total in found}


def tenths(text):
    return round(float(text.replace("−", "-")) * 10)


def test_each_column_adds_up_to_the_score_on_the_page(desk, story):
    for customer in Customer.objects.all():
        found, score = columns(desk, customer), Score.objects.get(customer=customer)
        assert found.keys() == {"commitment", "reciprocity"}
        for name, (points, total) in found.items():
            assert sum(points) == 10 * total, (customer, name)
            assert total == round(getattr(score, name))


def test_each_reason_leads_to_the_rows_it_counts(desk, story):
    links = {rule: (url, words) for url, rule, words in LINK.findall(page_of(desk, story.champion))}
    said = {"Promise kept": ("kept 6 of 6 promises", 6), "Opening doors": ("1 referral", 1)}
    assert links.keys() >= said.keys()
    for rule, (words, count) in said.items():
        url, found = links[rule]
        assert found == words
        rows = desk.get(url.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r'<li class="entry[^>]*id="entry-', rows)) == count


def test_promises_in_time_late_and_missed(desk, sam):
    customer, today = CustomerFactory(), firm_today()
    for number in range(4):
        made = noon(today - timedelta(days=30 + number))
        theirs = promise(customer, f"P{number}", party="them", at=made, due_on=today - timedelta(days=10), by=sam)
        if number < 2:
            keep_promise(theirs, at=made + timedelta(hours=1), by=None)
    miss_overdue(at=timezone.now())
    keep_promise(theirs, at=timezone.now(), by=None)
    page = page_of(desk, customer)
    for said in ("kept 2 of 4 promises", "kept 1 promise late", "missed 2 promises"):
        assert said in page


def test_what_is_missing_stands_apart(desk):
    customer = CustomerFactory()
    happens(customer, "praise", at=timezone.now())
    page = page_of(desk, customer)
    missing = "".join(re.findall(r'<p class="reasons-missing">(.*?)</p>', page, re.DOTALL))
    assert "no referral yet" in missing
    assert "no promise kept yet" in missing
    assert "praise" not in missing
    assert "missed" not in missing


def test_thin_evidence_says_so(desk):
    customer = CustomerFactory()
    happens(customer, "praise", at=timezone.now() - timedelta(days=1))
    assert "There is little evidence yet" in page_of(desk, customer)


def test_old_evidence_is_called_fading(desk):
    customer = CustomerFactory()
    happens(customer, "referral", at=timezone.now())
    for days in (0, 30):
        happens(customer, "praise", at=timezone.now() - timedelta(days=days * 20))
    happens(customer, "check_in", at=timezone.now() - timedelta(days=30))
    page = " ".join(page_of(desk, customer).split())
    assert re.search(r"1 referral</a> <span[^>]*>last [^<]+, fresh<", page)
    assert re.search(r"2 words of praise</a> <span[^>]*>last [^<]+, oldest fading<", page)
    assert re.search(r"1 check-in</a> <span[^>]*>last [^<]+, fading<", page)


def test_what_they_ask_for_is_named_and_never_counted(desk, story):
    page = page_of(desk, story.loud)
    assert "never counted for or against them" in page
    assert "40 complaints and 20 refunds asked for" in page


def test_htmx_gets_the_reasons_alone(htmx, story):
    fragment = page_of(htmx, story.champion)
    assert "<html" not in fragment
    assert "reasons-sum" in fragment


def asked(client, customer, name="why/", **days):
    return client.get(f"/customers/{customer.pk}/{name}", days)


def moved_on(page):
    """Cells of the table of what moved, by the first one."""
    text = page[page.index("moved-table") :]
    rows = re.findall(r"<tr>(.*?)</tr>", text[: text.index("</table>")], re.DOTALL)
    cells = [
        [" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]
    return {name: [int(cell.replace("−", "-")) for cell in points] for name, *points in cells[1:]}


@pytest.mark.parametrize("days", [28, 91, 364])
def test_what_moved_adds_up_on_the_page(desk, story, days):
    for customer in Customer.objects.all():
        since = firm_today() - timedelta(days=days)
        (first, start), *parts, (_, end) = moved_on(asked(desk, customer, since=since).content.decode()).items()
        assert "as known then" in first
        assert [a + sum(part[n] for _, part in parts) for n, a in enumerate(start)] == end
        assert end[0] == round(Score.objects.get(customer=customer).partnership)


def test_four_weeks_unless_asked_otherwise(desk, story):
    today = firm_today()
    page = asked(desk, story.champion).content.decode()
    assert re.search(r'aria-current="true">4 weeks<', page)
    assert page.count("See today") == 0
    again = asked(desk, story.champion, since=today - timedelta(weeks=13)).content.decode()
    assert re.search(r'aria-current="true">13 weeks<', again)


def test_the_score_of_a_past_day(desk, story):
    past = firm_today() - timedelta(days=60)
    page = asked(desk, story.champion, as_of=past).content.decode()
    assert f'value="{past}"' in page
    assert "See today" in page
    found = asked(desk, story.champion, "why.json", as_of=past).json()
    assert (found["as_of"], found["movement"]["since"]) == (str(past), str(past - timedelta(weeks=4)))
    assert COLUMN.search(page)[3] == str(round(found["commitment"]))


def test_a_line_says_what_it_would_be_without_it(desk, story):
    found = asked(desk, story.champion, "why.json").json()
    doors = next(line for line in found["lines"] if line["rule"] == "Opening doors")
    words = " ".join(page_of(desk, story.champion).split())
    shown = [f"{doors['without'][score]:.1f}" for score in ("reciprocity", "partnership")]
    assert f"without it: score {shown[0]}, partnership {shown[1]}" in words


@pytest.mark.parametrize(
    ("days", "field", "said"),
    [
        ({"since": "tomorrow"}, "since", "This is not a day: write it as 2026-03-31."),
        ({"as_of": "2026-02-30"}, "as_of", "This is not a day"),
        ({"as_of": "9999-12-31"}, "as_of", "still to come"),
        ({"as_of": "0001-01-01"}, "as_of", "so long ago"),
        ({"since": "0001-01-01"}, "since", "so long ago"),
        ({"since": "2020-03-02", "as_of": "2020-03-01"}, "since", "a day before the other one"),
        ({"since": "2020-03-01", "as_of": "2020-03-01"}, "since", "a day before the other one"),
    ],
)
def test_days_that_can_not_be(desk, story, days, field, said):
    page = asked(desk, story.champion, **days)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert "reasons-sum" in page.content.decode()
    told = asked(desk, story.champion, "why.json", **days)
    assert told.status_code == 422
    assert [said in text for text in told.json()["errors"][field]] == [True]


def test_the_days_are_the_firms(desk, firm, story, monkeypatch):
    """Late in the evening of New York it is tomorrow in Berlin already."""
    firm.timezone = "Pacific/Kiritimati"
    firm.save()
    noon_utc = timezone.now().replace(hour=12)
    monkeypatch.setattr(timezone, "now", lambda: noon_utc)
    assert asked(desk, story.champion, "why.json").json()["as_of"] == str(noon_utc.date() + timedelta(days=1))


def test_whoever_may_not_see_them_is_told_nothing(desk, firm):
    customer = CustomerFactory(restricted=True, owner=None)
    assert asked(desk, customer).status_code == asked(desk, customer, "why.json").status_code == 404
    assert desk.post(f"/customers/{customer.pk}/why.json").status_code == 405


def test_as_many_reads_for_a_long_story_as_for_a_short_one(desk, story, django_assert_max_num_queries):
    for customer in (story.champion, story.loud):
        with django_assert_max_num_queries(23):
            asked(desk, customer)


def test_a_pinned_tier_is_named_with_who_pinned_it_and_why(desk, manager, story):
    earned = Score.objects.get(customer=story.champion).earned_tier.name
    assert f"That earns “{earned}”." in page_of(desk, story.champion)
    tier, until = RuleSet.objects.active().tiers.get(rank=1), firm_today() + timedelta(days=9)
    pin_tier(customer=story.champion, tier=tier, reason="Their year <off>", until=until, by=manager)
    page = " ".join(page_of(desk, story.champion).split())
    day = f"{until:%-d %b %Y}"
    assert f"“{tier.name}”, is pinned by {manager.name} until {day}: “Their year &lt;off&gt;”." in page
    assert f"Without the pin it would be “{earned}”." in page
    assert "That earns" not in page
    past = asked(desk, story.champion, as_of=firm_today() - timedelta(days=1)).content.decode()
    assert "is pinned by" not in past
    TierPin.objects.update(until=firm_today() - timedelta(days=1), by=None)
    assert f"That earns “{earned}”." in page_of(desk, story.champion)
