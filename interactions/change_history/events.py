"""Audit events as text: who changed what, and when."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.custom_fields.definitions import Definition, all_definitions
from customers.custom_fields.values import format_unknown, format_value
from customers.models import Commitment, Customer, Merge
from customers.querysets import CustomerQuerySet
from interactions.change_history.statement import MAX_VALUE_LENGTH, AuditedModel, EventRow, ModelField
from interactions.models import Deletion, Interaction
from partnership.staff.models import User

PAGE_EVENTS = 50

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# Models with a name of their own; others use verbose_name.
_MODEL_NAMES: "dict[type[models.Model], StrPromise]" = {
    Customer: _("Details"),
    Commitment: _("Promise"),
    Interaction: _("Entry"),
}

# Shown for a row that was deleted or that the reader may not see.
_UNKNOWN_NAME = "–"


@dataclass(frozen=True)
class Change:
    """One field; values as text, empty for none."""

    name: str
    before: str
    after: str


@dataclass
class Event:
    """An audit event as text. `kind`: the object's type. `pk`: the object's key. `deletion`: the trace of a deleted
    entry."""

    at: datetime
    key: int
    who: str
    kind: str
    model: str
    pk: int
    title: str
    is_addition: bool
    is_deletion: bool
    changes: list[Change] = dataclass_field(default_factory=list)
    deletion: Deletion | None = None


def describe_events(
    found: list[EventRow],
    sources: Iterable[AuditedModel],
    *,
    visible: CustomerQuerySet,
    include_empty: bool = False,
) -> list[Event]:
    """Convert rows of the statement. Without `include_empty`, updates of unshown fields only are left out."""
    by_number = {tracked.number: tracked for tracked in sources}
    _name_merges(found, by_number, visible)
    names = _Names(found, by_number, visible)
    traces = _deletions_by_entry(found, by_number)
    return [
        _describe_event(row, by_number[row["number"]], names, traces)
        for row in found
        if include_empty or row["changes"] or row["label"] != "update"
    ]


def _describe_event(row: EventRow, tracked: AuditedModel, names: "_Names", traces: dict[int, Deletion]) -> Event:
    return Event(
        at=row["at"],
        key=row["key"],
        who=author_name(row["user_id"], names.known.get(User, {}), on_the_web=row["on_the_web"]),
        kind=str(_MODEL_NAMES.get(tracked.model) or capfirst(str(tracked.model._meta.verbose_name))),
        model=str(tracked.model._meta.model_name),
        pk=row["object"],
        title=row["title"] or "",
        is_addition=row["label"] == "insert",
        is_deletion=row["label"] == "delete",
        changes=[
            _describe_change(tracked.fields[column], pair, names) for column, pair in sorted(row["changes"].items())
        ],
        deletion=traces.get(row["object"]) if tracked.model is Interaction and row["label"] == "delete" else None,
    )


def _describe_change(field: ModelField, pair: list[str | None], names: "_Names") -> Change:
    if field.name == "attributes":
        return _describe_attributes(field, pair)
    before, after = (_format_value(field, value, names) for value in pair)
    return Change(capfirst(str(field.verbose_name)), before, after)


def _describe_attributes(field: ModelField, pair: list[str | None]) -> Change:
    """Tell which custom fields changed, by their labels; attributes that are no object as they are."""
    before, after = (_read_object(value) for value in pair)
    if before is None or after is None:
        return Change(capfirst(str(field.verbose_name)), *(_shorten(value or "") for value in pair))
    definitions = {one.key: one for one in all_definitions()}
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    texts = [
        [_format_attribute(definitions.get(key), values.get(key)) for key in changed] for values in (before, after)
    ]
    labels = [definitions[key].label if key in definitions else key for key in changed]
    if len(changed) == 1:
        return Change(labels[0], texts[0][0], texts[1][0])
    told = ("; ".join(f"{label}: {text or '–'}" for label, text in zip(labels, side, strict=True)) for side in texts)
    return Change(", ".join(labels), *told)


def _read_object(value: str | None) -> dict[str, object] | None:
    """Return a JSON object; None for anything else, or for one of which only a part was read."""
    try:
        found = json.loads(value or "{}")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _format_attribute(definition: Definition | None, value: object) -> str:
    if value is None:
        return ""
    return _shorten(format_value(definition, value) if definition else format_unknown(value))


def author_name(user_id: str | int | None, known: Mapping[int, str], *, on_the_web: bool) -> str:
    """Return the author's name; jobs and imports write outside of a request."""
    if user_id is not None:
        return known.get(int(user_id)) or _UNKNOWN_NAME
    return gettext("an unknown user") if on_the_web else gettext("a background job")


class _Names:
    """Names of referenced rows, fetched with one query per model."""

    def __init__(self, found: list[EventRow], by_number: dict[int, AuditedModel], visible: CustomerQuerySet) -> None:
        self.visible = visible
        asked: dict[type[models.Model], set[int]] = defaultdict(set)
        for row in found:
            if row["user_id"]:
                asked[User].add(int(row["user_id"]))
            for column, pair in row["changes"].items():
                field = by_number[row["number"]].fields[column]
                if field.remote_field:
                    asked[field.remote_field.model].update(int(pk) for pk in pair if pk is not None)
        self.known = {model: self.look_up(model, pks) for model, pks in asked.items() if pks}

    def look_up(self, model: type[models.Model], pks: set[int]) -> dict[int, str]:
        rows: models.QuerySet[models.Model] = self.visible if model is Customer else model._default_manager.all()
        return {row.pk: str(row) for row in rows.filter(pk__in=pks)}

    def of(self, model: type[models.Model], pk: str) -> str:
        return self.known.get(model, {}).get(int(pk)) or _UNKNOWN_NAME


def _name_merges(found: list[EventRow], by_number: dict[int, AuditedModel], visible: CustomerQuerySet) -> None:
    """Title merges by both customers if the reader may see both."""
    merges = [row for row in found if by_number[row["number"]].model is Merge]
    if not merges:
        return
    known = Merge.objects.filter(survivor__in=visible, absorbed__in=visible).select_related("survivor", "absorbed")
    called = {merge.pk: str(merge) for merge in known.filter(pk__in=[row["object"] for row in merges])}
    for row in merges:
        row["title"] = called.get(row["object"], _UNKNOWN_NAME)


def _deletions_by_entry(found: list[EventRow], by_number: dict[int, AuditedModel]) -> dict[int, Deletion]:
    """Return the newest deletion of each deleted entry."""
    deleted = [row for row in found if row["label"] == "delete"]
    gone = [row["object"] for row in deleted if by_number[row["number"]].model is Interaction]
    if not gone:
        return {}
    traces = Deletion.objects.filter(interaction_id__in=gone).select_related("by", "undone_by").order_by("pk")
    return {trace.interaction_id: trace for trace in traces}


def _format_value(field: ModelField, value: str | None, names: _Names) -> str:
    """Format a JSON value of the database as text."""
    if value is None or value == "":
        return ""
    if field.remote_field:
        return names.of(field.remote_field.model, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return gettext("yes") if value == "true" else gettext("no")
    if isinstance(field, models.DateTimeField):
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT")
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if isinstance(field, models.FileField):
        return value.rpartition("/")[2]
    if isinstance(field, models.DecimalField):
        return f"{Decimal(value).normalize():f}"
    return _shorten(value)


def _shorten(value: str) -> str:
    return value if len(value) <= MAX_VALUE_LENGTH else f"{value[:MAX_VALUE_LENGTH]}…"
