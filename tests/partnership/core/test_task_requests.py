"""A worker is asked once the transaction commits, and what is committed stays when nobody can be asked."""

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from partnership.core.task_requests import request_on_commit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch):
    names = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: names.append(name))
    return names


def test_it_is_asked_for_once_it_is_committed(sent):
    with transaction.atomic():
        request_on_commit("some.task")
        assert sent == []
    assert sent == ["some.task"]


def test_nothing_is_asked_for_that_is_rolled_back(sent):
    with transaction.atomic():
        request_on_commit("some.task")
        transaction.set_rollback(True)
    assert sent == []


@pytest.mark.parametrize("error", [OperationalError("gone"), RuntimeError("broken")])
def test_a_lost_request_fails_nothing(monkeypatch, error):
    asked = []

    def lose(name: str, **options: object) -> None:
        asked.append(name)
        raise error

    monkeypatch.setattr(current_app, "send_task", lose)
    with transaction.atomic():
        request_on_commit("some.task")
    assert asked == ["some.task"]
