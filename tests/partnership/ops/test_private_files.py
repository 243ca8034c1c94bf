"""What Partnership writes is its owner's alone to read; logs do not grow without end."""

import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from interactions.imports.export import export_history
from partnership.ops.embedded.paths import make_private
from partnership.ops.embedded.supervisor import LOG_LIMIT, rotate


def modes(path: Path) -> tuple[int, int]:
    """What others than the owner may do with a file and with its folder."""
    return path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077


@pytest.fixture
def _generous_umask():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_generous_umask")
def test_uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    name = default_storage.save("faces/ada.txt", ContentFile(b"x"))
    assert modes(tmp_path / "media" / name) == (0, 0)
    assert (tmp_path / "media").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("_generous_umask")
def test_exports(firm, tmp_path):
    export_history(tmp_path / "all.jsonl")
    assert (tmp_path / "all.jsonl").stat().st_mode & 0o077 == 0


def test_a_folder_that_was_open_to_all_is_closed(tmp_path):
    (tmp_path / "media").mkdir()
    (tmp_path / "media").chmod(0o755)
    for name in ("media", "missing"):
        make_private(tmp_path / name)
    assert (tmp_path / "media").stat().st_mode & 0o777 == 0o700


def test_a_log_is_rotated_while_it_is_written(tmp_path):
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writing:
        writing.write(b"x" * LOG_LIMIT)
        rotate(log)
        assert log.stat().st_size == LOG_LIMIT, "not yet too long"
        writing.write(b"y")
        rotate(log)
        writing.write(b"later\n")
    assert log.read_bytes() == b"later\n"
    assert (tmp_path / "web.1.log").stat().st_size == LOG_LIMIT + 1
