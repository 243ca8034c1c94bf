"""End server processes whose supervisor is gone."""

import contextlib
import signal

import psutil


def end_processes(*, program: str, cwd: str, stop_signal: signal.Signals) -> None:
    """Send `stop_signal` to every process of `program` that runs in `cwd`, and SIGKILL after ten seconds."""
    orphans = [process for process in psutil.process_iter(["name"]) if _is_program(process, program, cwd)]
    for process in orphans:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(stop_signal)
    _, remaining = psutil.wait_procs(orphans, timeout=10)
    for process in remaining:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(remaining, timeout=10)


def _is_program(process: psutil.Process, program: str, cwd: str) -> bool:
    try:
        return process.name() == program and process.cwd() == cwd
    except psutil.Error:
        return False
