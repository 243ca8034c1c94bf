"""Keeps one server running for as long as anybody uses it; a process of its own, run as a script.

Users hold a shared lock on the `users` file. The kernel drops it when they end, however they end, so no count of users
can go stale: once the keeper gets that lock for itself, nobody is left and it stops the server. It restarts a server
that dies while in use. The lock on descriptor `alive` came from whoever started the keeper and tells that one is here.

Only the standard library, and nothing of the project: it has to be up in milliseconds.
"""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LOOK_EVERY = 0.1  # seconds
STEADY_AFTER = 60  # seconds up, after which a death is a new trouble, not the old one
LONGEST_PAUSE = 10  # seconds
PATIENCE = 20  # seconds a server gets to stop
LOG_LIMIT = 10_000_000  # bytes


def end_with_parent(how: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """For Popen's preexec_fn: the child gets the signal `how` when its parent dies, be it by SIGKILL. Linux only."""
    parent = parent or os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def in_child() -> None:
        if libc:
            libc.prctl(1, how)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:
                os._exit(1)

    return in_child


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """A descriptor that holds the lock on the file at `path`, or None when others hold it. Closing it lets go."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


class _Keeper:
    """One server and its restarts. The job: name, command, cwd, uid, gid (null: ours), log, users, stop (a signal)."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.told_to_stop = False
        self.pause = 1
        self.started = 0.0
        self.first = True

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        server = self.start()
        while not self.told_to_stop and try_lock(Path(self.job["users"])) is None:
            if server.poll() is not None:
                if self.never_got_up():
                    return 1
                self.say(f"{self.job['name']} ended ({server.returncode}); starting it again in {self.pause} s")
                time.sleep(self.pause)
                server = self.start()
            time.sleep(LOOK_EVERY)
        self.stop(server)
        return 0

    def on_signal(self, *_: object) -> None:
        self.told_to_stop = True

    def start(self) -> subprocess.Popen[bytes]:
        steady = time.monotonic() - self.started > STEADY_AFTER
        self.pause = 1 if steady else min(self.pause * 2, LONGEST_PAUSE)
        self.first = not self.started
        self.started = time.monotonic()
        as_account = {"user": self.job["uid"], "group": self.job["gid"], "extra_groups": []} if self.job["uid"] else {}
        return subprocess.Popen(
            self.job["command"],
            cwd=self.job["cwd"],
            stdin=subprocess.DEVNULL,
            preexec_fn=end_with_parent(signal.Signals(self.job["stop"])),
            **as_account,
        )

    def never_got_up(self) -> bool:
        return self.first and time.monotonic() - self.started < 3

    def stop(self, server: subprocess.Popen[bytes]) -> None:
        for number in (self.job["stop"], signal.SIGQUIT, signal.SIGKILL):
            if server.poll() is None:
                server.send_signal(number)
                try:
                    server.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    self.say(f"{self.job['name']} did not stop on signal {number}")

    def say(self, text: str) -> None:
        sys.stderr.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} keeper: {text}\n")
        sys.stderr.flush()


def main(job: dict[str, Any]) -> int:
    log = Path(job["log"])
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".1.log"))
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    return _Keeper(job).run()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
