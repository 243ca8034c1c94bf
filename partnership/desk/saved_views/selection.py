"""The saved views that somebody may use, which of them is looked at, and the columns that are shown."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from partnership.core.compiled_queries import CompiledQuery
from partnership.desk.customer_list.columns import COLUMNS, Column, known
from partnership.desk.models import SavedView
from partnership.staff.models import Preferences, User


def views_for(user: int) -> QuerySet[SavedView]:
    """One's own and what others share, by name."""
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")


def columns_of(user: int) -> QuerySet[Preferences, Any]:
    return Preferences.objects.filter(user=user).values_list("columns", flat=True)


VIEWS_FOR, COLUMNS_OF = CompiledQuery(views_for, user=int), CompiledQuery(columns_of, user=int)


def view_named(asked: QueryDict) -> int | None:
    """The view's pk; None where none is named."""
    given = asked.get("view", "")
    return int(given) if given.isdecimal() and len(given) < 18 else None


@dataclass(frozen=True)
class Shelf:
    views: list[SavedView]
    current: SavedView | None
    columns: tuple[str, ...]

    @classmethod
    def of(cls, user: User, view: int | None) -> "Shelf":
        views = VIEWS_FOR(user=user.pk)
        current = next((one for one in views if one.pk == view), None)
        chosen = current.columns if current else None
        if chosen is None:
            chosen = next(iter(COLUMNS_OF(user=user.pk)), None)
        return cls(views, current, known(chosen))

    @property
    def offered(self) -> list[tuple[str, Column, bool]]:
        """Every column, and whether it is shown."""
        return [(name, column, name in self.columns) for name, column in COLUMNS.items()]
