"""Real processes. `worker` is a Celery worker on the test database; `stack` the whole product, each piece killable."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import psycopg
import pytest
from django.db import connection
from kombu import Connection
from kombu.pidbox import Mailbox
from psycopg.conninfo import make_conninfo

from partnership.celery import app
from partnership.ops.embedded import database_url, redis_url
from partnership.ops.embedded.servers import POSTGRES_SETTINGS, Postgres, Server, Valkey
from partnership.ops.embedded.supervisor import end_with_parent
from partnership.ops.launch.preparation import static_fingerprint
from tests.databases import NOT_DURABLE, once_a_run

PROJECT = Path(__file__).resolve().parent.parent
CELERY = [sys.executable, "-m", "celery", "-A", "partnership"]
WORKER = [*CELERY, "worker", "--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle", "-l", "INFO"]


def wait_until(true: Callable[[], object], *, seconds: float = 30, what: str = "") -> None:
    """Return as soon as `true()` is; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what or true}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop(*processes: subprocess.Popen[Any], how: signal.Signals = signal.SIGTERM) -> None:
    """All at once; what does not end within 20 seconds is killed."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(how)
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


@pytest.fixture
def worker(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a real worker process on this test's database; what the test commits, it sees. It ends with the test,
    so that the next can count on nobody being there."""
    parameters = {**connection.get_connection_params(), "dbname": connection.settings_dict["NAME"]}
    wanted = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname") if parameters.get(name)}
    app.control.purge()
    name = f"tests-{os.getpid()}@localhost"
    log = tmp_path_factory.mktemp("worker") / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*WORKER, "-n", name],
            cwd=PROJECT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": make_conninfo(**wanted)},
            stdout=output,
            stderr=output,
            preexec_fn=end_with_parent(signal.SIGKILL),
        )
        try:
            wait_until(lambda: app.control.ping(destination=[name], timeout=0.5), what=f"the worker, see {log}")
            yield name
        finally:
            stop(process)


def product_env(var_dir: Path) -> dict[str, str]:
    """Our environment for the product itself: with its own settings, in `var_dir`."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("TESTS_", "PYTEST_", "DJANGO_"))}
    return {**ours, "DJANGO_SETTINGS_MODULE": "partnership.settings", "VAR_DIR": str(var_dir)}


def new_var_dir() -> Path:
    folder = Path(tempfile.mkdtemp(dir=os.environ["TESTS_VAR_DIR"]))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


@pytest.fixture
def own_var_dir() -> Iterator[Path]:
    """A VAR_DIR for servers other than the tests' own; its path is short, and root's servers can reach it."""
    folder = new_var_dir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def collect() -> Path:
    folder = new_var_dir()
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(command, cwd=PROJECT, env=product_env(folder), check=True)
    return folder / "static"


@pytest.fixture
def var_dir_with_static(own_var_dir: Path) -> Path:
    """own_var_dir in which the launcher finds the static files collected; hashing and compressing them takes long."""
    with once_a_run("collected", lambda: str(collect())) as collected:
        on_one_disk = Path(collected).stat().st_dev == own_var_dir.stat().st_dev
        shutil.copytree(collected, own_var_dir / "static", copy_function=os.link if on_one_disk else shutil.copy2)
    (own_var_dir / "launch").mkdir(mode=0o700)
    (own_var_dir / "launch" / "static.stamp").write_text(static_fingerprint())
    return own_var_dir


class Stack:
    """PostgreSQL, Redis, web, worker and beat as processes of their own, in a folder of their own, on a free port.

    kill(name) is SIGKILL; start(*names) returns when they answer. Names: postgresql, redis, web, worker, beat.
    """

    SERVERS, OURS = ("postgresql", "redis"), ("web", "worker", "beat")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.node = f"stack-{self.port}@localhost"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        with self._there():
            self.servers: dict[str, Server] = {"postgresql": Postgres(), "redis": Valkey()}
            self.database_url, self.redis_url = database_url(), redis_url()
            for server in self.servers.values():
                server.make_folders()
                server.prepare()
        self.env = product_env(folder) | {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def _there(self) -> "mock._patch_dict":
        return mock.patch.dict(os.environ, {"VAR_DIR": str(self.folder)})

    def start(self, *names: str) -> None:
        for name in names:
            self._run(name)
        for name in names:
            wait_until(partial(self.answers, name), seconds=90, what=f"{name}, see {self.folder}/{name}.log")

    def _run(self, name: str) -> None:
        assert name not in self.processes, f"{name} runs already"
        with self._there():
            command = self._command(name)
        account = self.servers[name].account if name in self.servers else None
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=self.servers[name].data if name in self.servers else PROJECT,
                env=self.env,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent(signal.SIGKILL),
                **who,  # type: ignore[call-overload]
            )

    def kill(self, name: str) -> None:
        """SIGKILL to the process and, at once, to those that it started; returns when all are gone."""
        process = self.processes.pop(name)
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for child in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        process.wait(20)
        psutil.wait_procs(family, timeout=20)

    def manage(self, *arguments: str) -> str:
        """The output of a manage.py command on this stack; fails with it when the command does."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=PROJECT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def sql(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database_url) as there:
            return there.execute(query).fetchall()

    def answers(self, name: str) -> bool:
        if name in self.servers:
            with self._there():
                return self.servers[name].answers()
        if name == "worker":
            return self._worker_answers()
        if name == "beat":
            return (self.folder / "beat.pid").exists()
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False

    def _worker_answers(self) -> bool:
        """Asked by a connection of its own: Celery's pool would keep one to a Redis that was killed."""
        with Connection(self.redis_url.replace("unix://", "redis+socket://")) as broker:
            ask = Mailbox("celery", type="fanout", connection=broker, accept=["json"])
            return bool(ask.call([self.node], "ping", timeout=0.5))

    def _command(self, name: str) -> list[str]:
        if name in self.servers:
            with mock.patch.dict(POSTGRES_SETTINGS, NOT_DURABLE):
                return self.servers[name].command()
        if name == "worker":
            return [*WORKER, "-n", self.node]
        if name == "beat":
            pid_file = self.folder / "beat.pid"
            pid_file.unlink(missing_ok=True)
            return [*CELERY, "beat", "--pidfile", str(pid_file), "-s", str(self.folder / "beat-schedule")]
        return [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}"]

    def close(self) -> None:
        for names in (self.OURS, self.SERVERS):
            running = [self.processes.pop(name) for name in names if name in self.processes]
            stop(*running, how=signal.SIGTERM if names is self.OURS else signal.SIGINT)


def migrate() -> Path:
    stack = Stack(new_var_dir())
    try:
        stack.start("postgresql")
        stack.manage("migrate", "--verbosity=0")
    finally:
        stack.close()
    return stack.servers["postgresql"].data


@pytest.fixture
def migrated_var_dir(own_var_dir: Path) -> Path:
    """own_var_dir with the data of a PostgreSQL that was migrated and stopped, as after a first start."""
    with (
        once_a_run("migrated_data", lambda: str(migrate())) as data,
        mock.patch.dict(os.environ, VAR_DIR=str(own_var_dir)),
    ):
        postgresql = Postgres()
        postgresql.make_folders()
        subprocess.run(["cp", "-Rp", data, postgresql.data], check=True)
    return own_var_dir


@pytest.fixture
def stack(migrated_var_dir: Path, var_dir_with_static: Path) -> Iterator[Stack]:
    """The whole product, migrated and answering; see Stack."""
    stack = Stack(migrated_var_dir)
    try:
        stack.start(*Stack.SERVERS)
        stack.start(*Stack.OURS)
        yield stack
    finally:
        stack.close()
