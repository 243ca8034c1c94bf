"""Paths of the embedded servers' data, sockets and locks."""

import hashlib
import os
import pwd
import stat
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
# Used by root only: PostgreSQL refuses to run as root, and its own account may not reach a private folder.
SYSTEM_HOME = Path("/var/lib/partnership")
# Linux allows socket paths of 107 bytes, macOS 103; the name of PostgreSQL's socket is part of it.
_MAX_SOCKET_FOLDER_LENGTH = 103 - len("/.s.PGSQL.5432")


def var_dir() -> Path:
    """Return the folder that this installation writes to: VAR_DIR, or var/ beside manage.py, with links resolved."""
    return Path(os.environ.get("VAR_DIR") or PROJECT / "var").resolve()


def is_reachable(path: Path) -> bool:
    """Return whether every account of this machine can reach `path`; missing folders count as reachable."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents) if place.exists())


def server_dir() -> Path:
    """Return the servers' folder: VAR_DIR, or a folder in /var/lib when we are root and only root can enter VAR_DIR."""
    var = var_dir()
    if os.geteuid() != 0 or (var / "postgresql").exists() or is_reachable(var):
        return var
    return SYSTEM_HOME / _digest(var)


def run_dir() -> Path:
    """Return the folder of locks and process ids."""
    return server_dir() / "run"


def socket_dir() -> Path:
    """Return a private folder whose path is short enough for a Unix socket."""
    folder = run_dir()
    if len(os.fsencode(folder)) <= _MAX_SOCKET_FOLDER_LENGTH:
        return folder
    return Path("/tmp") / f"partnership-{_digest(var_dir())}"


def make_var_dir() -> None:
    """Make VAR_DIR private; as root, let the servers' account pass through to its own folders."""
    make_folder(var_dir(), 0o711 if os.geteuid() == 0 else 0o700)


def make_folder(path: Path, mode: int, owner: pwd.struct_passwd | None = None) -> None:
    """Make `path` with exactly this mode and owner; leave an existing folder as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode)
    except FileExistsError:
        return
    path.chmod(mode)
    if owner:
        os.chown(path, owner.pw_uid, owner.pw_gid)


def make_private(folder: Path) -> None:
    """Let only its owner into a folder, if it is there."""
    if folder.is_dir():
        folder.chmod(0o700)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
