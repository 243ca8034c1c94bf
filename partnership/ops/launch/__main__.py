"""The launcher: port, servers, schema, static files, then web server, worker and beat, watched until told to stop."""

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

from partnership.celery import app
from partnership.ops import embedded
from partnership.ops.embedded import paths
from partnership.ops.embedded.supervisor import end_with_parent, try_lock
from partnership.ops.launch.children import Child, Crew, end_leftovers
from partnership.ops.launch.preparation import CannotStart, holds_demo, listen, load_demo, migrate_and_collect

_READY_WITHIN = 90  # seconds
LOOK_EVERY = 0.2  # seconds
_STOPPING = "stopping"
DEMO_SIGN_INS = ("support@demo.example", "manager@demo.example", "admin@demo.example")
DEMO_PASSWORD = "partnership"


class _Stopped(Exception):  # noqa: N818  (not an error)
    """Told to stop."""


def say(text: str) -> None:
    # Whoever read our output may be gone; that is no reason to stop serving.
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
        self.crew: Crew | None = None

    def run(self) -> None:
        paths.make_var_dir()
        paths.make_folder(self.folder, 0o700)
        paths.make_folder(paths.var_dir() / "log", 0o700)
        self._be_the_only_one()
        killed = end_leftovers(self.folder / "children.json")
        door = listen(self.port, patience=10 if killed else 0)
        say("Starting Partnership …")
        embedded.ensure()
        migrate_and_collect(self.folder / "static.stamp")
        if self.demo and load_demo():
            say("The demo's story is loaded.")
        self.crew = Crew(self._children(door), self.folder / "children.json", say)
        self.crew.start()
        self._await_answers()
        self._welcome()
        self._watch()

    def stop(self) -> None:
        if self.lock is not None:
            (self.folder / "address").write_text(_STOPPING)
        if self.crew:
            say("Stopping …")
            self.crew.stop()
            self.crew.state.unlink(missing_ok=True)
        embedded.release()

    def _be_the_only_one(self) -> None:
        """Hold the installation's lock to our end; a launcher that is just stopping is waited for."""
        note = self.folder / "address"
        deadline = time.monotonic() + 2
        while (lock := try_lock(self.folder / "lock")) is None:
            text = note.read_text() if note.exists() else ""
            if text == _STOPPING:
                deadline = time.monotonic() + 2
            if time.monotonic() > deadline:
                raise CannotStart(f"Partnership already runs from {paths.var_dir()}: {text or 'it is just starting'}")
            time.sleep(LOOK_EVERY)
        self.lock = lock
        note.write_text(self.address)

    def _children(self, door: socket.socket) -> list[Child]:
        """In the order they are stopped in: first nothing new comes in, last what is under way gets done."""
        python, log = sys.executable, paths.var_dir() / "log"
        celery = [python, "-m", "celery", "-A", "partnership"]
        node = f"partnership-{self.port}@localhost"
        beat_pid = self.folder / "beat.pid"
        beat_pid.unlink(missing_ok=True)  # ours alone: one from before a hard end might name a stranger by now
        web = [python, "-m", "gunicorn", "--bind", f"fd://{door.fileno()}"]
        beat = [*celery, "beat", "--pidfile", str(beat_pid), "-l", "INFO"]
        # One process with threads: there is no pool of children that could be left over when it is killed.
        worker = [*celery, "worker", "-n", node, "--pool=threads", "--concurrency=2", "-l", "INFO"]
        worker += ["--without-gossip", "--without-mingle"]
        return [
            Child("web server", web, self._web_answers, log / "web.log", fds=(door.fileno(),)),
            Child("beat", beat, beat_pid.exists, log / "beat.log"),
            Child("worker", worker, lambda: _worker_answers(node), log / "worker.log"),
        ]

    def _web_answers(self) -> bool:
        host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".*") or "localhost"
        line = HTTPConnection("127.0.0.1", int(self.port), timeout=5)
        try:
            line.request("GET", "/healthz", headers={"Host": host})
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            line.close()

    def _await_answers(self) -> None:
        assert self.crew
        waiting = list(self.crew.children)
        deadline = time.monotonic() + _READY_WITHIN
        while waiting:
            for child in list(waiting):
                if child.ended() or time.monotonic() > deadline:
                    raise CannotStart(f"The {child.name} does not answer. The end of {child.log}:\n{child.tail()}")
                if child.ready():
                    waiting.remove(child)
            time.sleep(LOOK_EVERY)

    def _welcome(self) -> None:
        say(f"\nPartnership is ready: {self.address}\n")
        if self.demo and holds_demo():
            say("Sign in as " + ", ".join(DEMO_SIGN_INS) + f"\nwith the password: {DEMO_PASSWORD}")
        elif self.demo:
            say("This database has data of its own, so the demo was left out. For the demo: VAR_DIR=var-demo make demo")
        elif holds_demo():
            say("This database holds the demo, with passwords that everybody knows.")
            say("For an empty one: VAR_DIR=var-own make start")
        else:
            say("The first page makes the administrator; after that, sign in there.")
        say("Ctrl-C stops everything.")

    def _watch(self) -> None:
        assert self.crew
        look_at_servers = time.monotonic()
        while not _make_was_interrupted():
            self.crew.watch()
            if time.monotonic() > look_at_servers:
                self._look_at_servers()
                look_at_servers = time.monotonic() + 5
            time.sleep(LOOK_EVERY)

    def _look_at_servers(self) -> None:
        """Their keeper restarts them; here one whose keeper died as well comes back."""
        try:
            embedded.ensure()
        except embedded.EmbeddedError as error:
            say(str(error))


def _worker_answers(node: str) -> bool:
    try:
        return bool(app.control.ping([node], timeout=0.5))
    except OperationalError:
        return False


def on_signal(number: int, _: object) -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # once is enough: stopping has begun
    raise _Stopped(number)


def _follow_make() -> None:
    """Started by make, end with it also when it is killed: nobody else would tell us."""
    if "MAKELEVEL" in os.environ:
        end_with_parent(signal.SIGTERM, parent=os.getppid())()


def _make_was_interrupted() -> bool:
    """Ctrl-C reaches us and make alike; SIGINT sent to make alone does not, and make then waits for us without a word.

    It shows by make no longer catching that signal. Where there is no /proc, or no make, this is never so.
    """
    caught = Path(f"/proc/{os.getppid()}/status")
    if "MAKELEVEL" not in os.environ or not caught.exists():
        return False
    parent = dict(line.split(":\t", 1) for line in caught.read_text().splitlines() if ":\t" in line)
    minded = int(parent["SigCgt"], 16) | int(parent["SigIgn"], 16)  # a shell starts what runs behind it ignoring SIGINT
    return parent["Name"].strip() in ("make", "gmake") and not minded & 1 << signal.SIGINT - 1


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m partnership.ops.launch", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="tell an empty database the demo's story")
    launcher = _Launcher(demo=parser.parse_args(arguments).demo)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    _follow_make()
    try:
        launcher.run()
    except _Stopped:
        return 0
    except (CannotStart, embedded.EmbeddedError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        launcher.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
