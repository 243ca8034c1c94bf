import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.processes import Stack, wait_until
from tests.senders import Sender, prepare


def test_all_is_well_and_nobody_needs_to_sign_in(client, transactional_db):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"database": True, "redis": True})


def test_only_reading(client):
    assert client.post("/healthz").status_code == 405


@contextmanager
def frozen(stack: Stack, name: str) -> Iterator[None]:
    """The server stays, and says nothing, as on a machine that hangs."""
    server = psutil.Process(stack.processes[name].pid)
    family = [server, *server.children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in family:
            process.send_signal(signal.SIGCONT)


WELL = 200, {"database": True, "redis": True}


@pytest.mark.processes
def test_says_which_server_is_gone_or_silent(stack: Stack) -> None:
    """A load balancer asks without a session, a person's browser with one."""
    prepare(stack)
    sam, nobody = Sender(stack.url), Sender(stack.url)
    sam.sign_in()
    for name, server in (("database", "postgresql"), ("redis", "redis")):
        gone = 503, {"database": name != "database", "redis": name != "redis"}
        with frozen(stack, server):
            assert sam.health() == gone
            assert nobody.health() == gone
        wait_until(lambda: sam.health() == WELL, what="all servers")
        stack.kill(server)
        assert sam.health() == gone
        assert nobody.health() == gone
        stack.start(server)
        wait_until(lambda: sam.health() == WELL, what="all servers")
