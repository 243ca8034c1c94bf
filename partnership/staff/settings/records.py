"""The tables of the admin, grouped and named in plain words; the log of changes of each stands apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from partnership.staff.settings.index import RECORD_GROUPS


@dataclass(frozen=True)
class Table:
    name: str
    url: str


@dataclass(frozen=True)
class Tables:
    title: Promise
    tables: list[Table]


def group_tables(apps: Iterable[dict[str, Any]]) -> list[Tables]:
    """Group what AdminSite.get_app_list() lists; a table that no group names stands under the last one."""
    listed = {one["model"]._meta.label: one for app in apps for one in app["models"] if one["admin_url"]}
    logs = {label: one for label, one in listed.items() if _tracked(one["model"])}
    groups = []
    for group in RECORD_GROUPS:
        found = {label: listed.pop(label) for label in group.labels if label in listed}
        groups.append(
            Tables(group.title, [_table(one, group.names.get(label)) for label, one in found.items()]),
        )
    rest = [_table(one) for label, one in listed.items() if label not in logs]
    groups += [
        Tables(_("Log of changes"), [_table(one, _tracked(one["model"])) for one in logs.values()]),
        Tables(_("Other records"), rest),
    ]
    return [group for group in groups if group.tables]


def _tracked(model: type[Model]) -> str | None:
    """Return the name of the table whose changes this one keeps, None for a table that keeps none."""
    tracked: type[Model] | None = getattr(model, "pgh_tracked_model", None)
    return str(tracked._meta.verbose_name_plural) if tracked else None


def _table(listed: dict[str, Any], name: Promise | str | None = None) -> Table:
    return Table(capfirst(str(name or listed["model"]._meta.verbose_name_plural)), listed["admin_url"])
