"""The file: a tar of `database.dump` (pg_dump's custom format), the people's files under `media/`, and `manifest.json`.

The manifest comes last and holds the SHA-256 of every other member: without one, or with another
sum, the file is damaged.
"""

import contextlib
import hashlib
import io
import json
import shutil
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from partnership.ops.backup.errors import Refused
from partnership.ops.embedded.paths import PROJECT

_FORMAT = 1
DUMP, MANIFEST, MEDIA = "database.dump", "manifest.json", "media"

Tar = tarfile.TarFile
Manifest = dict[str, Any]


def product_version() -> str:
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"])


class _Summing:
    """A file that is read through, with the SHA-256 of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.sum.update(chunk)
        return chunk


def write(target: Path, *, dump: Path, media: Path, about: Manifest) -> None:
    """Make the file at `target`, readable by its owner alone."""
    target.touch(mode=0o600)
    members = {DUMP: dump, **{f"{MEDIA}/{path.relative_to(media)}": path for path in _files_of(media)}}
    sums = {}
    with tarfile.open(target, "w") as tar:
        for name, path in members.items():
            with path.open("rb") as file:
                summing = _Summing(file)
                tar.addfile(_private(tar.gettarinfo(str(path), name)), summing)
            sums[name] = summing.sum.hexdigest()
        manifest = {"partnership_backup": _FORMAT, "version": product_version(), **about, "sha256": sums}
        content = json.dumps(manifest, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))


def _files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _private(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Whose the file is on this machine is no concern of the next."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


@contextlib.contextmanager
def reading(file: Path) -> Iterator[Tar]:
    try:
        tar = tarfile.open(file, "r:")  # noqa: SIM115
    except FileNotFoundError as error:
        raise Refused(f"There is no file {file}.") from error
    except (tarfile.TarError, OSError) as error:
        raise Refused(f"{file} is not a backup of Partnership ({error}).") from error
    with tar:
        yield tar


def manifest(tar: Tar) -> Manifest:
    """What the backup says of itself. Refused when it is no backup of ours or was cut short."""
    try:
        found = json.loads(_member(tar, MANIFEST).read())
    except (KeyError, ValueError, tarfile.TarError, OSError) as error:
        raise Refused("The file is damaged or not a backup of Partnership: it has no manifest.") from error
    if not isinstance(found, dict) or found.get("partnership_backup") != _FORMAT:
        raise Refused("The file is not a backup that this version of Partnership can read.")
    return found


def extract(tar: Tar, about: Manifest, folder: Path) -> None:
    """Write the dump and the files below `folder`, each held against its sum. Refused when one differs."""
    (folder / MEDIA).mkdir()
    for name, expected in about["sha256"].items():
        target = (folder / name).resolve()
        if name != DUMP and not target.is_relative_to((folder / MEDIA).resolve()):
            raise Refused(f"The file is no backup that Partnership made: it holds {name}.")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            summing = _Summing(_member(tar, name))
            with target.open("wb") as file:
                shutil.copyfileobj(summing, file)
        except (KeyError, tarfile.TarError) as error:
            raise Refused(f"The file is damaged: {name} can't be read from it ({error}).") from error
        if summing.sum.hexdigest() != expected:
            raise Refused(f"The file is damaged: {name} is not what was backed up.")


def _member(tar: Tar, name: str) -> IO[bytes]:
    """Raises KeyError when the tar has no such file."""
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member
