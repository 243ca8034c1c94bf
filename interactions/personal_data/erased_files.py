"""Files that go with an erasure: of the storage, and lines that an import refused."""

import os
from email import policy
from email.parser import BytesParser
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.files.storage import default_storage

from customers.models import Customer
from interactions.models import Attachment
from interactions.personal_data.words import Words

_DRAFT = ".erasing-"


def delete_stored_files(names: list[str]) -> None:
    """Delete files of the storage, except those that something else still has: the same content is stored once."""
    for name in names:
        if not _is_used(name):
            default_storage.delete(name)


def _is_used(name: str) -> bool:
    events = Attachment.pgh_event_model._default_manager  # type: ignore[attr-defined]
    if name.startswith("previews/"):
        sha256 = name.rpartition("/")[2].partition(".")[0]
        return Attachment.objects.filter(sha256=sha256).exists() or events.filter(sha256=sha256).exists()
    is_attached = Attachment.objects.filter(file=name).exists() or events.filter(file=name).exists()
    return is_attached or Customer.objects.filter(photo=name).exists()


def refusal_files() -> list[Path]:
    return sorted((Path(settings.VAR_DIR) / "refusals").glob("*.jsonl"))


def erase_refused_lines(words: Words) -> int:
    """Take the lines that name them out of the files of refused lines. Return how many lines there were."""
    for left in (Path(settings.VAR_DIR) / "refusals").glob(f"{_DRAFT}*"):
        left.unlink()  # of a run that was killed
    return sum(_erase_lines(path, words) for path in refusal_files()) if words.all else 0


def delete_kept_mails(words: Words) -> None:
    """Delete mails to them or about them that the demo keeps in files instead of sending them."""
    for path in (Path(settings.VAR_DIR) / "outbox").glob("*"):
        if path.is_file():
            mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
            body = mail.get_body(("plain", "html"))
            if words.find(f"{mail.items()} {body.get_content() if body else ''}"):
                path.unlink(missing_ok=True)


def _erase_lines(path: Path, words: Words) -> int:
    gone = 0
    with (
        path.open(encoding="utf-8", errors="replace") as source,
        NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=_DRAFT, delete=False) as kept,
    ):
        for line in source:
            if words.find(_plain(line)):
                gone += 1
            else:
                kept.write(line)
    if gone:
        os.replace(kept.name, path)
    else:
        os.unlink(kept.name)
    return gone


def _plain(line: str) -> str:
    r"""Undo what JSON does to quotes and to signs such as \u00e9 within a text that is JSON itself."""
    return line if "\\u" not in line else f"{line} {line.encode('ascii', 'ignore').decode('unicode_escape', 'ignore')}"
