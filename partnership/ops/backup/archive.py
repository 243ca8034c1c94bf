"""Write and read the backup file: a tar of `database.dump` (pg_dump's custom format), `media/` and `manifest.json`.

The manifest is the last member and holds the SHA-256 of the others. A file without manifest, or with another hash, is
damaged.
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

from partnership.ops.backup.errors import BackupError
from partnership.ops.embedded.paths import PROJECT

_FORMAT = 1
DUMP, MANIFEST, MEDIA = "database.dump", "manifest.json", "media"

Tar = tarfile.TarFile
Manifest = dict[str, Any]


def product_version() -> str:
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"])


class _HashingReader:
    """A file reader that computes the SHA-256 of what it has read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.hash.update(chunk)
        return chunk


def write(target: Path, *, dump: Path, media: Path, about: Manifest) -> None:
    """Write the backup to `target`, readable by its owner only."""
    target.touch(mode=0o600)
    members = {DUMP: dump, **{f"{MEDIA}/{path.relative_to(media)}": path for path in _files_of(media)}}
    hashes = {}
    with tarfile.open(target, "w") as tar:
        for name, path in members.items():
            with path.open("rb") as file:
                reader = _HashingReader(file)
                tar.addfile(_without_owner(tar.gettarinfo(str(path), name)), reader)
            hashes[name] = reader.hash.hexdigest()
        manifest = {"partnership_backup": _FORMAT, "version": product_version(), **about, "sha256": hashes}
        content = json.dumps(manifest, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))


def _files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _without_owner(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Remove the file's owner, who may not exist on the machine it is restored on."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


@contextlib.contextmanager
def open_archive(file: Path) -> Iterator[Tar]:
    """Open a backup for reading. Raises BackupError when it is missing or no tar."""
    try:
        tar = tarfile.open(file, "r:")  # noqa: SIM115
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {file}.") from error
    except (tarfile.TarError, OSError) as error:
        raise BackupError(f"{file} is not a backup of Partnership ({error}).") from error
    with tar:
        yield tar


def read_manifest(tar: Tar) -> Manifest:
    """Return the manifest. Raises BackupError when the file is incomplete or not a backup of this format."""
    try:
        found = json.loads(_member(tar, MANIFEST).read())
    except (KeyError, ValueError, tarfile.TarError, OSError) as error:
        raise BackupError("The file is damaged or not a backup of Partnership: it has no manifest.") from error
    if not isinstance(found, dict) or found.get("partnership_backup") != _FORMAT:
        raise BackupError("The file is not a backup that this version of Partnership can read.")
    return found


def extract(tar: Tar, manifest: Manifest, folder: Path) -> None:
    """Extract the dump and the files into `folder`. Raises BackupError when a hash differs."""
    (folder / MEDIA).mkdir()
    for name, expected in manifest["sha256"].items():
        target = (folder / name).resolve()
        if name != DUMP and not target.is_relative_to((folder / MEDIA).resolve()):
            raise BackupError(f"The file is not a backup made by Partnership: it contains {name}.")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            reader = _HashingReader(_member(tar, name))
            with target.open("wb") as file:
                shutil.copyfileobj(reader, file)
        except (KeyError, tarfile.TarError) as error:
            raise BackupError(f"The file is damaged: {name} cannot be read from it ({error}).") from error
        if reader.hash.hexdigest() != expected:
            raise BackupError(f"The file is damaged: {name} has changed since the backup.")


def _member(tar: Tar, name: str) -> IO[bytes]:
    """Return a file in the tar. Raises KeyError when it is missing."""
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member
