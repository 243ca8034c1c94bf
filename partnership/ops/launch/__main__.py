"""Start the servers, prepare the database and static files, then run web server, worker and beat until stopped."""

import argparse
import contextlib
import os
import signal
import socket
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from partnership.celery import app
from partnership.ops import embedded
from partnership.ops.embedded import paths
from partnership.ops.embedded.supervisor import end_with_parent, try_lock
from partnership.ops.launch.children import Child, ChildGroup, end_leftovers
from partnership.ops.launch.preparation import (
    StartError,
    finish_interrupted,
    holds_demo,
    listen,
    load_demo,
    migrate_and_collect,
)

_READY_TIMEOUT = 90  # seconds
_POLL_INTERVAL = 0.2  # seconds
_STOPPING = "stopping"
DEMO_SIGN_INS = ("support@demo.example", "manager@demo.example", "admin@demo.example")
DEMO_PASSWORD = "partnership"


class _Stopped(Exception):  # noqa: N818  (not an error)
    """A signal asked us to stop."""


def report(text: str) -> None:
    # Keep serving when the reader of our output is gone.
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


class _Launcher:
    def __init__(self, *, demo: bool) -> None:
        self.demo = demo
        self.port = os.environ.get("PORT") or "8000"
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = paths.var_dir() / "launch"
        self.lock: int | None = None
        self.group: ChildGroup | None = None

    def run(self) -> None:
        paths.make_var_dir()
        paths.make_folder(self.folder, 0o700)
        paths.make_folder(paths.var_dir() / "log", 0o700)
        for name in ("media", "refusals"):  # earlier versions made them readable by all
            paths.make_private(paths.var_dir() / name)
        self._take_lock()
        was_killed = end_leftovers(self.folder / "children.json")
        listener = listen(self.port, timeout=10 if was_killed else 0)
        report("Starting Partnership …")
        embedded.ensure()
        for line in finish_interrupted():
            report(line)
        migrate_and_collect(self.folder / "static.stamp")
        if self.demo and load_demo():
            report("The demo's story is loaded.")
        if self.demo and holds_demo():
            keep_mail()
        self.group = ChildGroup(self._children(listener), self.folder / "children.json", report)
        self.group.start()
        self._await_answers()
        self._welcome()
        self._watch()

    def stop(self) -> None:
        if self.lock is not None:
            (self.folder / "address").write_text(_STOPPING)
        if self.group:
            report("Stopping …")
            self.group.stop()
            self.group.state.unlink(missing_ok=True)
        embedded.release()

    def _take_lock(self) -> None:
        """Hold the installation's lock until we end. Wait for a launcher that is stopping. Raises StartError."""
        note = self.folder / "address"
        deadline = time.monotonic() + 2
        while (lock := try_lock(self.folder / "lock")) is None:
            text = note.read_text() if note.exists() else ""
            if text == _STOPPING:
                deadline = time.monotonic() + 2
            if time.monotonic() > deadline:
                raise StartError(f"Partnership already runs from {paths.var_dir()}: {text or 'it is just starting'}")
            time.sleep(_POLL_INTERVAL)
        self.lock = lock
        note.write_text(self.address)

    def _children(self, listener: socket.socket) -> list[Child]:
        """Return the children in the order of stopping: no new requests first, running tasks end last."""
        python, log = sys.executable, paths.var_dir() / "log"
        celery = [python, "-m", "celery", "-A", "partnership"]
        node = f"partnership-{self.port}@localhost"
        beat_pid = self.folder / "beat.pid"
        beat_pid.unlink(missing_ok=True)  # after a hard end it may hold another process's id
        web = [python, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"]
        beat = [*celery, "beat", "--pidfile", str(beat_pid), "-l", "INFO"]
        # Threads instead of a pool of processes, which could survive the worker when it is killed.
        worker = [*celery, "worker", "-n", node, "--pool=threads", "--concurrency=2", "-l", "INFO"]
        worker += ["--without-gossip", "--without-mingle"]
        return [
            Child("web server", web, self._web_answers, log / "web.log", fds=(listener.fileno(),)),
            Child("beat", beat, beat_pid.exists, log / "beat.log"),
            Child("worker", worker, lambda: _worker_answers(node), log / "worker.log"),
        ]

    def _web_answers(self) -> bool:
        host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".*") or "localhost"
        connection = HTTPConnection("127.0.0.1", int(self.port), timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": host})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _await_answers(self) -> None:
        assert self.group
        waiting = list(self.group.children)
        deadline = time.monotonic() + _READY_TIMEOUT
        while waiting:
            for child in list(waiting):
                if child.ended() or time.monotonic() > deadline:
                    raise StartError(f"The {child.name} does not answer. The end of {child.log}:\n{child.tail()}")
                if child.ready():
                    waiting.remove(child)
            time.sleep(_POLL_INTERVAL)

    def _welcome(self) -> None:
        report(f"\nPartnership is ready: {self.address}\n")
        if self.demo and holds_demo():
            report("Sign in as " + ", ".join(DEMO_SIGN_INS) + f"\nwith the password: {DEMO_PASSWORD}")
        elif self.demo:
            report(
                "This database has data already, so the demo was not loaded. For the demo: VAR_DIR=var-demo make demo"
            )
        elif holds_demo():
            report("This database holds the demo, whose passwords are public.")
            report("For an empty one: VAR_DIR=var-own make start")
        else:
            report("Open it to create the administrator, then sign in.")
        report("Ctrl-C stops everything.")

    def _watch(self) -> None:
        assert self.group
        next_check = time.monotonic()
        while not _make_was_interrupted():
            self.group.restart_ended()
            if time.monotonic() > next_check:
                self._restart_servers()
                self.group.rotate_logs()
                next_check = time.monotonic() + 5
            time.sleep(_POLL_INTERVAL)

    def _restart_servers(self) -> None:
        """Start servers again whose supervisor died too; otherwise the supervisor restarts its server."""
        try:
            embedded.ensure()
        except embedded.EmbeddedError as error:
            report(str(error))


def keep_mail() -> None:
    """Let the processes of a demo keep mail in its outbox, unless the environment says where it goes."""
    if not (os.environ.get("EMAIL_HOST") or os.environ.get("EMAIL_BACKEND")):
        os.environ["EMAIL_BACKEND"] = "partnership.staff.mail.outbox.OutboxBackend"


def _worker_answers(node: str) -> bool:
    try:
        return bool(app.control.ping([node], timeout=0.5))
    except (OperationalError, RedisError, OSError):  # Redis may go while the worker is asked
        return False


def _on_signal(number: int, _: object) -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # ignore more signals while stopping
    raise _Stopped(number)


def _follow_make() -> None:
    """End with make when make started us, even if it is killed."""
    if "MAKELEVEL" in os.environ:
        end_with_parent(signal.SIGTERM, parent=os.getppid())()


def _make_was_interrupted() -> bool:
    """Return whether make got a SIGINT that did not reach us: it no longer catches that signal, and waits for us.

    Always False without make or without /proc. Ctrl-C in a terminal reaches both of us.
    """
    status = Path(f"/proc/{os.getppid()}/status")
    if "MAKELEVEL" not in os.environ or not status.exists():
        return False
    parent = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
    handled = int(parent["SigCgt"], 16) | int(parent["SigIgn"], 16)  # background jobs of a shell ignore SIGINT
    return parent["Name"].strip() in ("make", "gmake") and not handled & 1 << signal.SIGINT - 1


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m partnership.ops.launch", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="load the demo into an empty database")
    launcher = _Launcher(demo=parser.parse_args(arguments).demo)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    _follow_make()
    try:
        launcher.run()
    except _Stopped:
        return 0
    except (StartError, embedded.EmbeddedError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        launcher.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
