"""I9, nothing recorded is lost: real processes, killed hard while events arrive, started again."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from threading import Event, Thread
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import psycopg
import pytest

from partnership.scoring.engine.formulas import SUMS, UNITS_PER_POINT
from tests.processes import Stack, wait_until

pytestmark = pytest.mark.processes

SAM, PASSWORD = "sam@firm.example", "two-sides-make-a-promise"

PREPARE = f"""
from customers.models import Customer
from partnership.staff.models import Firm, User
Firm.objects.create(name="Firm")
User.objects.create_superuser("{SAM}", "{PASSWORD}", name="Sam")
print(*(Customer.objects.create(name=f"Customer {{number}}").pk for number in range(3)))
"""


class Sender:
    """Somebody at a browser who logs one call after the other, and notes which ones the page said were in."""

    def __init__(self, url: str, name: str) -> None:
        self.url, self.name = url, name
        self.jar = CookieJar()
        self.browser: OpenerDirector = build_opener(HTTPCookieProcessor(self.jar))
        self.acknowledged: list[str] = []
        self.failures = 0
        self.done = Event()

    def sign_in(self) -> None:
        with self.browser.open(f"{self.url}/accounts/login/", timeout=10) as page:
            page.read()
        with self.post("/accounts/login/", login=SAM, password=PASSWORD) as page:
            assert not page.url.endswith("/login/"), "not signed in"

    def post(self, path: str, **fields: str):  # type: ignore[no-untyped-def]
        token = next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")
        form = urlencode({**fields, "csrfmiddlewaretoken": token or ""}).encode()
        return self.browser.open(Request(f"{self.url}{path}", form, {"Referer": self.url}), timeout=10)

    def keep_sending(self, customers: list[str]) -> None:
        number = 0
        while not self.done.is_set():
            number += 1
            text = f"{self.name} call {number}"
            try:
                pk = customers[number % len(customers)]
                self.post(f"/customers/{pk}/calls/", direction="inbound", body=text).close()
            except (HTTPError, URLError, OSError):
                self.failures += 1
                self.done.wait(0.05)
            else:
                self.acknowledged.append(text)


@contextmanager
def sending(senders: list[Sender], customers: list[str]) -> Iterator[None]:
    threads = [Thread(target=sender.keep_sending, args=[customers]) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for sender in senders:
            sender.done.set()
        for thread in threads:
            thread.join(30)


def test_i9_nothing_recorded_is_lost(stack: Stack) -> None:
    customers = re.findall(r"^\d+ \d+ \d+$", stack.manage("shell", "--verbosity=0", "-c", PREPARE), re.M)[-1].split()
    senders = [Sender(stack.url, name) for name in ("first", "second")]
    for sender in senders:
        sender.sign_in()

    def more_arrive(what: str) -> None:
        wanted = [len(sender.acknowledged) + 8 for sender in senders]
        wait_until(
            lambda: all(len(sender.acknowledged) >= number for sender, number in zip(senders, wanted, strict=True)),
            what=f"events {what}",
        )

    with sending(senders, customers):
        more_arrive("with everything up")
        stack.kill("worker")
        more_arrive("without a worker")
        assert stack.sql("SELECT count(*) > 0 FROM scoring_stalescore") == [(True,)]
        stack.kill("redis")
        more_arrive("without Redis")
        stack.kill("web")
        failed = [sender.failures for sender in senders]
        wait_until(lambda: all(sender.failures > before for sender, before in zip(senders, failed, strict=True)))
        for name in ("redis", "web", "worker"):
            stack.start(name)
        more_arrive("with everything back")

    assert stack.processes["beat"].poll() is None, "beat did not survive the loss of Redis"
    wait_until(lambda: stack.sql("SELECT count(*) FROM scoring_stalescore") == [(0,)], what="the scores to follow")
    texts = [text for (text,) in stack.sql("SELECT body FROM interactions_interaction")]
    acknowledged = [text for sender in senders for text in sender.acknowledged]
    assert set(acknowledged) <= set(texts)
    assert len(set(texts)) == len(texts)
    assert_scores_equal_a_full_rescore(stack)


LATE_ROUND = 60
"""Seconds within which beat has looked at runs again, and a worker has come to it."""

ACTIVATE = """
from django.utils import timezone
from partnership.scoring.rules.activation import activate, copy_of
from partnership.scoring.models import RuleSet
draft = copy_of(rule_set=RuleSet.objects.active(), name="Other", by=None)
activate(rule_set=draft, why="To try", by=None, at=timezone.now())
"""


def test_a_rescore_survives_its_worker(stack: Stack) -> None:
    """Killed while it waits for a score that somebody else holds; whoever comes next carries on."""
    stack.manage("shell", "--verbosity=0", "-c", PREPARE)
    stack.manage("rescore", "--all")
    with psycopg.connect(stack.database_url) as holder:
        holder.execute("SELECT * FROM scoring_score FOR UPDATE")
        stack.manage("shell", "--verbosity=0", "-c", ACTIVATE)
        wait_until(lambda: stack.sql("SELECT status FROM scoring_run") == [("running",)], what="a worker to begin")
        stack.kill("worker")
    assert stack.sql("SELECT status, done FROM scoring_run") == [("running", 0)]
    stack.start("worker")
    done = [("done", 3, 3)]
    wait_until(
        lambda: stack.sql("SELECT status, done, total FROM scoring_run") == done, seconds=LATE_ROUND, what="its end"
    )
    assert stack.sql("SELECT DISTINCT name FROM scoring_score JOIN scoring_ruleset ON id = rule_set_id") == [("Other",)]


def assert_scores_equal_a_full_rescore(stack: Stack) -> None:
    ((day,),) = stack.sql("SELECT DISTINCT day FROM scoring_score")
    fresh = json.loads(stack.manage("rescore", "--all", "--as-of", str(day), "--json"))["scores"]
    assert len(fresh) == 3
    assert all(score["sums"]["demand"] > 0 for score in fresh)
    stored = stack.sql(
        f"SELECT source || ':' || external_id, {', '.join(SUMS)}, partnership, loudness "
        "FROM scoring_score JOIN customers_customer ON id = customer_id"
    )
    by_ref = {ref: values for ref, *values in stored}
    for score in fresh:
        *sums, partnership, loudness = by_ref[score["customer"]]
        assert {name: value / UNITS_PER_POINT for name, value in zip(SUMS, sums, strict=True)} == score["sums"]
        assert (partnership, loudness) == (score["partnership"], score["loudness"])
