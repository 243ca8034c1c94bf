"""Record history: edits and deletions keep what stood before, by database triggers, so that no path bypasses it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import pghistory
from django.db import models

if TYPE_CHECKING:
    from partnership.staff.models import User

M = TypeVar("M", bound=type[models.Model])


def audited(*, without: tuple[str, ...] = (), additions: bool = False) -> Callable[[M], M]:
    """Class decorator. A change of the fields `without` alone is no event: they follow from others, or are secret.

    `additions`: who added a row is kept as well, as one event more for each.
    """

    def track(model: M) -> M:
        names = {field.name for field in model._meta.fields}
        left_out = [name for name in ("source_snapshot", *without) if name in names]
        condition = pghistory.AnyChange(exclude=left_out) if left_out else pghistory.AnyChange()
        update = pghistory.UpdateEvent(row=pghistory.Old, condition=condition)
        inserts = [pghistory.InsertEvent()] if additions else []
        return pghistory.track(*inserts, update, pghistory.DeleteEvent(), exclude=left_out)(model)

    return track


def history_author(user: "User | None") -> AbstractContextManager[Any]:
    """What changes inside is theirs in the history, also where no request says whose it is."""
    return pghistory.context(user=user.pk) if user else nullcontext()
