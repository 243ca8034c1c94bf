"""Earlier versions of an entry's text, with what was removed and added."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Protocol, cast

from django.apps import apps
from django.db.models import Exists, F, Manager, Model, OuterRef

from interactions.change_history.events import author_name
from interactions.models import Interaction
from partnership.staff.models import User

MAX_CHANGES = 50

# Words of two texts together; the time to compare them grows with the square.
MAX_DIFF_WORDS = 4_000

# Words of a page together; older texts are shown without differences.
_MAX_PAGE_WORDS = 20_000

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class _Piece:
    """A piece of text. `how`: "same", "taken" (removed) or "put" (added)."""

    how: str
    text: str


@dataclass(frozen=True)
class Version:
    """A replaced text, with its end, its author and its differences to the next version."""

    until: datetime
    who: str
    subject: list[_Piece]
    body: list[_Piece]


class _TextEvent(Protocol):
    pgh_created_at: datetime
    pgh_context_id: object
    user_id: str | None
    subject: str
    body: str


def versions(entry_pk: int, now: Interaction | None) -> tuple[list[Version], bool]:
    """Return the versions, newest first, and whether there are more.

    `now` is the current entry, or None if it was deleted; then the last text is shown whole.
    """
    events = list(_text_events(entry_pk))
    users = User.objects.filter(pk__in={event.user_id for event in events if event.user_id})
    known = {user.pk: str(user) for user in users}
    found, after, left = [], (now.subject, now.body) if now else ("", ""), _MAX_PAGE_WORDS
    for event in events[:MAX_CHANGES]:
        before = (event.subject, event.body)
        if before != after:
            who_did = author_name(event.user_id, known, on_the_web=event.pgh_context_id is not None)
            left -= sum(len(_WORD.findall(text)) for text in (*before, *after))
            subject, body = (differences(*pair, whole=left < 0) for pair in zip(before, after, strict=True))
            found.append(Version(event.pgh_created_at, who_did, subject, body))
        after = before
    return found, len(events) > MAX_CHANGES


def has_earlier_text() -> Exists:
    """For a query of interactions: whether the text was another once."""
    events = _events().filter(pgh_obj_id=OuterRef("pk"))
    return Exists(events.exclude(subject=OuterRef("subject"), body=OuterRef("body")))


def _events() -> Manager[Model]:
    model: type[Model] = apps.get_model("interactions", "InteractionEvent")
    return model._base_manager


def _text_events(entry_pk: int) -> Iterable[_TextEvent]:
    """Return the states before each change, newest first. Served by the index on pgh_obj_id."""
    events = _events().filter(pgh_obj_id=entry_pk).annotate(user_id=F("pgh_context__metadata__user"))
    columns = events.only("pgh_id", "pgh_created_at", "pgh_context_id", "subject", "body")
    return cast(Iterable[_TextEvent], columns.order_by("-pgh_id")[: MAX_CHANGES + 1])


def differences(before: str, after: str, *, whole: bool = False) -> list[_Piece]:
    """Compare two texts word by word, or as a `whole`.

    "same" and "taken" form the old text, "same" and "put" the new one.
    """
    old, new = ([], []) if whole else (_WORD.findall(before), _WORD.findall(after))
    if whole or len(old) + len(new) > MAX_DIFF_WORDS:
        return _pieces(("taken", before), ("put", after)) if before != after else _pieces(("same", before))
    found: list[tuple[str, str]] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", "".join(old[old_from:old_to])))
        else:
            found += [("taken", "".join(old[old_from:old_to])), ("put", "".join(new[new_from:new_to]))]
    return _pieces(*found)


def _pieces(*found: tuple[str, str]) -> list[_Piece]:
    return [_Piece(how, text) for how, text in found if text]
