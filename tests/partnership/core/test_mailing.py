"""Mail is claimed, sent and recorded one after the other, whatever becomes of one."""

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from partnership.core.mailing import automatic_message, send_claimed


class RefusedError(Exception):
    pass


def message(to: str) -> EmailMessage:
    if to == "unbuildable":
        raise ValueError(to)
    return EmailMessage("Hello", "Hello", "us@firm.example", [to])


@pytest.fixture
def events(monkeypatch):
    """What happened in which order."""
    happened = []
    works = EmailBackend.send_messages

    def send_messages(self, messages):
        happened.append(f"send {messages[0].to[0]}")
        if messages[0].to == ["refused"]:
            raise RefusedError
        if messages[0].to == ["killed"]:
            raise SystemExit
        return works(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return happened


def run(happened: list[str], *names: str) -> int:
    def claims():
        for name in names:
            happened.append(f"claim {name}")
            yield name

    def record(name, error):
        happened.append(f"record {name} {type(error).__name__}")

    return send_claimed(claims(), message, record)


def test_each_is_claimed_sent_and_recorded_before_the_next_is_claimed(events):
    assert run(events, "ada", "bo") == 2
    assert events == ["claim ada", "send ada", "record ada NoneType", "claim bo", "send bo", "record bo NoneType"]


def test_what_fails_is_recorded_and_stops_no_other(events):
    assert run(events, "refused", "unbuildable", "bo") == 1
    assert [one for one in events if one.startswith("record")] == [
        "record refused RefusedError",
        "record unbuildable ValueError",
        "record bo NoneType",
    ]
    assert [letter.to for letter in mail.outbox] == [["bo"]]


def test_a_killed_worker_records_nothing(events):
    with pytest.raises(SystemExit):
        run(events, "killed", "bo")
    assert events == ["claim killed", "send killed"]


def test_an_automatic_message_has_both_parts_and_asks_for_no_answer(settings, tmp_path):
    for ending, text in (("txt", "Dear {{ name }}"), ("html", "<p>Dear {{ name }}</p>")):
        (tmp_path / f"hello.{ending}").write_text(text)
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path]}]
    built = automatic_message("hello", {"name": "Ada"}, subject="Hi", sender="us@firm.example", to="ada@home.example")
    sent = built.message()
    assert (sent["Subject"], sent["From"], sent["To"]) == ("Hi", "us@firm.example", "ada@home.example")
    assert sent["Auto-Submitted"] == "auto-generated"
    assert [part.get_payload() for part in sent.get_payload()] == ["Dear Ada", "<p>Dear Ada</p>"]
