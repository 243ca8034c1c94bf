"""Run one server in the foreground, restart it when it dies, and stop it when its last user is gone.

Every user holds a shared lock on the `users` file, which the kernel releases when the user's process ends. When the
supervisor gets an exclusive lock on that file, there are no users left. The supervisor inherits the lock `alive`, which
shows other processes that it runs.

Runs as a script and imports only the standard library, so that it starts within milliseconds.
"""

import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

POLL_INTERVAL = 0.1  # seconds
STABLE_AFTER = 60  # seconds of running, after which the restart delay begins at one second again
MAX_RESTART_DELAY = 10  # seconds
STOP_TIMEOUT = 20  # seconds
LOG_LIMIT = 10_000_000  # bytes


def end_with_parent(signal_number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """Return a preexec_fn for Popen: the child gets `signal_number` when its parent dies. Does nothing but on Linux."""
    parent = parent or os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def in_child() -> None:
        if libc:
            libc.prctl(1, signal_number)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:
                os._exit(1)

    return in_child


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Lock the file at `path` and return the descriptor that holds the lock, or None when it is taken."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


class _Supervisor:
    """Supervise one server. The job: name, command, cwd, uid and gid (null: ours), log, users, stop (a signal)."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.stop_requested = False
        self.restart_delay = 1
        self.started = 0.0
        self.is_first_start = True

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        server = self.start()
        while not self.stop_requested and try_lock(Path(self.job["users"])) is None:
            if server.poll() is not None:
                if self.failed_to_start():
                    return 1
                self.log(f"{self.job['name']} ended ({server.returncode}); starting it again in {self.restart_delay} s")
                time.sleep(self.restart_delay)
                server = self.start()
            rotate(Path(self.job["log"]))
            time.sleep(POLL_INTERVAL)
        self.stop(server)
        return 0

    def on_signal(self, *_: object) -> None:
        self.stop_requested = True

    def start(self) -> subprocess.Popen[bytes]:
        stable = time.monotonic() - self.started > STABLE_AFTER
        self.restart_delay = 1 if stable else min(self.restart_delay * 2, MAX_RESTART_DELAY)
        self.is_first_start = not self.started
        self.started = time.monotonic()
        as_account = {"user": self.job["uid"], "group": self.job["gid"], "extra_groups": []} if self.job["uid"] else {}
        return subprocess.Popen(
            self.job["command"],
            cwd=self.job["cwd"],
            stdin=subprocess.DEVNULL,
            preexec_fn=end_with_parent(signal.Signals(self.job["stop"])),
            **as_account,
        )

    def failed_to_start(self) -> bool:
        return self.is_first_start and time.monotonic() - self.started < 3

    def stop(self, server: subprocess.Popen[bytes]) -> None:
        for number in (self.job["stop"], signal.SIGQUIT, signal.SIGKILL):
            if server.poll() is None:
                server.send_signal(number)
                try:
                    server.wait(STOP_TIMEOUT)
                except subprocess.TimeoutExpired:
                    self.log(f"{self.job['name']} did not stop on signal {number}")

    def log(self, text: str) -> None:
        sys.stderr.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} supervisor: {text}\n")
        sys.stderr.flush()


def rotate(log: Path) -> None:
    """Move what a long log holds into another file, also while processes append to it."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        shutil.copyfile(log, log.with_suffix(".1.log"))
        os.truncate(log, 0)


def main(job: dict[str, Any]) -> int:
    log = Path(job["log"])
    rotate(log)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    return _Supervisor(job).run()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
