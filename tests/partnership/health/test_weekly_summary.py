"""The weekly summary: to managers who want it, once, on Monday morning."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from importlib import import_module

import pytest
from django.core import mail
from django.test import Client

from interactions.actions.promises import keep_promise
from interactions.actions.record import record
from partnership.celery import app
from partnership.health.models import CustomerMetrics, WeeklySummarySubscription
from partnership.health.rollup.refreshing import refresh_all
from partnership.health.tasks import send_weekly_summaries_task
from partnership.health.weekly_summary import (
    is_subscribed,
    send_to_managers,
    send_weekly_summaries,
    set_subscription,
    summary_of,
)
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import User
from tests.factories import CustomerFactory, UserFactory, happens, promise
from tests.partnership.health.story import Told, tell

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 1, 19, 8, tzinfo=UTC)


@pytest.fixture
def told(sam: User) -> Told:
    return tell(sam, now=MONDAY - timedelta(hours=20))


@pytest.fixture
def wanted(manager: User, told: Told) -> User:
    set_subscription(manager, wanted=True)
    return manager


def test_it_says_what_got_worse_and_whom_to_thank(wanted: User):
    assert send_weekly_summaries(at=MONDAY) == 1
    [summary] = mail.outbox
    assert summary.to == [wanted.email]
    [(html, kind)] = summary.alternatives
    assert kind == "text/html"
    for text in (summary.body, html):
        assert "promises of ours missed: 1, the week before 0" in text
        assert "Paul Partner" in text
        assert "http://localhost:8000/health/weekly-summary/" in text


def counted_anew() -> None:
    for days in (8, 0):
        rescore_all(at=MONDAY - timedelta(days=days))
    refresh_all(at=MONDAY)


def test_it_counts_from_monday_to_sunday(manager: User, told: Told, sam: User):
    """Today has but begun."""
    for hours in (-10, 2, 20, 6 * 24, 7 * 24 - 8, 7 * 24 - 4):
        kept = MONDAY - timedelta(days=7) + timedelta(hours=hours)
        keep_promise(
            promise(told.wronged, "Draft", party="them", at=kept - timedelta(days=2), due_on=None, by=sam),
            at=kept, by=sam,
        )  # fmt: skip
    counted_anew()
    summary = summary_of(manager, at=MONDAY)
    assert summary.day == MONDAY.date() - timedelta(days=1)
    assert "promises of theirs kept in time: 3, the week before 1" in [one.text for one in summary.better]


def test_its_links_open_the_rows_of_its_own_week(managers_desk: Client, manager: User, told: Told, sam: User):
    """Also when they are followed days later."""
    for days, what in ((-8, "Before it"), (-7, "On its Monday"), (-1, "On its Sunday"), (0, "After it")):
        kept = MONDAY + timedelta(days=days)
        made = promise(told.wronged, what, party="them", at=kept - timedelta(days=2), due_on=None, by=sam)
        keep_promise(made, at=kept, by=sam)
    counted_anew()
    summary = summary_of(manager, at=MONDAY)
    [sentence] = [one for one in summary.better if "promises of theirs kept in time" in one.text]
    assert "until=2026-01-18" in sentence.url
    rescore_all(at=MONDAY + timedelta(days=3))
    refresh_all(at=MONDAY + timedelta(days=3))
    page = managers_desk.get(sentence.url).text
    assert re.findall(r"(Before it|On its Monday|On its Sunday|After it)", page) == ["On its Sunday", "On its Monday"]
    assert "From 12 January 2026 to 18 January 2026" in page
    assert "until=2026-01-18" in re.search(r'href="([^"]*csv[^"]*)"', page)[1]
    assert 'value="2026-01-18"' in page
    for wrong in ("2999-01-01", "x"):
        assert managers_desk.get(sentence.url.replace("2026-01-18", wrong)).status_code == 422


@pytest.mark.parametrize(
    ("facts", "thanked"), [({}, True), ({"do_not_contact": True}, False), ({"lifecycle": "ended"}, False)]
)
def test_it_thanks_whom_we_may_write_to(manager: User, told: Told, facts: dict, thanked: bool):
    gave, rose = (CustomerFactory(name=name, **facts) for name in ("Gerd Gave", "Rosa Rose"))
    happens(gave, "referral", at=MONDAY - timedelta(days=7))
    happens(rose, "work_done", at=MONDAY - timedelta(days=17))
    happens(rose, "referral", at=MONDAY - timedelta(days=40))
    for back in range(3, 8):
        happens(rose, "work_done", at=MONDAY - timedelta(days=back))
    counted_anew()
    thanks = {customer.name: why for customer, why in summary_of(manager, at=MONDAY).thanks}
    assert thanks.get("Gerd Gave") == ("1 referral" if thanked else None)
    assert bool(re.fullmatch(r"5 pieces of work done \+\d+\.\d", thanks.get("Rosa Rose", ""))) == thanked


def test_it_says_what_a_fall_came_from(manager: User, told: Told):
    """What moved the score, not what happened besides."""
    fallen = CustomerFactory(name="Fred Fell")
    for back in range(9, 40):
        happens(fallen, "work_done", at=MONDAY - timedelta(days=back))
    happens(fallen, "commitment_kept", at=MONDAY - timedelta(days=30), channel="internal")
    happens(fallen, "goal_achieved", at=MONDAY - timedelta(days=3))
    happens(fallen, "commitment_missed", at=MONDAY - timedelta(days=3), channel="internal")
    counted_anew()
    [said] = [one.text for one in summary_of(manager, at=MONDAY).worse if one.text.startswith("Fred Fell fell from")]
    then, now, why = re.fullmatch(r"Fred Fell fell from (\d+) to (\d+): (.*)", said).groups()
    points = [float(one.replace("−", "-")) for one in re.findall(r"[+−]\d+\.\d", why)]
    assert sum(points) == pytest.approx(int(now) - int(then))
    assert "missed 1 promise −" in why
    assert "fading −" in why
    assert "goal" not in why


def test_it_says_what_was_put_in(manager: User, told: Told):
    gave = CustomerFactory(name="Gerd Gave")
    for kind in ("referral", "praise", "referral", "feedback"):
        happens(gave, kind, at=MONDAY - timedelta(days=3))
    thanks = {customer.name: why for customer, why in summary_of(manager, at=MONDAY).thanks}
    assert sorted(re.split(", | and ", thanks["Gerd Gave"])) == [
        "1 word of praise",
        "2 referrals",
        "gave feedback once",
    ]


def test_thin_evidence_is_no_rise_and_no_fall(manager: User, told: Told):
    thin, known = CustomerFactory(name="Thea Thin"), CustomerFactory(name="Kay Known")
    for customer in (thin, known):
        happens(customer, "purchase", at=MONDAY - timedelta(days=30), channel="billing")
        happens(customer, "work_done", at=MONDAY - timedelta(days=3))
    happens(known, "referral", at=MONDAY - timedelta(days=40))
    counted_anew()
    metrics = CustomerMetrics.objects.filter(period="week")
    assert set(metrics.filter(customer__in=[thin, known], thin=True).values_list("customer", flat=True)) == {thin.pk}
    thanked = {customer.name for customer, _why in summary_of(manager, at=MONDAY).thanks}
    assert thanked & {"Thea Thin", "Kay Known"} == {"Kay Known"}


def test_it_says_what_we_still_owe(manager: User, told: Told):
    worse = {one.text: one.url for one in summary_of(manager, at=MONDAY).worse}
    [owed] = [url for text, url in worse.items() if text.startswith("We owe 1 promise that is past its date, since ")]
    assert "/health/rows/ours_owed/" in owed


def test_nobody_is_thanked_for_what_was_recorded_late(manager: User, told: Told):
    late = CustomerFactory(name="Lara Late")
    happens(late, "work_done", at=MONDAY - timedelta(days=12))
    rescore_all(at=MONDAY - timedelta(days=8))
    for back in range(9, 20):
        long_ago = MONDAY - timedelta(days=back)
        record(recorded_at=MONDAY - timedelta(days=1), customer_id=late.pk, kind="work_done", occurred_at=long_ago,
               channel="email", direction="inbound", by=None)  # fmt: skip
    rescore_all(at=MONDAY)
    refresh_all(at=MONDAY)
    assert "Lara Late" not in {customer.name for customer, _why in summary_of(manager, at=MONDAY).thanks}


def test_it_goes_out_once_for_each_week(wanted: User):
    rounds = [MONDAY + timedelta(hours=hours) for hours in (0, 0, 5, 24, 7 * 24)]
    assert [send_weekly_summaries(at=at) for at in rounds] == [1, 0, 0, 0, 1]


def test_neither_before_the_morning_nor_later_in_the_week(wanted: User):
    for hours in (-7, -3, 17, 30):
        assert send_weekly_summaries(at=MONDAY + timedelta(hours=hours)) == 0


def test_who_is_no_manager_any_more_gets_none(wanted: User):
    wanted.groups.clear()
    assert send_weekly_summaries(at=MONDAY) == 0
    assert mail.outbox == []


def test_what_the_mail_server_refuses_is_tried_again(wanted: User, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError("no route")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        assert send_weekly_summaries(at=MONDAY) == 0
    assert WeeklySummarySubscription.objects.get().sent_for is None
    assert send_weekly_summaries(at=MONDAY) == 1


@pytest.fixture
def on_monday(monkeypatch):
    """The task's clock."""
    monkeypatch.setattr("partnership.health.tasks.timezone.now", lambda: MONDAY)


def test_the_task_writes_to_whom_asked_and_to_nobody_else(wanted: User, on_monday):
    UserFactory(name="Did not ask", role="manager")
    UserFactory(role="admin")
    set_subscription(UserFactory(name="No manager"), wanted=True)
    set_subscription(UserFactory(role="manager", is_active=False), wanted=True)
    assert send_weekly_summaries_task() == 1
    [summary] = mail.outbox
    assert summary.to == [wanted.email]
    assert summary.body.startswith("\nHello Mara Lind,") or summary.body.startswith("Hello Mara Lind,")
    assert summary.alternatives[0].mimetype == "text/html"
    assert summary.extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_task_run_twice_writes_once(wanted: User, on_monday):
    assert [send_weekly_summaries_task(), send_weekly_summaries_task()] == [1, 0]
    assert len(mail.outbox) == 1


def test_two_workers_at_once_write_once(wanted: User):
    """Both have read who is due; the second finds it taken."""
    first, second = WeeklySummarySubscription.objects.get(), WeeklySummarySubscription.objects.get()
    assert [send_to_managers([one], MONDAY.date(), at=MONDAY) for one in (first, second)] == [1, 0]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "broken", ["partnership.health.weekly_summary.mail_of", "partnership.health.weekly_summary.summary_of"]
)
def test_what_goes_wrong_with_one_summary_loses_no_other(wanted: User, on_monday, monkeypatch, broken: str):
    other = UserFactory(name="Zoe Ander", role="manager")
    set_subscription(other, wanted=True)
    module, _, name = broken.rpartition(".")
    works = getattr(import_module(module), name)

    def breaks(*given, **more):
        about = given[0]
        if getattr(about, "user", about) == wanted:
            raise ValueError("a summary that can't be written")
        return works(*given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(broken, breaks)
        assert send_weekly_summaries_task() == 1
    assert [summary.to for summary in mail.outbox] == [[other.email]]
    assert send_weekly_summaries_task() == 1
    assert [summary.to for summary in mail.outbox] == [[other.email], [wanted.email]]


def test_both_parts_say_the_same(wanted: User, on_monday):
    send_weekly_summaries_task()
    [summary] = mail.outbox
    html = " ".join(unescape(re.sub(r"<[^>]+>", " ", summary.alternatives[0].content)).split())
    lines = [line.removeprefix("- ") for line in summary.body.splitlines() if line.startswith("- ")]
    assert len(lines) >= 2
    for line in lines:
        assert all(part in html for part in line.split(": "))
    addresses = re.findall(r"http://localhost:8000\S+", summary.body)
    assert {unescape(url) for url in re.findall(r'href="([^"]+)"', summary.alternatives[0].content)} == set(addresses)


def test_beat_asks_for_it_on_monday_morning():
    entry = next(one for one in app.conf.beat_schedule.values() if one["task"] == "health.send_weekly_summaries")
    assert entry["task"] == send_weekly_summaries_task.name


def test_one_asks_for_it_and_takes_it_back(managers_desk: Client, manager: User, told: Told):
    assert b"What got better" in managers_desk.get("/health/weekly-summary/").content
    managers_desk.post("/health/weekly-summary/", {"wanted": "1"})
    managers_desk.post("/health/weekly-summary/", {"wanted": "1"})
    assert is_subscribed(manager)
    managers_desk.post("/health/weekly-summary/", {})
    assert not is_subscribed(manager)
