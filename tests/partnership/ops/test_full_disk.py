"""Full disks, told in words: real ones of a few megabytes, where the tests may mount one."""

import os
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.models import Interaction
from partnership.ops import disk_space
from partnership.ops.backup import BackupError, backup
from tests.factories import CustomerFactory, UserFactory


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "full"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("only root, where the machine lets it, can mount a small disk")
    (folder / "ballast").write_bytes(bytes(1_900_000))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.django_db
def test_a_backup_onto_a_full_disk_says_so_and_leaves_nothing(full_disk, settings):
    settings.MEDIA_ROOT = full_disk.parent / "media"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "file").write_bytes(os.urandom(500_000))
    with pytest.raises(BackupError, match=r"A disk is full \(No space left on device\): that of .*/full"):
        backup(full_disk / "today.tar", made_at=timezone.now())
    assert [path.name for path in full_disk.iterdir()] == ["ballast"]


@pytest.mark.django_db
def test_a_file_that_finds_no_room_is_refused_in_words_with_what_it_came_with(full_disk, settings, client):
    settings.MEDIA_ROOT = full_disk
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
    client.raise_request_exception = False
    client.force_login(UserFactory(admin=True))
    ada = CustomerFactory()
    file = BytesIO(os.urandom(500_000))
    file.name = "large.bin"
    answer = client.post(reverse("compose", args=[ada.pk, "notes"]), {"body": "With a file", "attachments": file})
    assert answer.status_code == 503
    assert "The disk for files is full" in answer.content.decode()
    assert not Interaction.objects.filter(body="With a file").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("is_admin", [True, False])
def test_administrators_are_told_before_it_is_full(full_disk, settings, client, is_admin):
    settings.MEDIA_ROOT = full_disk
    client.force_login(UserFactory(admin=is_admin))
    said = f"The disk of {full_disk} is nearly full"
    assert any(text.startswith(said) for text in disk_space.list_full_disks())
    assert (said in client.get(reverse("customers")).content.decode()) is is_admin


def test_a_disk_with_room_is_not_mentioned(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(disk_space, "LEAST_FREE", 0)
    assert disk_space.list_full_disks() == []
