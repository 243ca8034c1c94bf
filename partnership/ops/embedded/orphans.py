"""Server processes that outlived the process which kept them."""

import contextlib
import signal

import psutil


def end_processes(*, program: str, cwd: str, how: signal.Signals) -> None:
    """End every process of that program in that folder: `how` first, SIGKILL after ten seconds."""
    left = [process for process in psutil.process_iter(["name"]) if _is_program(process, program, cwd)]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(how)
    _, stubborn = psutil.wait_procs(left, timeout=10)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=10)


def _is_program(process: psutil.Process, program: str, cwd: str) -> bool:
    try:
        return process.name() == program and process.cwd() == cwd
    except psutil.Error:
        return False
