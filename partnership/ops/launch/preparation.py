"""Prepare the start: bind the port, migrate, collect static files, load the demo."""

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


class StartError(Exception):
    """Partnership cannot start; the message says why and what to do."""


def listen(port: str, *, timeout: float) -> socket.socket:
    """Return the web server's socket, on loopback only. Wait `timeout` seconds for a port in use. Raises StartError."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise StartError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    deadline = time.monotonic() + timeout
    while True:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", int(port)))
            listener.listen(512)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise StartError(f"Port {port} can't be used: {error.strerror}. Choose another: PORT=8001") from error
            if time.monotonic() > deadline:
                free = next(_free_ports(int(port)))
                raise StartError(
                    f"Port {port} is taken by another program. Stop that one, or choose another port: PORT={free}"
                ) from error
            time.sleep(0.2)
        else:
            return listener


def _free_ports(taken: int) -> Iterator[int]:
    for port in (*range(taken + 1, min(taken + 200, 65536)), 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            yield probe.getsockname()[1]


def finish_interrupted() -> list[str]:
    """Finish a restore, and sweep the folders of backups, that were killed; return what there is to say of it."""
    var = embedded.var_dir()
    if not (var / ".restore").exists() and not any((var / "launch" / "temporary").glob("*")):
        return []
    command = ManageCommand("tidy", "--locked")
    try:
        command.wait()
        return command.lines()
    finally:
        command.terminate()


def migrate_and_collect(collected: Path) -> None:
    """Migrate and collect static files at the same time; `collected` is the file that holds their fingerprint."""
    commands = [ManageCommand("migrate", "--noinput")]
    wanted = static_fingerprint()
    stale = not collected.exists() or collected.read_text() != wanted
    if stale:
        collected.unlink(missing_ok=True)
        commands.append(ManageCommand("collectstatic", "--noinput", "--clear", "--verbosity=0"))
    try:
        for command in commands:
            command.wait()
    finally:
        for command in commands:
            command.terminate()
    if stale:
        collected.write_text(wanted)


class ManageCommand:
    """A manage.py command that runs in its own process."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        command = [sys.executable, "manage.py", *arguments]
        self.process: subprocess.Popen[bytes] = spawn(command, output=self.output.fileno())

    def wait(self) -> None:
        """Wait until it ends. Raises StartError with the last lines of its output if it failed."""
        code = self.process.wait()
        if code:
            tail = "\n".join(self.lines()[-15:])
            raise StartError(f"manage.py {self.arguments[0]} failed ({code}):\n{tail}")

    def lines(self) -> list[str]:
        self.output.seek(0)
        return self.output.read().decode(errors="replace").splitlines()

    def terminate(self) -> None:
        """End the process if it still runs."""
        self.process.terminate()
        self.process.wait()
        self.output.close()


def static_fingerprint() -> str:
    """Return a hash that changes with our static files and with the versions of the installed packages."""
    digest = hashlib.sha256((PROJECT / "requirements.txt").read_bytes())
    packages = (PROJECT / name for name in ("customers", "interactions", "partnership"))
    folders = [PROJECT / "static", *(folder for package in packages for folder in package.rglob("static"))]
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        status = path.stat()
        digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.hexdigest()


def load_demo() -> bool:
    """Load the demo unless the database has users or customers. Return whether it was loaded."""
    if _exists("customers_customer") or _exists("staff_user"):
        return False
    command = ManageCommand("seed_demo")
    try:
        command.wait()
    finally:
        command.terminate()
    return True


def holds_demo() -> bool:
    """Return whether the demo's users, whose password is public, exist in this database."""
    return _exists("staff_user WHERE email = %s", _DEMO_ADDRESS)


def _exists(rows: str, *values: str) -> bool:
    with psycopg.connect(os.environ.get("DATABASE_URL") or embedded.database_url()) as connection:
        found = connection.execute(f"SELECT EXISTS (SELECT FROM {rows})", values).fetchone()
    return bool(found and found[0])
