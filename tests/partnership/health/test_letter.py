"""The weekly letter: to managers who want it, once, on Monday morning."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from partnership.health.letter import is_wanted, send_letters, want
from partnership.health.models import LetterWish
from partnership.staff.models import User
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def wanted(manager: User, told: Told) -> User:
    want(manager, wanted=True)
    return manager


def test_it_says_what_got_worse_and_whom_to_thank(wanted: User):
    assert send_letters(at=MONDAY) == 1
    [letter] = mail.outbox
    assert letter.to == [wanted.email]
    [(html, kind)] = letter.alternatives
    assert kind == "text/html"
    for text in (letter.body, html):
        assert "promises of ours broken: 1, the week before 0" in text
        assert "Paul Partner" in text
        assert "http://localhost:8000/health/letter/" in text


def test_it_goes_out_once_for_each_week(wanted: User):
    assert [send_letters(at=MONDAY + timedelta(hours=hours)) for hours in (0, 0, 5, 24, 7 * 24)] == [1, 0, 0, 0, 1]


def test_neither_before_the_morning_nor_later_in_the_week(wanted: User):
    for hours in (-7, -3, 17, 30):
        assert send_letters(at=MONDAY + timedelta(hours=hours)) == 0


def test_who_is_no_manager_any_more_gets_none(wanted: User):
    wanted.groups.clear()
    assert send_letters(at=MONDAY) == 0
    assert mail.outbox == []


def test_what_the_mail_server_refuses_is_tried_again(wanted: User, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError("no route")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        assert send_letters(at=MONDAY) == 0
    assert LetterWish.objects.get().sent_for is None
    assert send_letters(at=MONDAY) == 1


def test_one_asks_for_it_and_takes_it_back(managers_desk: Client, manager: User, told: Told):
    assert b"What got better" in managers_desk.get("/health/letter/").content
    managers_desk.post("/health/letter/", {"wanted": "1"})
    managers_desk.post("/health/letter/", {"wanted": "1"})
    assert is_wanted(manager)
    managers_desk.post("/health/letter/", {})
    assert not is_wanted(manager)
