"""News by e-mail: once an hour or a morning, never twice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from partnership.notifications.digest import send_digests
from partnership.notifications.models import Notification
from partnership.notifications.notify import notify
from partnership.notifications.tasks import send_digests_task
from partnership.staff.models import Preferences
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def at(hour: int, days: int = 0) -> datetime:
    return datetime(2026, 1, 15, hour, tzinfo=ZoneInfo("Europe/Berlin")) + timedelta(days=days)


@pytest.fixture
def ada(firm, settings):
    settings.SITE_URL = "https://desk.ourfirm.example"
    return CustomerFactory(name="Ada <b>Okafor</b>")


def news(user, customer, when, *, kind="mention", **more):
    given = {"key": f"news/{Notification.objects.count()}", "text": "see & tell", **more}
    notify(kind=kind, users=[user], customer=customer, at=when, **given)
    return Notification.objects.latest("pk")


def hourly(user, **notify_):
    Preferences.objects.create(user=user, digest="hourly", notify=notify_)


def test_each_morning_what_came_until_then(ada, sam, manager):
    first = news(sam, ada, at(15), by=manager)
    assert [send_digests(at=at(hour, days)) for days, hour in ((0, 16), (1, 7), (1, 8), (1, 9))] == [0, 0, 1, 0]
    news(sam, ada, at(9, 1))
    assert send_digests(at=at(20, 1)) == 0
    assert send_digests(at=at(12, 2)) == 1  # the worker was down at eight
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == ([sam.email], "1 thing to know")
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    link = f"https://desk.ourfirm.example/notifications/{first.pk}/"
    assert "Ada <b>Okafor</b>: Mara Lind: you were mentioned" in letter.body
    assert "see & tell" in letter.body
    assert link in letter.body
    html, kind = letter.alternatives[0]
    assert kind == "text/html"
    assert "Ada &lt;b&gt;Okafor&lt;/b&gt;" in html
    assert f'href="{link}"' in html


def test_every_hour_for_who_wants_it_so(ada, sam):
    hourly(sam)
    news(sam, ada, at(15))
    assert send_digests(at=at(16)) == 1
    assert send_digests(at=at(17)) == 0


def test_run_twice_or_after_a_crash_it_is_sent_once(ada, sam, monkeypatch):
    hourly(sam)
    news(sam, ada, at(15))

    def crash(*_):
        raise SystemExit  # the worker is killed while it hands the mail over

    monkeypatch.setattr(EmailBackend, "send_messages", crash)
    with pytest.raises(SystemExit):
        send_digests(at=at(16))
    monkeypatch.undo()
    assert send_digests(at=at(16)) == 0
    assert mail.outbox == []
    assert sam.notifications.get().read_at is None


def test_refused_by_the_mail_server_it_waits_for_the_next_round(ada, sam, monkeypatch):
    hourly(sam)
    news(sam, ada, at(15))

    def refuse(*_):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert send_digests(at=at(16)) == 0
    monkeypatch.undo()
    assert send_digests(at=at(17)) == 1


def test_not_what_was_read_nor_what_is_for_the_inbox_alone(ada, sam):
    hourly(sam, handover="inbox")
    read = news(sam, ada, at(15))
    Notification.objects.filter(pk=read.pk).update(read_at=at(15))
    news(sam, ada, at(15), kind="handover")
    assert send_digests(at=at(16)) == 0


def test_nothing_for_who_wants_none_or_has_left(ada, sam):
    gone = UserFactory()
    news(gone, ada, at(15))
    news(sam, ada, at(15))
    gone.is_active = False
    gone.save()
    Preferences.objects.create(user=sam, digest="never")
    assert send_digests(at=at(9, 1)) == 0


def test_not_of_a_customer_whom_they_may_see_no_longer(ada, sam):
    hourly(sam)
    news(sam, ada, at(15))
    ada.restricted = True
    ada.save()
    assert send_digests(at=at(16)) == 0


def test_old_news_are_none(ada, sam):
    news(sam, ada, at(15, -9))
    assert send_digests(at=at(9)) == 0


def test_of_very_many_the_first_are_told_and_how_many_more(ada, sam):
    hourly(sam)
    for number in range(53):
        news(sam, ada, at(15), key=f"mention/{number}")
    assert send_digests(at=at(16)) == 1
    assert "And 3 more" in mail.outbox[0].body
    assert mail.outbox[0].body.count("you were mentioned") == 50


def test_the_task_run_twice_sends_once(ada, sam):
    from django.utils import timezone

    hourly(sam)
    news(sam, ada, timezone.now() - timedelta(minutes=5))
    assert (send_digests_task(), send_digests_task()) == (1, 0)
    assert len(mail.outbox) == 1
