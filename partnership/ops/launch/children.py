"""The processes that the launcher starts: kept running, stopped in order, and found again after a hard end."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from partnership.ops.embedded.paths import PROJECT
from partnership.ops.embedded.supervisor import LOG_LIMIT, LONGEST_PAUSE, STEADY_AFTER, end_with_parent

PATIENCE = 12  # seconds that a child gets to finish what it does


@dataclass
class Child:
    """One long-running process. `ready` tells whether it answers, `fds` are descriptors that it inherits."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    log: Path
    fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restart_at: float | None = None
    pause: int = 1
    born: float = field(default=0.0)  # as the system tells it: with the pid it names a process for good

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".1.log"))
        with self.log.open("ab") as output:
            self.process = spawn(self.command, output=output.fileno(), fds=self.fds)
        with contextlib.suppress(psutil.NoSuchProcess):
            self.born = psutil.Process(self.process.pid).create_time()
        self.started, self.restart_at = time.monotonic(), None

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


def spawn(command: Sequence[str], *, output: int, fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
    """A process in a session of its own, so that Ctrl-C reaches only the launcher, which then stops it in its turn."""
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=fds,
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )


class Crew:
    """The children, in the order they start in; `state` is the file by which the next launcher finds what is left."""

    def __init__(self, children: list[Child], state: Path, say: Callable[[str], None]) -> None:
        self.children = children
        self.state = state
        self.say = say

    def start(self) -> None:
        for child in self.children:
            child.start()
        self.write_state()

    def ready(self) -> bool:
        return all(child.ready() for child in self.children)

    def watch(self) -> None:
        """One look: note who ended, start again whose pause is over."""
        for child in self.children:
            if child.restart_at is None and child.ended():
                self._plan_restart(child)
            elif child.restart_at is not None and time.monotonic() >= child.restart_at:
                child.start()
                self.write_state()

    def _plan_restart(self, child: Child) -> None:
        steady = time.monotonic() - child.started > STEADY_AFTER
        child.pause = 1 if steady else min(child.pause * 2, LONGEST_PAUSE)
        child.restart_at = time.monotonic() + child.pause
        code = child.process.returncode if child.process else None
        self.say(f"The {child.name} ended ({code}); starting it again in {child.pause} s. Its log: {child.log}")

    def stop(self) -> None:
        """One after the other, in the order they stand in."""
        for child in self.children:
            if child.process is not None:
                end(child.process.pid, child.born, wait=child.process.wait)

    def write_state(self) -> None:
        alive = [{"pid": child.process.pid, "born": child.born} for child in self.children if child.process]
        draft = self.state.with_suffix(".new")
        draft.write_text(json.dumps(alive))
        draft.replace(self.state)


def end(pid: int, born: float, wait: Callable[[float], object] | None = None) -> None:
    """End the process that had this id and birth, with all that it started; a stranger with its id is left alone."""
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - born) > 1:
            return
        # In its session: a keeper of the embedded servers that it may have started serves others as well.
        kin = [process, *process.children(recursive=True)]
        family = [member for member in kin if _session(member.pid) == pid]
        process.terminate()
    except psutil.NoSuchProcess:
        return
    with contextlib.suppress(psutil.TimeoutExpired, subprocess.TimeoutExpired):
        (wait or process.wait)(PATIENCE)
    _, stubborn = psutil.wait_procs(family, timeout=2)
    for member in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(stubborn, timeout=5)


def _session(pid: int) -> int | None:
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return None


def end_leftovers(state: Path) -> bool:
    """End what a launcher that was killed left running. Returns whether one was killed here at all."""
    if not state.exists():
        return False
    with contextlib.suppress(ValueError, KeyError, OSError):
        for left in json.loads(state.read_text()):
            end(left["pid"], left["born"])
    state.unlink(missing_ok=True)
    return True
