"""gunicorn with our worker: visitors who begin a request and never end it hold no thread for long."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.processes import PROJECT, free_port, stop, wait_until

pytestmark = pytest.mark.processes

THREADS = 2


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
            return page.status == 200
    except (OSError, URLError):
        return False


@pytest.fixture
def ports() -> Iterator[tuple[int, int]]:
    """Of an application that says hello: the public one, and that of the health check."""
    public, health = free_port(), free_port()
    env = {
        **os.environ, "WEB_WORKERS": "1", "WEB_THREADS": str(THREADS), "WEB_HEADERS_TIMEOUT": "1",
        "HEALTH_PORT": str(health), "DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://localhost:1/0",
    }  # fmt: skip
    binds = [f"--bind=127.0.0.1:{port}" for port in (public, health)]
    command = [sys.executable, "-m", "gunicorn", *binds, "wsgiref.simple_server:demo_app"]
    process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(public) and answers(health), what="gunicorn answers")
        yield public, health
    finally:
        stop(process)


def half_open(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-More: ")
    return connection


def test_half_open_connections_end_and_the_health_check_has_its_own_threads(ports):
    public, health = ports
    held = [half_open(public) for _ in range(3 * THREADS)]
    assert answers(health)
    assert answers(public), "the threads are free again"
    for connection in held:
        connection.settimeout(30)
        received = b"?"
        while received:  # until the server closes it
            received = connection.recv(4096)
        connection.close()


def test_no_control_socket_is_made():
    settings: dict[str, object] = {}
    exec((PROJECT / "gunicorn.conf.py").read_text(), settings)
    assert settings["control_socket_disable"] is True
