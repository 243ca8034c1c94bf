"""PostgreSQL and Redis from wheels, used unless DATABASE_URL and REDIS_URL are set.

`database_url`, `redis_url` and `var_dir` start nothing. `ensure` starts the servers and makes this process one of
their users; they stop with their last user (see supervisor.py).
"""

import atexit
import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from partnership.ops.embedded import paths, supervisor
from partnership.ops.embedded.paths import var_dir
from partnership.ops.embedded.servers import (
    ACCOUNT,
    DATABASE,
    EmbeddedError,
    Postgres,
    Server,
    Valkey,
    require_installed,
)

__all__ = ["EmbeddedError", "database_url", "ensure", "needed", "redis_url", "release", "secret_key", "var_dir"]

_START_TIMEOUT = 60  # seconds; the first start includes making the database
_ATTEMPTS = 3
_FULL = 20_000_000  # bytes left; PostgreSQL needs 16 MB for the next piece of its log

_user_locks: dict[str, int] = {}  # server name: descriptor of our shared lock on its users file
_supervisors: dict[str, subprocess.Popen[bytes]] = {}  # started, and to be reaped, by this process
_owner_pid = 0  # the process that took the locks: a forked child inherits them and must not release them


def database_url(*, role: str = ACCOUNT) -> str:
    """Return the URL of the embedded PostgreSQL, running or not."""
    return f"postgresql://{role}@/{DATABASE}?host={quote(str(paths.socket_dir()), safe='')}"


def redis_url() -> str:
    """Return the URL of the embedded Redis, running or not."""
    return f"unix://{quote(str(paths.socket_dir()))}/redis.sock"


def secret_key() -> str:
    """Return the random key in VAR_DIR/secret_key; create it on first use."""
    path = var_dir() / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Write `path` unless it exists; when several processes write at once, the first one wins."""
    paths.make_var_dir()
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:  # mode 0600
        draft.write(text)
        draft.flush()
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return


def needed() -> list[type[Server]]:
    """Return the servers whose URL is not set in the environment."""
    kinds: dict[str, type[Server]] = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}
    return [kind for name, kind in kinds.items() if not os.environ.get(name)]


def ensure() -> None:
    """Start the needed servers that are not running, and keep them running until this process ends.

    Safe to call from several processes at once and repeatedly. Raises EmbeddedError.
    """
    global _owner_pid
    if _owner_pid != os.getpid():
        _user_locks.clear()
        _supervisors.clear()
        _owner_pid = os.getpid()
        atexit.register(release)
    servers = [kind() for kind in needed()]
    if servers:
        require_installed()
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(_use, servers))


def _use(server: Server) -> None:
    server.make_folders()
    if server.name not in _user_locks:
        descriptor = os.open(_users_file(server.name), os.O_RDONLY | os.O_CREAT, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while a supervisor is stopping the server
        _user_locks[server.name] = descriptor
    deadline, attempts = time.monotonic() + _START_TIMEOUT, 0
    while True:
        alive = supervisor.try_lock(_supervisor_file(server.name))
        if alive is not None:
            if attempts == _ATTEMPTS:
                os.close(alive)
                raise EmbeddedError(_failure_message(server))
            attempts += 1
            _start_supervisor(server, alive)
        elif server.answers():
            return
        if time.monotonic() > deadline:
            raise EmbeddedError(_failure_message(server))
        time.sleep(0.05)


def _start_supervisor(server: Server, alive: int) -> None:
    """Start the server under a supervisor, which inherits the lock `alive`."""
    try:
        server.end_orphans()
        server.prepare()
        job = {
            "name": server.name,
            "command": server.command(),
            "cwd": str(server.data),
            "uid": server.account.pw_uid if server.account else None,
            "gid": server.account.pw_gid if server.account else None,
            "log": str(server.log),
            "users": str(_users_file(server.name)),
            "stop": server.stop,
        }
        _supervisors[server.name] = subprocess.Popen(
            [sys.executable, "-I", supervisor.__file__, json.dumps(job)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[alive],
            start_new_session=True,
        )
    finally:
        os.close(alive)


def release() -> None:
    """Stop using the servers. If this was their last user, wait until they have stopped."""
    if _owner_pid != os.getpid():
        return
    stopping = []
    for name, descriptor in _user_locks.items():
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            stopping.append(name)
        except BlockingIOError:
            pass
        os.close(descriptor)
    _user_locks.clear()
    for name in stopping:
        if _wait_until_stopped(name) and name in _supervisors:
            _supervisors.pop(name).wait()


def _wait_until_stopped(name: str) -> bool:
    """Wait until the server has stopped. Return False when it is in use again, or does not stop in time."""
    started = time.monotonic()
    while (waited := time.monotonic() - started) < supervisor.STOP_TIMEOUT:
        stopped = supervisor.try_lock(_supervisor_file(name))
        # A supervisor without users stops its server within a second; a lock held longer means a new user.
        in_use = supervisor.try_lock(_users_file(name), shared=True) if waited > 1 else None
        for descriptor in (stopped, in_use):
            if descriptor is not None:
                os.close(descriptor)
        if stopped is not None or in_use is not None:
            return stopped is not None
        time.sleep(0.02)
    return False


def _users_file(name: str) -> Path:
    return paths.run_dir() / f"{name}.users"


def _supervisor_file(name: str) -> Path:
    # Versions that run side by side must agree on this name.
    return paths.run_dir() / f"{name}.keeper"


def _failure_message(server: Server) -> str:
    log = server.log
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else "(no log)"
    full = ""
    if server.data.exists() and shutil.disk_usage(server.data).free < _FULL:
        full = f"The disk of {server.data} is full. Make room; nothing that was saved is lost. "
    return f"{full}The embedded {server.name} does not answer. The end of {log}:\n{tail}"
