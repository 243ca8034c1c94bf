"""Carry erasures on until they are finished, whoever began them and was killed."""

from collections.abc import Callable
from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from interactions.models import Erasure
from interactions.personal_data.erased_files import delete_kept_mails, delete_stored_files, erase_refused_lines
from interactions.personal_data.erasing import continue_erasing, finish_erasure, words_of
from interactions.personal_data.ledger import erase_again, write_ledger
from interactions.personal_data.rows import record_keys
from interactions.personal_data.sessions import forget_in_sessions
from interactions.personal_data.sweep import sweep_next
from partnership.core.locks import LockKey, try_lock_session

TASK = "interactions.continue_erasures"


def continue_erasures(*, clock: Callable[[], datetime]) -> int:
    """Finish what was begun. Return how many were finished; none while another worker is at it."""
    finished = 0
    with try_lock_session(LockKey.ERASURE) as is_taken:
        if is_taken:
            erase_again(at=clock())
            for erasure in Erasure.objects.filter(finished_at=None).order_by("pk"):
                _carry_out(erasure, clock=clock)
                finished += 1
    return finished


def _carry_out(erasure: Erasure, *, clock: Callable[[], datetime]) -> None:
    write_ledger()
    while continue_erasing(erasure):
        pass
    while sweep_next(erasure):
        pass
    erasure.refresh_from_db()
    words, pending = words_of(erasure), erasure.pending or {}
    delete_stored_files(pending.get("files", []))
    lines = erase_refused_lines(words)
    delete_kept_mails(words)
    if erasure.customer:
        forget_in_sessions(words, record_keys(erasure.customer))
    cache.clear()
    with transaction.atomic():
        erasure.counts["refused_lines"] = lines
        erasure.save(update_fields=["counts"])
        finish_erasure(erasure, at=clock())
