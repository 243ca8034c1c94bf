"""Run a web process for the product or the baseline, and send requests to it over loopback."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from django.test import Client

from partnership.staff.models import User


@contextlib.contextmanager
def running_server(*application: str) -> Iterator[int]:
    """Run one gunicorn worker as `make start` does, and return its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *application]
    process = subprocess.Popen(command, env={**os.environ, "WEB_WORKERS": "1", "LOG_LEVEL": "ERROR"})
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers at port {port}")


def cookie() -> str:
    """Return the session cookie of a superuser, who sees all customers."""
    user, _ = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench", "is_superuser": True})
    return cookie_for(user)


def cookie_for(user: User) -> str:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


class Visitor:
    """A browser: a persistent connection with a cookie."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Accept-Encoding": "gzip", **({"Cookie": cookie} if cookie else {})}

    def get(self, url: str, **headers: str) -> tuple[float, int, bytes]:
        """Return seconds, status and raw body. Connect again if the server has closed the connection."""
        start = time.perf_counter()
        try:
            self.connection.request("GET", url, headers={**self.headers, **headers})
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError):
            self.connection.close()
            self.connection.request("GET", url, headers={**self.headers, **headers})
            response = self.connection.getresponse()
        body = response.read()
        return time.perf_counter() - start, response.status, body
