"""The saved views that somebody may use, which of them is looked at, and the columns that are shown."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import QueryDict

from partnership.desk.listing.columns import COLUMNS, Column, known
from partnership.desk.models import Preferences, SavedView
from partnership.staff.models import User


def views_for(user: User) -> QuerySet[SavedView]:
    """One's own and what others share, by name."""
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")


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
        views = list(views_for(user))
        current = next((one for one in views if one.pk == view), None)
        chosen = current.columns if current else None
        if chosen is None:
            chosen = Preferences.objects.filter(user=user).values_list("columns", flat=True).first()
        return cls(views, current, known(chosen))

    @property
    def offered(self) -> list[tuple[str, Column, bool]]:
        """Every column, and whether it is shown."""
        return [(name, column, name in self.columns) for name, column in COLUMNS.items()]
