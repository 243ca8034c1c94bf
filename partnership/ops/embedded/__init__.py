"""PostgreSQL and Redis from wheels, when no DATABASE_URL or REDIS_URL names servers of one's own.

`database_url`, `redis_url` and `var_dir` only compute. `ensure` starts what is needed and makes this process one of its
users; the servers end with their last user (see supervisor.py).
"""

import atexit
import fcntl
import json
import os
import secrets
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

_DEADLINE = 60  # seconds for a server to come up, the first time with its database made
_ATTEMPTS = 3

_used: dict[str, int] = {}  # server name: descriptor of our shared lock on its users file
_keepers: dict[str, subprocess.Popen[bytes]] = {}  # those that this process started and has to reap
_user = 0  # the process that took them: a forked child shares the locks and must not give them up


def database_url() -> str:
    """Where the embedded PostgreSQL listens, or will."""
    return f"postgresql://{ACCOUNT}@/{DATABASE}?host={quote(str(paths.socket_dir()), safe='')}"


def redis_url() -> str:
    """Where the embedded Redis listens, or will."""
    return f"unix://{quote(str(paths.socket_dir()))}/redis.sock"


def secret_key() -> str:
    """Return the random secret that is made once and kept in VAR_DIR/secret_key."""
    path = var_dir() / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Of several processes that write at once, the first wins and all read the same."""
    paths.make_var_dir()
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:  # mode 0600
        draft.write(text)
        draft.flush()
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return


def needed() -> list[type[Server]]:
    """The servers that nobody gave us a URL for."""
    kinds: dict[str, type[Server]] = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}
    return [kind for name, kind in kinds.items() if not os.environ.get(name)]


def ensure() -> None:
    """Start the embedded servers that are needed and not running, and use them until this process ends.

    Any number of processes may call it at once, and again at any time. Raises EmbeddedError.
    """
    global _user
    if _user != os.getpid():
        _used.clear()
        _keepers.clear()
        _user = os.getpid()
        atexit.register(release)
    servers = [kind() for kind in needed()]
    if servers:
        require_installed()
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(_use, servers))


def _use(server: Server) -> None:
    server.make_folders()
    if server.name not in _used:
        descriptor = os.open(_users_file(server.name), os.O_RDONLY | os.O_CREAT, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while a keeper is stopping the server
        _used[server.name] = descriptor
    deadline, attempts = time.monotonic() + _DEADLINE, 0
    while True:
        alive = supervisor.try_lock(_keeper_file(server.name))
        if alive is not None:
            if attempts == _ATTEMPTS:
                os.close(alive)
                raise EmbeddedError(_failure(server))
            attempts += 1
            _start_keeper(server, alive)
        elif server.answers():
            return
        if time.monotonic() > deadline:
            raise EmbeddedError(_failure(server))
        time.sleep(0.05)


def _start_keeper(server: Server, alive: int) -> None:
    """Start the server under a keeper that inherits the lock `alive`."""
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
        _keepers[server.name] = subprocess.Popen(
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
    """Use the servers no more; when nobody else does, return once they have stopped."""
    if _user != os.getpid():
        return
    stopping = []
    for name, descriptor in _used.items():
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            stopping.append(name)
        except BlockingIOError:
            pass
        os.close(descriptor)
    _used.clear()
    for name in stopping:
        if _stopped(name) and name in _keepers:
            _keepers.pop(name).wait()


def _stopped(name: str) -> bool:
    """Wait for a server that we were the last to use; false when somebody new uses it after all."""
    started = time.monotonic()
    while (waited := time.monotonic() - started) < supervisor.PATIENCE:
        stopped = supervisor.try_lock(_keeper_file(name))
        # A keeper that nobody needs has seen so within a second: a new user came in between.
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


def _keeper_file(name: str) -> Path:
    return paths.run_dir() / f"{name}.keeper"


def _failure(server: Server) -> str:
    log = server.log
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else "(no log)"
    return f"The embedded {server.name} does not answer. The end of {log}:\n{tail}"
