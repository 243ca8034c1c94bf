"""Mail about a sign-in is promised in the database, so that neither Redis nor a worker can lose it."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.utils import timezone
from kombu.exceptions import OperationalError

from partnership.staff.models import OwedMail
from partnership.staff.sign_in import owed_mails
from partnership.staff.sign_in.records import record_factor_change
from partnership.staff.tasks import send_owed_mails_task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_server(settings):
    settings.EMAIL_HOST = "mail.firm.example"


def test_a_link_asked_for_while_redis_is_away_is_sent_by_whoever_comes_next(
    client, sam, django_capture_on_commit_callbacks
):
    with (
        mock.patch("celery.current_app.send_task", side_effect=OperationalError),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert client.post("/accounts/password/reset/", {"email": sam.email}).status_code == 302
    assert mail.outbox == []
    assert send_owed_mails_task() == 1
    assert [letter.to for letter in mail.outbox] == [[sam.email]]
    assert send_owed_mails_task() == 0
    assert len(mail.outbox) == 1


def test_what_a_worker_left_when_it_died_is_sent_by_the_next_one(sam):
    record_factor_change("second_factor_added", by=sam, about=sam)
    dies = mock.Mock(side_effect=KeyboardInterrupt)
    with mock.patch.dict(owed_mails.SENDERS, security_notice=dies), pytest.raises(KeyboardInterrupt):
        send_owed_mails_task()
    assert send_owed_mails_task() == 1
    assert [letter.to for letter in mail.outbox] == [[sam.email]]


def test_a_link_that_nobody_waits_for_any_more_is_not_sent(sam):
    owed_mails.owe(OwedMail.Kind.PASSWORD_LINK, sam.email)
    OwedMail.objects.update(since=timezone.now() - timedelta(hours=2))
    assert send_owed_mails_task() == 0
    assert mail.outbox == []
