"""What imports owe once their lines are in: kept in the database, so that an import that is killed is finished by the
next one, or by a worker."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from interactions.imports.importers.conversations import join_conversation, settle_conversations
from interactions.imports.importers.importer import ImportRun, Noted, RecordRefusedError
from interactions.imports.interchange import refs
from interactions.models import Conversation, ImportRemainder
from partnership.core.locks import LockKey, held_numbers, hold_number, lock_transaction
from partnership.staff.models import Firm

What = ImportRemainder.What

_LEFT_TO_THE_NEXT = 0


@contextmanager
def under_way(run: ImportRun) -> Iterator[None]:
    """Let others see that this import lives, and take over what dead ones owe."""
    run.key = secrets.randbits(31) or 1
    with hold_number(LockKey.IMPORT, run.key):
        _take_over(run)
        yield


def is_under_way() -> bool:
    return bool(held_numbers(LockKey.IMPORT))


def _of_dead_imports() -> list[int]:
    keys = ImportRemainder.objects.order_by("import_key").values_list("import_key", flat=True).distinct()
    return sorted(set(keys) - held_numbers(LockKey.IMPORT))


def _take_over(run: ImportRun) -> None:
    if dead := _of_dead_imports():
        with transaction.atomic():
            lock_transaction(LockKey.HISTORY)
            ImportRemainder.objects.filter(import_key__in=dead).update(import_key=run.key)
            _load(run)


def _load(run: ImportRun) -> None:
    for what in What:
        rows = ImportRemainder.objects.filter(import_key=run.key, what=what)
        _noted(run, what).load(rows.values_list("row", flat=True))


def save(run: ImportRun) -> list[tuple[Noted, set[int]]]:
    """Write what this batch adds, in its transaction. Return it, to be taken for saved once that has committed."""
    fresh = [(what, _noted(run, what)) for what in What if _noted(run, what).unsaved]
    for what, noted in fresh:
        _insert(run.key, what, noted.unsaved)
    return [(noted, set(noted.unsaved)) for _, noted in fresh]


def _noted(run: ImportRun, what: What) -> Noted:
    noted = getattr(run, what)
    assert isinstance(noted, Noted)
    return noted


def _insert(key: int, what: What, rows: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO interactions_importremainder (import_key, what, row) SELECT %s, %s, unnest(%s::bigint[])",
            [key, what, sorted(rows)],
        )


def finish(run: ImportRun) -> None:
    """Do what the import owes, in the transaction under way, which holds LockKey.HISTORY."""
    settle_conversations(run)
    ImportRemainder.objects.filter(import_key=run.key).delete()


def finish_dead_imports(*, at: datetime) -> int:
    """Do what killed imports owe, as far as their lines came in; return how many there were.

    What has to wait for more lines is left to the next import.
    """
    dead = [key for key in _of_dead_imports() if key != _LEFT_TO_THE_NEXT]
    for key in dead:
        with transaction.atomic():
            lock_transaction(LockKey.HISTORY)
            run = ImportRun(firm=Firm.current(), at=at, key=key)
            _load(run)
            waiting = {
                What.CURRENT: set(run.current_stated),
                What.REJOINED: _join_stated(run),
                **{what: _without_interactions(_noted(run, what)) for what in (What.STATED, What.NEW, What.MADE)},
            }
            finish(run)
            for what, rows in waiting.items():
                _insert(_LEFT_TO_THE_NEXT, what, rows)
    return len(dead)


def _join_stated(run: ImportRun) -> set[int]:
    """Join the conversations as their records say; return those whose target is not there yet."""
    waiting = set()
    for row in Conversation.objects.filter(pk__in=run.conversations_rejoined).order_by("pk"):
        into = (row.source_snapshot or {}).get("joined_into")
        found = refs.primary_keys(Conversation, {into}) if into else {}
        if into and into not in found:
            waiting.add(row.pk)
            continue
        try:
            run.conversations_touched.update(join_conversation(row.pk, found.get(into) if into else None))
        except RecordRefusedError:  # as the import that was killed would have said
            continue
    return waiting


def _without_interactions(conversations: Noted) -> set[int]:
    rows = Conversation.objects.filter(pk__in=conversations, last_interaction_at=None)
    return set(rows.values_list("pk", flat=True))
