"""`make faults`: the whole product under faults. FAULTS_ROUNDS: how many of each kind, for a short or a long run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.mail_server import MailServer, mail_server
from tests.processes import Stack
from tests.senders import Sender, prepare

ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "8"))
PAGES = ("/", "/customers/", "/conversations/", "/wall/", "/health/")
SOON = 2.0  # seconds in which every page answers once the database is back


def report(text: str) -> None:
    """Print what was measured; `make faults` shows it."""
    sys.stdout.write(f"\n{text}\n")


@dataclass
class Site:
    """A stack with mail, a firm, Sam who administers it, and three customers."""

    stack: Stack
    mails: MailServer
    customers: list[str]

    def sender(self, name: str = "Sam") -> Sender:
        sender = Sender(self.stack.url, name)
        sender.sign_in()
        return sender

    def slowest_page(self, sender: Sender, *, times: int = 2) -> float:
        """Open every page; return how long the slowest took. Fails where one does not answer well, or in time."""
        slowest = 0.0
        for page in (*PAGES, f"/customers/{self.customers[0]}/") * times:
            began = monotonic()
            status, text = sender.get(page, timeout=SOON)
            assert status == 200, f"{page}: {status} {text[:200]}"
            slowest = max(slowest, monotonic() - began)
        return slowest

    def outage(self, name: str, *, seconds: float = 1) -> None:
        self.stack.kill(name)
        sleep(seconds)
        self.stack.start(name)


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    with mail_server() as mails:
        stack = Stack(folder)
        stack.env |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(mails.port), "MAIL_UNDO_SECONDS": "0"}
        try:
            stack.start(*Stack.SERVERS)
            customers = prepare(stack)
            stack.start(*Stack.OURS)
            yield Site(stack, mails, customers)
        finally:
            stack.close()


@pytest.fixture
def site(migrated_var_dir: Path, var_dir_with_static: Path) -> Iterator[Site]:
    with running_site(migrated_var_dir) as site:
        yield site


@pytest.fixture
def small_disk(own_var_dir: Path) -> Path:
    """own_var_dir on a disk of its own, of 700 MB. Before `site`, which is put onto it."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    options = ["-t", "tmpfs", "-o", "size=700m,mode=711", "none"]
    if subprocess.run(["mount", *options, str(own_var_dir)], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    return own_var_dir


@pytest.fixture(autouse=True)
def _unmount(own_var_dir: Path) -> Iterator[None]:
    yield
    if own_var_dir.is_mount():
        subprocess.run(["umount", "--lazy", str(own_var_dir)], check=True)
