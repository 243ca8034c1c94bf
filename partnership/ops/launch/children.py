"""Start, restart and stop the launcher's processes, and end those that a killed launcher left behind."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from partnership.ops.embedded.paths import PROJECT
from partnership.ops.embedded.supervisor import MAX_RESTART_DELAY, STABLE_AFTER, end_with_parent, rotate

_STOP_TIMEOUT = 12  # seconds


@dataclass
class Child:
    """A long-running process. `ready` returns whether it answers, `fds` are the descriptors that it inherits."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    log: Path
    fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restart_at: float | None = None
    restart_delay: int = 1
    created_at: float = 0.0  # from psutil; identifies the process together with its pid

    def start(self) -> None:
        self.rotate_log()
        with self.log.open("ab") as output:
            self.process = spawn(self.command, output=output.fileno(), fds=self.fds)
        with contextlib.suppress(psutil.NoSuchProcess):
            self.created_at = psutil.Process(self.process.pid).create_time()
        self.started, self.restart_at = time.monotonic(), None

    def rotate_log(self) -> None:
        rotate(self.log)

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


def spawn(command: Sequence[str], *, output: int, fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
    """Start a process in its own session: Ctrl-C reaches only the launcher, which stops the others in order."""
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=fds,
        start_new_session=True,
        umask=0o077,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )


class ChildGroup:
    """The children in the order of start and stop. The file `state` lists them for the next launcher."""

    def __init__(self, children: list[Child], state: Path, report: Callable[[str], None]) -> None:
        self.children = children
        self.state = state
        self.report = report

    def start(self) -> None:
        for child in self.children:
            child.start()
        self.write_state()

    def ready(self) -> bool:
        return all(child.ready() for child in self.children)

    def restart_ended(self) -> None:
        """Plan the restart of children that ended, and start those whose delay is over."""
        for child in self.children:
            if child.restart_at is None and child.ended():
                self._plan_restart(child)
            elif child.restart_at is not None and time.monotonic() >= child.restart_at:
                child.start()
                self.write_state()

    def rotate_logs(self) -> None:
        for child in self.children:
            child.rotate_log()

    def _plan_restart(self, child: Child) -> None:
        stable = time.monotonic() - child.started > STABLE_AFTER
        child.restart_delay = 1 if stable else min(child.restart_delay * 2, MAX_RESTART_DELAY)
        child.restart_at = time.monotonic() + child.restart_delay
        code = child.process.returncode if child.process else None
        delay = child.restart_delay
        self.report(f"The {child.name} ended ({code}); starting it again in {delay} s. Its log: {child.log}")

    def stop(self) -> None:
        """Stop the children one after the other."""
        for child in self.children:
            if child.process is not None:
                _end(child.process.pid, child.created_at, wait=child.process.wait)

    def write_state(self) -> None:
        running = [{"pid": child.process.pid, "born": child.created_at} for child in self.children if child.process]
        draft = self.state.with_suffix(".new")
        draft.write_text(json.dumps(running))
        draft.replace(self.state)


def _end(pid: int, created_at: float, wait: Callable[[float], object] | None = None) -> None:
    """End the process and its descendants. Do nothing if another process has taken over its id."""
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - created_at) > 1:
            return
        # Only those in its session: a supervisor of embedded servers that it started has other users too.
        processes = [process, *process.children(recursive=True)]
        family = [member for member in processes if _session(member.pid) == pid]
        process.terminate()
    except psutil.NoSuchProcess:
        return
    with contextlib.suppress(psutil.TimeoutExpired, subprocess.TimeoutExpired):
        (wait or process.wait)(_STOP_TIMEOUT)
    _, remaining = psutil.wait_procs(family, timeout=2)
    for member in remaining:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(remaining, timeout=5)


def _session(pid: int) -> int | None:
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return None


def end_leftovers(state: Path) -> bool:
    """End the processes of a killed launcher. Return whether there was one."""
    if not state.exists():
        return False
    with contextlib.suppress(ValueError, KeyError, OSError):
        for left in json.loads(state.read_text()):
            _end(left["pid"], left["born"])
    state.unlink(missing_ok=True)
    return True
