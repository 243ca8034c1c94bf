"""The saved views that a user may open, the one that is open, and the columns it shows."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import QueryDict

from partnership.core.params import parse_number
from partnership.desk.customer_list.columns import Column, all_columns, known_columns
from partnership.desk.models import SavedView
from partnership.staff.models import Preferences, User


def views_for(user: User) -> QuerySet[SavedView]:
    """List the user's own views and those that others share, by name."""
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")


def requested_view(params: QueryDict) -> int | None:
    """Return the key of the view that a request names."""
    return parse_number(params.get("view", ""))


@dataclass(frozen=True)
class ViewSelection:
    """The views to choose from. `columns`: names of those that the current view, else the user's own list, shows."""

    all: list[SavedView]
    current: SavedView | None
    columns: tuple[str, ...]

    @property
    def column_choices(self) -> list[tuple[str, Column, bool]]:
        """Every column by name, and whether it is shown."""
        return [(name, column, name in self.columns) for name, column in all_columns().items()]


def select_view(user: User, view: int | None) -> ViewSelection:
    views = list(views_for(user))
    current = next((one for one in views if one.pk == view), None)
    chosen = current.columns if current else None
    if chosen is None:
        chosen = Preferences.objects.filter(user=user).values_list("columns", flat=True).first()
    return ViewSelection(views, current, known_columns(chosen))
