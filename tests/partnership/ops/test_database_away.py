"""The database is away for a moment: pages say so, and none hangs once it is back."""

from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import psycopg
import pytest
from django.db import OperationalError
from django.test import RequestFactory
from kombu.exceptions import OperationalError as OperationalErrorOfKombu
from redis.exceptions import ConnectionError as RedisConnectionError

from partnership.celery import app
from partnership.ops import failures, views
from partnership.ops.launch import __main__ as launch
from tests.processes import Stack, wait_until
from tests.senders import Sender, prepare

pytestmark = pytest.mark.processes

THREADS = 8
SOON = 5  # seconds; a pool that waits between one dead connection and the next takes seven and more


def test_pages_say_that_the_database_is_away_and_answer_as_soon_as_it_is_back(stack: Stack) -> None:
    stack.kill("web")
    stack.env |= {"WEB_WORKERS": "1", "WEB_THREADS": str(THREADS)}
    stack.start("web")
    customer = prepare(stack)[0]
    sam = Sender(stack.url)
    sam.sign_in()
    pages = ["/", f"/customers/{customer}/", "/customers/", "/conversations/"] * 2
    open_one_connection_a_thread(stack, sam)

    stack.kill("postgresql")
    for page in pages:
        status, text = sam.get(page, timeout=SOON)
        assert status == 503
        assert "The database can’t be reached" in text

    stack.start("postgresql")
    assert [sam.get(page, timeout=SOON)[0] for page in pages] == [200] * len(pages)


def open_one_connection_a_thread(stack: Stack, sam: Sender) -> None:
    """Have every thread of the web server wait for a lock, so that each has a connection."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(THREADS) as visitors:
        with psycopg.connect(stack.database_url) as holder:
            holder.execute("LOCK TABLE staff_firm IN ACCESS EXCLUSIVE MODE")
            asked = [visitors.submit(sam.get, "/", timeout=30) for _ in range(THREADS)]
            wait_until(lambda: stack.sql(waiting) == [(THREADS,)], what="every thread to have a connection")
        assert {answer.result()[0] for answer in asked} == {200}


@pytest.mark.parametrize(
    ("state", "failure"),
    [
        (None, failures.AWAY),
        ("57P01", failures.AWAY),
        ("08006", failures.AWAY),
        ("53100", failures.DATABASE_FULL),
        ("40P01", None),  # a deadlock
        ("57014", None),  # a statement that took too long
    ],
)
def test_tells_errors_of_the_server_from_those_of_the_program(state, failure):
    error = OperationalError("it says so")
    error.__cause__ = psycopg.errors.lookup(state)("it says so") if state else psycopg.OperationalError("it says so")
    assert failures.name_failure(error) is failure


@pytest.mark.parametrize(("method", "again"), [("get", True), ("post", False)])
def test_only_pages_are_asked_for_again_by_themselves(method, again):
    request = getattr(RequestFactory(), method)("/")
    try:
        raise OperationalError("connection refused")
    except OperationalError:
        answer = views.server_error(request)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert (b'http-equiv="refresh"' in answer.content) is again


def test_a_worker_waits_for_redis_however_long_it_is_away():
    assert app.conf.broker_connection_max_retries is None


@pytest.mark.parametrize("error", [OperationalErrorOfKombu, RedisConnectionError, BrokenPipeError])
def test_the_launcher_lives_when_redis_goes_while_it_asks_the_worker(error):
    with mock.patch.object(app.control, "ping", side_effect=error):
        assert launch._worker_answers("node") is False
