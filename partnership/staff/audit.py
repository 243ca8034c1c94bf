"""Audit edits and deletions by database triggers, so that no code path bypasses it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TypeVar, cast

import pghistory
from django.db import models

if TYPE_CHECKING:
    from partnership.staff.models import User

M = TypeVar("M", bound=type[models.Model])


def audited(*, without: tuple[str, ...] = (), additions: bool = False) -> Callable[[M], M]:
    """Decorate a model whose earlier states are kept. Changes of only the fields `without` are not audited.

    With `additions`, an event also records who added a row.
    """

    def track(model: M) -> M:
        names = {field.name for field in model._meta.fields}
        left_out = [name for name in ("source_snapshot", *without) if name in names]
        condition = pghistory.AnyChange(exclude=left_out) if left_out else pghistory.AnyChange()
        update = pghistory.UpdateEvent(row=pghistory.Old, condition=condition)
        inserts = [pghistory.InsertEvent()] if additions else []
        return cast(M, pghistory.track(*inserts, update, pghistory.DeleteEvent(), exclude=left_out)(model))

    return track


def history_author(user: "User | None") -> AbstractContextManager[object]:
    """Attribute the changes in the block to `user`, for code that runs outside of a request."""
    return pghistory.context(user=user.pk) if user else nullcontext()
