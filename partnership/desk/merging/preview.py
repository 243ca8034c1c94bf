"""What a merge of two customers would change, and what one changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from customers.merging.fields import combine_fields
from customers.merging.rows import moved_rows
from customers.models import Commitment, ContactPoint, Customer, Goal, Merge
from customers.querysets import CustomerQuerySet
from interactions.models import Conversation, Interaction
from partnership.core.formats import format_number

_FIELDS = (
    "name", "preferred_name", "kind", "about", "organisation", "role", "owner", "introduced_by", "lifecycle",
    "do_not_contact", "restricted", "language", "timezone", "preferred_channel", "pace", "tags", "since",
    "renews_on", "renewal_amount",
)  # fmt: skip

_MOST_CONTACT_POINTS = 50


@dataclass(frozen=True)
class _FieldComparison:
    """A field of both customers as text, and of the merged one."""

    name: str
    survivor: str
    absorbed: str
    result: str


@dataclass(frozen=True)
class MergePreview:
    """Two customers compared. `contact_points` of each; `moves`: how much the survivor takes over, as sentences;
    `renewal`: which of two renewals stays, empty where no choice is made."""

    survivor: Customer
    absorbed: Customer
    differing: list[_FieldComparison]
    matching: list[_FieldComparison]
    contact_points: list[list[str]]
    moves: list[str]
    renewal: str


def preview_merge(survivor: Customer, absorbed: Customer, *, visible: CustomerQuerySet) -> MergePreview:
    """Compare two customers; only names of `visible` ones are shown."""
    columns = [field.attname for field in Customer._meta.concrete_fields if not field.generated]
    result = Customer(**{column: getattr(survivor, column) for column in columns})
    for name, value in combine_fields(survivor, absorbed).items():
        setattr(result, name, value)
    comparisons = [_compare_field(name, survivor, absorbed, result, visible) for name in _FIELDS]
    filled = [one for one in comparisons if one.survivor or one.absorbed]
    return MergePreview(
        survivor=survivor,
        absorbed=absorbed,
        differing=[one for one in filled if one.survivor != one.absorbed],
        matching=[one for one in filled if one.survivor == one.absorbed],
        contact_points=[_contact_points(survivor), _contact_points(absorbed)],
        moves=_count_rows(absorbed),
        renewal=_renewal_sentence(survivor, absorbed),
    )


def _renewal_sentence(survivor: Customer, absorbed: Customer) -> str:
    theirs, others = ((one.renews_on, one.renewal_amount) for one in (survivor, absorbed))
    if survivor.renews_on is None or absorbed.renews_on is None or theirs == others:
        return ""
    return _(
        "Both have a renewal: that of %(name)s stays, day and amount. If both agreements go on, enter what they are"
        " worth together in the details afterwards."
    ) % {"name": survivor}


def _compare_field(
    name: str, survivor: Customer, absorbed: Customer, result: Customer, visible: CustomerQuerySet
) -> _FieldComparison:
    label = capfirst(str(Customer._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    return _FieldComparison(label, *(_field_text(one, name, visible) for one in (survivor, absorbed, result)))


def _field_text(customer: Customer, name: str, visible: CustomerQuerySet) -> str:
    if name in ("organisation", "introduced_by"):
        return str(visible.filter(pk=getattr(customer, f"{name}_id")).first() or "")
    value = getattr(customer, f"get_{name}_display", lambda: getattr(customer, name))()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, Decimal):
        return format_number(value, 2)
    return "" if value is None else str(value)


def _contact_points(customer: Customer) -> list[str]:
    return list(customer.contact_points.values_list("value", flat=True)[:_MOST_CONTACT_POINTS])


# What a merge moves, by foreign key, and how to say how much.
_MOVED_ROWS: tuple[tuple[type[Model], str, Any], ...] = (
    (Interaction, "customer", ngettext_lazy("%(n)s entry of the timeline", "%(n)s entries of the timeline", "count")),
    (Conversation, "customer", ngettext_lazy("%(n)s conversation", "%(n)s conversations", "count")),
    (Goal, "customer", ngettext_lazy("%(n)s goal", "%(n)s goals", "count")),
    (Commitment, "customer", ngettext_lazy("%(n)s promise", "%(n)s promises", "count")),
    (ContactPoint, "customer", ngettext_lazy("%(n)s way to reach them", "%(n)s ways to reach them", "count")),
    (
        Customer,
        "organisation",
        ngettext_lazy("%(n)s person who belongs to them", "%(n)s people who belong to them", "count"),
    ),
    (
        Customer,
        "introduced_by",
        ngettext_lazy("%(n)s customer introduced by them", "%(n)s customers introduced by them", "count"),
    ),
    (
        Interaction,
        "person",
        ngettext_lazy("%(n)s entry of their organisation", "%(n)s entries of their organisation", "count"),
    ),
)


def _count_rows(absorbed: Customer) -> list[str]:
    """Say how many rows of the absorbed customer would become the survivor's."""
    return _say_counts(lambda model, field: model._default_manager.filter(**{field: absorbed}).count())


def count_moved_rows(merge: Merge) -> list[str]:
    """Say how many rows became the survivor's."""
    return _say_counts(lambda model, field: len(moved_rows(merge, model, field)))


def _say_counts(count: Callable[[type[Model], str], int]) -> list[str]:
    counts = ((count(model, field), text) for model, field, text in _MOVED_ROWS)
    return [text % {"count": number, "n": intcomma(number)} for number, text in counts if number]


def merge_sentence(merge: Merge) -> str:
    """Name both customers of a merge, its day and its author."""
    return _("%(absorbed)s was merged into %(survivor)s on %(day)s by %(name)s.") % {
        "absorbed": merge.absorbed,
        "survivor": merge.survivor,
        "day": date_format(localtime(merge.merged_at), "SHORT_DATE_FORMAT"),
        "name": merge.by or "–",
    }
