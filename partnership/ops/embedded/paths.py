"""Where the embedded servers keep their data, their sockets and their locks."""

import hashlib
import os
import pwd
import stat
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
# For root only: PostgreSQL refuses to run as root, and its own account may not reach a private folder.
SYSTEM_HOME = Path("/var/lib/partnership")
# The longest socket path that Linux (107) and macOS (103) both take, less the name of PostgreSQL's socket.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")


def var_dir() -> Path:
    """All that this installation writes: VAR_DIR, or var/ beside manage.py. Absolute, links resolved."""
    return Path(os.environ.get("VAR_DIR") or PROJECT / "var").resolve()


def reachable(path: Path) -> bool:
    """Whether any account of this machine can pass through to `path`; folders yet to be made count as passable."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents) if place.exists())


def home() -> Path:
    """The embedded servers' folder: VAR_DIR, or for root a folder in /var/lib when only root could enter VAR_DIR."""
    var = var_dir()
    if os.geteuid() != 0 or (var / "postgresql").exists() or reachable(var):
        return var
    return SYSTEM_HOME / _digest(var)


def run_dir() -> Path:
    """Locks and process ids."""
    return home() / "run"


def socket_dir() -> Path:
    """A folder with a path short enough for a Unix socket, ours alone."""
    folder = run_dir()
    if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER:
        return folder
    return Path("/tmp") / f"partnership-{_digest(var_dir())}"


def make_var_dir() -> None:
    """Private; only root's lets the servers' account pass through to its own folders."""
    make_folder(var_dir(), 0o711 if os.geteuid() == 0 else 0o700)


def make_folder(path: Path, mode: int, owner: pwd.struct_passwd | None = None) -> None:
    """Make `path` with exactly this mode and owner. One that exists stays as it is: no permission is loosened."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode)
    except FileExistsError:
        return
    path.chmod(mode)
    if owner:
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
