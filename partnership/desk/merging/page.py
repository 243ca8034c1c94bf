"""Two customers side by side before they are merged, and what a merge did: for people to decide by."""

from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merge_fields import combine_fields
from customers.merge_rows import moved_rows
from customers.models import Commitment, ContactPoint, Customer, Goal, Merge
from customers.querysets import CustomerQuerySet
from interactions.models import Conversation, Interaction

TOLD = (
    "name", "preferred_name", "kind", "about", "organisation", "role", "owner", "introduced_by", "lifecycle",
    "do_not_contact", "restricted", "language", "timezone", "preferred_channel", "pace", "tags", "since",
)  # fmt: skip
"""Fields of the record that are compared, in this order."""

REACHED_BY = 50
"""Contact points of each that are told."""


@dataclass(frozen=True)
class Line:
    """One field of both, in words, and what it will be. `same`: they agree."""

    name: str
    survivor: str
    absorbed: str
    result: str

    @property
    def same(self) -> bool:
        return self.survivor == self.absorbed


def preview(survivor: Customer, absorbed: Customer, *, visible: CustomerQuerySet) -> dict[str, Any]:
    """`visible`: customers whose names the reader may learn."""
    changes = combine_fields(survivor, absorbed)
    result = Customer(**{field.attname: getattr(survivor, field.attname) for field in columns()})
    for name, value in changes.items():
        setattr(result, name, value)
    lines = [line_of(name, survivor, absorbed, result, visible) for name in TOLD]
    told = [line for line in lines if line.survivor or line.absorbed]
    return {
        "survivor": survivor,
        "absorbed": absorbed,
        "differing": [line for line in told if not line.same],
        "matching": [line for line in told if line.same],
        "reach": [points_of(survivor), points_of(absorbed)],
        "moving": to_move(absorbed),
    }


def columns() -> list[Any]:
    return [field for field in Customer._meta.concrete_fields if not field.generated]


def line_of(name: str, survivor: Customer, absorbed: Customer, result: Customer, visible: CustomerQuerySet) -> Line:
    label = capfirst(str(Customer._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    return Line(label, *(in_words(one, name, visible) for one in (survivor, absorbed, result)))


def in_words(customer: Customer, name: str, visible: CustomerQuerySet) -> str:
    if name in ("organisation", "introduced_by"):
        return str(visible.filter(pk=getattr(customer, f"{name}_id")).first() or "")
    value = getattr(customer, f"get_{name}_display", lambda: getattr(customer, name))()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(value)
    if name == "since":
        return date_format(value, "j M Y") if value else ""
    return str(value or "")


def points_of(customer: Customer) -> list[str]:
    return list(customer.contact_points.values_list("value", flat=True)[:REACHED_BY])


COUNTED: tuple[tuple[type[Model], str], ...] = (
    (Interaction, "customer"),
    (Conversation, "customer"),
    (Goal, "customer"),
    (Commitment, "customer"),
    (ContactPoint, "customer"),
    (Customer, "organisation"),
    (Customer, "introduced_by"),
    (Interaction, "person"),
)


def to_move(absorbed: Customer) -> list[str]:
    """How much of theirs will be the survivor's, in words."""
    return counted([model._default_manager.filter(**{name: absorbed}).count() for model, name in COUNTED])


def moved(merge: Merge) -> list[str]:
    """How much became the survivor's, in words."""
    return counted([len(moved_rows(merge, model, name)) for model, name in COUNTED])


def counted(numbers: list[int]) -> list[str]:
    entries, threads, goals, promises, points, people, introduced, spoken = numbers
    told = [
        (entries, ngettext("%(n)s entry of the timeline", "%(n)s entries of the timeline", entries)),
        (threads, ngettext("%(n)s conversation", "%(n)s conversations", threads)),
        (goals, ngettext("%(n)s goal", "%(n)s goals", goals)),
        (promises, ngettext("%(n)s promise", "%(n)s promises", promises)),
        (points, ngettext("%(n)s way to reach them", "%(n)s ways to reach them", points)),
        (people, ngettext("%(n)s person who belongs to them", "%(n)s people who belong to them", people)),
        (
            introduced,
            ngettext("%(n)s customer whom they introduced", "%(n)s customers whom they introduced", introduced),
        ),
        (spoken, ngettext("%(n)s entry of their organisation", "%(n)s entries of their organisation", spoken)),
    ]
    return [words % {"n": intcomma(n)} for n, words in told if n]


def sentence(merge: Merge) -> str:
    """Who was merged into whom, when and by whom."""
    told = {
        "absorbed": merge.absorbed,
        "survivor": merge.survivor,
        "day": date_format(localtime(merge.merged_at), "j M Y"),
        "name": merge.by or "–",
    }
    return _("%(absorbed)s was merged into %(survivor)s on %(day)s by %(name)s.") % told
