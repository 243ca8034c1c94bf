"""Kill one process after the other while people write and mails leave: nothing acknowledged is lost, nothing twice."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event, Thread
from urllib.error import HTTPError, URLError
from uuid import uuid4

import pytest

from tests.faults.conftest import ROUNDS, Site, report
from tests.processes import wait_until
from tests.senders import Sender

pytestmark = pytest.mark.processes

ADDRESSES = """
from customers.models import ContactPoint, Customer
for customer in Customer.objects.order_by("pk"):
    value = f"them{customer.pk}@example.org"
    print("point", ContactPoint.objects.create(customer=customer, kind="email", value=value, normalised=value).pk)
"""


class Writer:
    """Writes one thing after the other, and each again until it is acknowledged, as a person would."""

    def __init__(self, sender: Sender, write: Callable[[Sender, str, str], None]) -> None:
        self.sender, self.write = sender, write
        self.acknowledged: list[str] = []
        self.failures = 0
        self.done = Event()
        self.thread = Thread(target=self.run)

    def run(self) -> None:
        while not self.done.is_set():
            text, ref = f"{self.sender.name} {len(self.acknowledged) + 1}", str(uuid4())
            while not self.done.is_set():
                try:
                    self.write(self.sender, text, ref)
                except (HTTPError, URLError, OSError):
                    self.failures += 1
                    self.done.wait(0.1)
                else:
                    self.acknowledged.append(text)
                    break

    def __enter__(self) -> "Writer":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join(60)


def test_nothing_acknowledged_is_lost_and_nothing_is_twice(site: Site) -> None:
    said = site.stack.manage("shell", "--verbosity=0", "-c", ADDRESSES)
    points = [line.split()[1] for line in said.splitlines() if line.startswith("point")]

    def call(sender: Sender, text: str, ref: str) -> None:
        pk = site.customers[hash(ref) % len(site.customers)]
        sender.post(f"/customers/{pk}/calls/", direction="inbound", body=text, ref=ref).close()

    def mail(sender: Sender, text: str, ref: str) -> None:
        place = hash(ref) % len(points)
        fields = {"via": f"to-{points[place]}", "subject": text, "body": text, "ref": ref}
        sender.post(f"/customers/{site.customers[place]}/replies/", **fields).close()

    writers = [Writer(site.sender(f"call {n}"), call) for n in range(3)] + [Writer(site.sender("mail"), mail)]
    reader = site.sender()
    slowest = 0.0

    def more_arrive() -> None:
        before = [len(writer.acknowledged) for writer in writers]
        wait_until(
            lambda: all(len(writer.acknowledged) > n + 2 for writer, n in zip(writers, before, strict=True)),
            seconds=60,
            what="more to be acknowledged",
        )

    with ExitStack() as writing:
        for writer in writers:
            writing.enter_context(writer)
        for _ in range(ROUNDS):
            for name in ("worker", "redis", "web", "postgresql"):
                more_arrive()
                site.outage(name, seconds=0.5)
                if name == "postgresql":
                    slowest = max(slowest, site.slowest_page(reader, times=1))
        more_arrive()

    assert all(site.stack.processes[name].poll() is None for name in site.stack.processes), "all live"
    settle(site)
    texts = Counter(str(body) for (body,) in site.stack.sql("SELECT body FROM interactions_interaction"))
    acknowledged = [text for writer in writers for text in writer.acknowledged]
    assert set(acknowledged) <= set(texts), "something acknowledged was lost"
    assert [text for text, times in texts.items() if times > 1] == [], "something is twice"

    arrived = Counter(str(letter["Subject"]) for letter in site.mails.taken)
    states = dict(site.stack.sql(
        "SELECT subject, status FROM interactions_outgoing JOIN interactions_interaction row ON row.id = interaction_id"
    ))  # type: ignore[arg-type]  # fmt: skip
    assert [subject for subject, times in arrived.items() if times > 1] == [], "a mail went out twice"
    assert {subject for subject, status in states.items() if status == "sent"} <= set(arrived)
    assert set(writers[-1].acknowledged) <= set(states)
    failures = sum(writer.failures for writer in writers)
    report(
        f"{4 * ROUNDS} kills: {len(acknowledged)} acknowledged, {failures} failures sent again; mails: "
        f"{dict(Counter(states.values()))}; slowest page after the database came back: {slowest:.2f} s"
    )


def settle(site: Site) -> None:
    """Wait until the worker has done all that it can do by itself."""
    waiting = "SELECT count(*) FROM interactions_outgoing WHERE status = 'queued'"
    wait_until(lambda: site.stack.sql(waiting) == [(0,)], seconds=60, what="the outbox to be empty")
    stale = "SELECT count(*) FROM scoring_stalescore"
    wait_until(lambda: site.stack.sql(stale) == [(0,)], seconds=60, what="the scores to follow")
