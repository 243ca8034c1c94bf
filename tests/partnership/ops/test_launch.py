"""`make start` and `make demo`: start, watch, stop and recover all processes."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import psycopg
import pytest

from partnership.demo import seeding
from partnership.ops.embedded import supervisor
from partnership.ops.launch import __main__ as launch
from partnership.ops.launch import children, preparation
from partnership.staff.mail.transport import OUTBOX_BACKEND
from tests.processes import PROJECT, free_port, product_env, stop, wait_until

READY = "Ctrl-C stops everything."
HASHED = re.compile(r'"(/static/[^"]+\.[0-9a-f]{12}\.css)"')


class Launched:
    """A launcher process; `lines` holds its output until it was ready."""

    def __init__(self, var_dir: Path, port: int, *, makefile: Path | None = None) -> None:
        """With `makefile`, start it through make and ignoring SIGINT, as a background job of a shell does."""
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            ["make", "-f", str(makefile)] if makefile else [sys.executable, "-m", "partnership.ops.launch"],
            cwd=PROJECT,
            env={**product_env(var_dir), "PORT": str(port)},
            preexec_fn=ignore_interrupts if makefile else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        self.output = self.process.stdout
        self.lines = self.read_until(READY)

    def read_until(self, wanted: str) -> list[str]:
        lines = []
        for line in self.output:
            lines.append(line.strip())
            if wanted in line:
                return lines
        return pytest.fail(f"ended without saying “{wanted}”:\n" + "\n".join(lines))

    def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        try:
            answer = urlopen(Request(self.url + path, headers=headers), timeout=30)
        except HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read().decode(errors="replace"), dict(answer.headers)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        self.output.read()
        return self.process.wait(40)


def ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


Start = Callable[..., Launched]


@pytest.fixture
def start(var_dir_with_static: Path) -> Iterator[Start]:
    port, started = free_port(), []

    def one(**how: Path) -> Launched:
        started.append(Launched(var_dir_with_static, port, **how))
        return started[-1]

    yield one
    for launched in started:
        stop(launched.process)
        launched.output.close()


def processes_of(var_dir: Path) -> dict[int, str]:
    """Return the processes of this installation, found by command line or environment."""
    found = {}
    for process in psutil.process_iter(["cmdline", "environ"]):
        line, around = " ".join(process.info["cmdline"] or []), process.info["environ"] or {}
        if str(var_dir) in line or around.get("VAR_DIR") == str(var_dir):
            found[process.pid] = line
    return found


def pid_of(var_dir: Path, word: str) -> int:
    return next(pid for pid, line in processes_of(var_dir).items() if word in line)


def run(var_dir: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "partnership.ops.launch"]
    around = {**product_env(var_dir), **env}
    return subprocess.run(command, cwd=PROJECT, env=around, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.processes
def test_a_life_from_the_first_start_to_the_second(start, own_var_dir):
    first = start()
    assert f"Partnership is ready: {first.url}" in first.lines
    assert first.get("/healthz")[0] == 200
    _serves_as_in_production(first)
    refused = run(own_var_dir, PORT=str(free_port()))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"already runs from {own_var_dir}: {first.url}" in refused.stderr

    os.kill(pid_of(own_var_dir, "celery -A partnership worker"), signal.SIGKILL)
    assert "starting it again in" in first.read_until("The worker ended")[-1]
    wait_until(lambda: "celery -A partnership worker" in str(processes_of(own_var_dir)), what="the worker to be back")

    assert first.end(signal.SIGTERM) == 0
    assert processes_of(own_var_dir) == {}
    (own_var_dir / "media").mkdir(exist_ok=True)
    began = time.monotonic()
    second = start()
    assert time.monotonic() - began < 15
    assert second.end(signal.SIGINT) == 0
    assert processes_of(own_var_dir) == {}


def _serves_as_in_production(launched: Launched) -> None:
    listening = {found.laddr.ip for found in psutil.net_connections("tcp") if found.status == psutil.CONN_LISTEN}
    port = int(launched.url.rsplit(":", 1)[1])
    at = {found.laddr.ip for found in psutil.net_connections("tcp") if found.laddr and found.laddr.port == port}
    assert at == {"127.0.0.1"}, listening
    status, page, _ = launched.get("/")
    assert status == 200
    static = HASHED.search(page)
    assert static, "no hashed style sheet on the page"
    _, _, headers = launched.get(static[1], **{"Accept-Encoding": "br"})
    assert headers["Content-Encoding"] == "br"
    assert "immutable" in headers["Cache-Control"]
    status, page, _ = launched.get("/there-is-no-such-page")
    assert "DEBUG" not in page


@pytest.mark.processes
def test_killed_hard_with_all_its_processes_it_recovers_and_keeps_the_data(start, migrated_var_dir):
    start()
    with psycopg.connect(_database_url(migrated_var_dir), autocommit=True) as there:
        there.execute("CREATE TABLE kept AS SELECT 1 AS one")
    for pid in processes_of(migrated_var_dir):
        os.kill(pid, signal.SIGKILL)
    again = start()
    with psycopg.connect(_database_url(migrated_var_dir)) as there:
        assert there.execute("SELECT one FROM kept").fetchall() == [(1,)]
    assert again.end(signal.SIGTERM) == 0


@pytest.mark.processes
def test_only_the_launcher_killed_nothing_stays_behind(start, migrated_var_dir):
    launched = start()
    launched.end(signal.SIGKILL)
    wait_until(lambda: processes_of(migrated_var_dir) == {}, seconds=40, what="all to end")
    assert start().end(signal.SIGTERM) == 0


@pytest.mark.processes
def test_make_behind_a_shell_goes_on_until_it_is_told_to_stop(start, migrated_var_dir, tmp_path):
    """`make start &` in a script starts with SIGINT ignored, which must not look like a received SIGINT."""
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"start:\n\t@exec {sys.executable} -m partnership.ops.launch\n")
    launched = start(makefile=makefile)
    os.kill(pid_of(migrated_var_dir, "celery -A partnership worker"), signal.SIGKILL)
    assert "starting it again in" in launched.read_until("The worker ended")[-1]
    launched.end(signal.SIGTERM)
    wait_until(lambda: processes_of(migrated_var_dir) == {}, seconds=40, what="all to end")


def _database_url(var_dir: Path) -> str:
    code = "from partnership.ops import embedded; print(embedded.database_url())"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=PROJECT, env=product_env(var_dir), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_static_files_are_collected_when_they_changed_and_only_then(own_var_dir, monkeypatch):
    done: list[tuple[str, ...]] = []

    class ManageCommand:
        def __init__(self, *arguments: str) -> None:
            done.append(arguments)

        wait = terminate = lambda self: None

    monkeypatch.setattr(preparation, "ManageCommand", ManageCommand)
    for _ in range(2):
        preparation.migrate_and_collect(own_var_dir / "stamp")
    assert [command[0] for command in done] == ["migrate", "collectstatic", "migrate"]
    monkeypatch.setattr(preparation, "static_fingerprint", lambda: "other")
    preparation.migrate_and_collect(own_var_dir / "stamp")
    assert [command[0] for command in done[3:]] == ["migrate", "collectstatic"]


def test_a_taken_port_is_named_with_a_free_one(own_var_dir):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        refused = run(own_var_dir, PORT=str(taken))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"Port {taken} is taken" in refused.stderr
    assert re.search(r"PORT=\d+$", refused.stderr.strip())


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8 0"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(preparation.StartError, match="PORT must be a number"):
        preparation.listen(port, timeout=0)


def test_leftovers_are_ended_and_strangers_are_not(tmp_path):
    state = tmp_path / "children.json"
    ours, stranger = (subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in range(2))
    born = psutil.Process(ours.pid).create_time()
    state.write_text(json.dumps([{"pid": ours.pid, "born": born}, {"pid": stranger.pid, "born": born - 3600}]))
    try:
        assert children.end_leftovers(state)
        assert not psutil.pid_exists(ours.pid)
        assert stranger.poll() is None
        assert not children.end_leftovers(state)
    finally:
        stop(stranger, ours, how=signal.SIGKILL)


def test_a_damaged_list_of_leftovers_is_no_obstacle(tmp_path):
    (tmp_path / "children.json").write_text('[{"pid":')
    assert children.end_leftovers(tmp_path / "children.json")


def test_a_child_that_keeps_dying_is_started_at_longer_and_longer_intervals(tmp_path):
    said: list[str] = []
    child = children.Child("clock", ["false"], lambda: True, tmp_path / "clock.log")
    group = children.ChildGroup([child], tmp_path / "children.json", said.append)
    group.start()
    delays = []
    for _ in range(5):
        wait_until(child.ended)
        group.restart_ended()
        delays.append(child.restart_delay)
        child.restart_at = 0.0
        group.restart_ended()
    group.stop()
    assert delays == [2, 4, 8, supervisor.MAX_RESTART_DELAY, supervisor.MAX_RESTART_DELAY]
    assert said[0].startswith("The clock ended (1); starting it again in 2 s.")


def test_what_is_printed_is_what_the_demo_makes():
    assert set(launch.DEMO_SIGN_INS) == set(seeding.SIGN_INS)
    assert launch.DEMO_PASSWORD == seeding.PASSWORD


@pytest.fixture
def makefile(tmp_path: Path) -> Path:
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(PROJECT / name, tmp_path)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("given", "kept"), [({}, True), ({"EMAIL_HOST": "mail.example"}, False), ({"EMAIL_BACKEND": "a.Backend"}, False)]
)
def test_a_demo_keeps_its_mail_unless_told_where_it_goes(monkeypatch, given, kept):
    for name in ("EMAIL_HOST", "EMAIL_BACKEND"):
        monkeypatch.setenv(name, given.get(name, ""))
    launch.keep_mail()
    assert (os.environ["EMAIL_BACKEND"] == OUTBOX_BACKEND) == kept


def test_make_names_the_python_that_is_too_old(makefile):
    old = makefile / "python3"
    old.write_text("#!/bin/sh\n[ $1 = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n")
    old.chmod(0o755)
    done = make(makefile, "setup", f"PYTHON={old}")
    assert done.returncode
    assert "needs Python 3.11 or newer" in done.stderr
    assert "Python 3.9.2" in done.stderr


def test_make_help_lists_every_target(makefile):
    listed = set(re.findall(r"^  make ([a-z-]+)", make(makefile, "help").stdout, re.MULTILINE))
    assert listed == {
        "help", "setup", "demo", "start", "test", "coverage", "accept", "nightly", "check", "messages", "lint-assets",
        "bench", "backup", "restore", "faults",
    }  # fmt: skip
