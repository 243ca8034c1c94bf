"""What has to be so before the processes can start: the port, the schema, the static files, the demo's story."""

import errno
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg

from partnership.ops import embedded
from partnership.ops.embedded.paths import PROJECT
from partnership.ops.launch.children import spawn

_DEMO_ADDRESS = "admin@demo.example"


class CannotStart(Exception):  # noqa: N818  (it is what is said to the person, not an error of the program)
    """Why Partnership can't start, and what to do about it."""


def listen(text: str, *, patience: float) -> socket.socket:
    """The socket at which the web server will answer, on loopback only; `patience` in seconds for a port in use."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT must be a number from 1 to 65535, not {text!r}.")
    deadline = time.monotonic() + patience
    while True:
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", int(text)))
            door.listen(512)
        except OSError as error:
            door.close()
            if error.errno != errno.EADDRINUSE:
                raise CannotStart(f"Port {text} can't be used: {error.strerror}. Choose another: PORT=8001") from error
            if time.monotonic() > deadline:
                free = next(_free_ports(int(text)))
                raise CannotStart(
                    f"Port {text} is taken by another program. Stop that one, or choose another port: PORT={free}"
                ) from error
            time.sleep(0.2)
        else:
            return door


def _free_ports(taken: int) -> Iterator[int]:
    for port in (*range(taken + 1, min(taken + 200, 65536)), 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            yield probe.getsockname()[1]


def migrate_and_collect(collected: Path) -> None:
    """Bring the schema and the static files up to date, both at once. `collected`: the stamp of what was collected."""
    steps = [Step("migrate", "--noinput")]
    wanted = static_fingerprint()
    stale = not collected.exists() or collected.read_text() != wanted
    if stale:
        collected.unlink(missing_ok=True)
        steps.append(Step("collectstatic", "--noinput", "--clear", "--verbosity=0"))
    try:
        for step in steps:
            step.finish()
    finally:
        for step in steps:
            step.give_up()
    if stale:
        collected.write_text(wanted)


class Step:
    """A manage.py command in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        command = [sys.executable, "manage.py", *arguments]
        self.process: subprocess.Popen[bytes] = spawn(command, output=self.output.fileno())

    def finish(self) -> None:
        """Wait for it. Raises CannotStart with the end of its output when it failed."""
        code = self.process.wait()
        if code:
            self.output.seek(0)
            said = self.output.read().decode(errors="replace")
            tail = "\n".join(said.splitlines()[-15:])
            raise CannotStart(f"manage.py {self.arguments[0]} failed ({code}):\n{tail}")

    def give_up(self) -> None:
        """End it if it still runs."""
        self.process.terminate()
        self.process.wait()
        self.output.close()


def static_fingerprint() -> str:
    """Changes when a static file of ours, or the version of any package that brings some, does."""
    seen = hashlib.sha256((PROJECT / "requirements.txt").read_bytes())
    packages = (PROJECT / name for name in ("customers", "interactions", "partnership"))
    folders = [PROJECT / "static", *(folder for package in packages for folder in package.rglob("static"))]
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        known = path.stat()
        seen.update(f"{path}:{known.st_size}:{known.st_mtime_ns}".encode())
    return seen.hexdigest()


def load_demo() -> bool:
    """Tell the demo's story to an empty database; one with anybody in it is left as it is. Returns whether it did."""
    if _exists("customers_customer") or _exists("staff_user"):
        return False
    step = Step("seed_demo")
    try:
        step.finish()
    finally:
        step.give_up()
    return True


def holds_demo() -> bool:
    """Whether the demo's people, with their known password, can sign in here."""
    return _exists("staff_user WHERE email = %s", _DEMO_ADDRESS)


def _exists(rows: str, *values: str) -> bool:
    with psycopg.connect(os.environ.get("DATABASE_URL") or embedded.database_url()) as there:
        found = there.execute(f"SELECT EXISTS (SELECT FROM {rows})", values).fetchone()
    return bool(found and found[0])
