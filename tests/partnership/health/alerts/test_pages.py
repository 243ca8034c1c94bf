"""The page of alerts: added as a sentence, changed, removed and brought back, looked at."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from partnership.health.alerts.checking import check_alerts
from partnership.health.alerts.models import Alert, RaisedAlert
from partnership.health.models import CustomerMetrics
from partnership.notifications.digest import send_digests
from partnership.notifications.models import Notification
from partnership.scoring.models import RuleSet
from partnership.staff.models import Firm, Preferences, User
from tests.factories import CustomerFactory, firm_today
from tests.partnership.health.alerts.test_checking import alert, scored
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db

URL = "/health/alerts/"


def said(client: Client, url: str = URL) -> str:
    response = client.get(url)
    assert response.status_code == 200
    main = response.content.decode().partition("<main")[2]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def given(owner: User, **more: object) -> dict[str, object]:
    return {"owner": owner.pk, "condition": "below", "number": "60", "tier": "", "days": "3", **more}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Tell Mara Lind when a customer falls below 60."),
        ({"condition": "fall", "number": "12"}, "Tell Mara Lind when a customer falls by 12 points within 4 weeks."),
        ({"condition": "answered_late", "number": "3"}, "Tell Mara Lind when more than 3 answers were late"),
        ({"condition": "ours_owed", "number": "0"}, "when we owe more than 0 promises past their date."),
        ({"condition": "recoveries_open", "number": "1"}, "when more than 1 recovery is open."),
    ],
)
def test_it_is_added_as_a_sentence(managers_desk: Client, manager: User, asked: dict[str, str], sentence: str):
    assert "No alerts yet." in said(managers_desk)
    assert managers_desk.post(URL, given(manager, **asked)).status_code == 302
    assert sentence in said(managers_desk)


def test_of_one_tier(managers_desk: Client, manager: User):
    tier = RuleSet.objects.active().tiers.order_by("rank").last()
    managers_desk.post(URL, given(manager, tier=tier.pk))
    assert f"when a customer of the tier “{tier.name}” falls below 60." in said(managers_desk)


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"number": "0"}, "number"), ({"number": "101"}, "number"), ({"number": "x"}, "number"), ({"days": "0"}, "days"),
     ({"condition": "moon"}, "condition"), ({"tier": "1000000"}, "tier")],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field(managers_desk: Client, manager: User, asked: dict[str, str], field: str):
    response = managers_desk.post(URL, given(manager, **asked))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Alert.objects.exists()


def test_only_who_manages_is_told(managers_desk: Client, sam: User):
    assert managers_desk.post(URL, given(sam)).status_code == 422


def test_changed_it_begins_anew_but_not_for_other_days(managers_desk: Client, manager: User):
    one = alert(manager)
    scored(CustomerFactory(), 50)
    check_alerts(at=timezone.now())
    assert managers_desk.post(f"{URL}{one.pk}/", given(manager, days="9")).status_code == 302
    assert RaisedAlert.objects.count() == 1
    assert managers_desk.post(f"{URL}{one.pk}/", given(manager, number="40")).status_code == 302
    assert not RaisedAlert.objects.exists()
    assert "falls below 40." in said(managers_desk)


def test_removed_and_brought_back(managers_desk: Client, manager: User):
    one = alert(manager)
    page = managers_desk.post(f"{URL}{one.pk}/removal/", follow=True).content.decode()
    assert "No alerts yet." in said(managers_desk)
    assert f"{URL}{one.pk}/restoration/" in page
    assert managers_desk.get(f"{URL}{one.pk}/").status_code == 404
    managers_desk.post(f"{URL}{one.pk}/restoration/")
    assert "falls below 60." in said(managers_desk)


def test_looked_at_by_a_day_and_undone(managers_desk: Client, manager: User):
    alert(manager)
    ada = CustomerFactory(name="Ada Okafor")
    scored(ada, 50)
    check_alerts(at=timezone.now())
    page = managers_desk.get(URL).content.decode()
    assert f'href="{ada.get_absolute_url()}"' in page
    text = said(managers_desk)
    assert "Ada Okafor: At 50 points, below 60" in text
    assert "Look at it by" in text
    one = RaisedAlert.objects.get()
    RaisedAlert.objects.update(due_on=firm_today() - timedelta(days=1))
    assert "To be looked at since" in said(managers_desk)
    for _twice in range(2):
        managers_desk.post(f"/health/raised-alerts/{one.pk}/looking/")
    assert "Mara Lind looked at it on" in said(managers_desk)
    assert check_alerts(at=timezone.now()) == 0
    managers_desk.post(f"/health/raised-alerts/{one.pk}/undo/")
    assert "To be looked at since" in said(managers_desk)


def test_a_count_leads_to_the_rows_it_counts(managers_desk: Client, manager: User, told: Told):
    alert(manager, "recoveries_open", 0)
    assert check_alerts(at=told.at) == 1
    [url] = re.findall(r'href="(/health/rows/recoveries_open/[^"]*)"', managers_desk.get(URL).content.decode())
    assert managers_desk.get(unescape(url)).content.decode().count("health-day") == 1


def test_the_notification_and_its_mail_lead_to_it(managers_desk: Client, manager: User, settings):
    settings.SITE_URL = "https://desk.ourfirm.example"
    Preferences.objects.create(user=manager, digest="hourly")
    alert(manager, "recoveries_open", 0)
    alert(manager)
    scored(CustomerFactory(name="Ada Okafor"), 50, recoveries_open=1)
    now = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert check_alerts(at=now) == 2
    inbox = said(managers_desk, "/notifications/")
    assert "1 recovery is open" in inbox
    assert "At 50 points, below 60" in inbox
    for news in Notification.objects.all():
        raised = news.key.rpartition("/")[2]
        response = managers_desk.get(f"/notifications/{news.pk}/")
        assert response["Location"] == f"{URL}#raised-{raised}"
        assert f'id="raised-{raised}"' in managers_desk.get(URL).content.decode()
    Notification.objects.update(read_at=None)
    assert send_digests(at=now + timedelta(minutes=1)) == 1
    assert "Ada Okafor: an alert of yours was raised" in mail.outbox[0].body
    assert "- an alert of yours was raised" in mail.outbox[0].body


def test_support_sees_none(desk: Client):
    assert desk.get(URL).status_code == 403


def test_the_rules_change_and_the_tier_is_named_as_now(managers_desk: Client, manager: User, firm: Firm):
    tier = RuleSet.objects.active().tiers.order_by("rank").last()
    one = alert(manager, tier=tier)
    CustomerMetrics.objects.all().delete()
    page = managers_desk.get(f"{URL}{one.pk}/").content.decode()
    assert re.search(rf'<option value="{tier.pk}" selected>', page)


def test_managers_choose_whether_they_are_told(managers_desk: Client, desk: Client, manager: User):
    assert 'name="alert"' in managers_desk.get("/preferences/").content.decode()
    assert 'name="alert"' not in desk.get("/preferences/").content.decode()
    Preferences.objects.create(user=manager, notify={"alert": "none"})
    alert(manager)
    scored(CustomerFactory(), 10)
    assert check_alerts(at=timezone.now()) == 1
    assert not Notification.objects.exists()
