"""Who introduced whom, and what that is worth."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from partnership.health.scope import Scope
from partnership.health.tables import MOST_SHOWN, Board, Cell, Sentence, Table

SHOWN = 25
"""Trees of a page; the file has the same."""

DEEPEST = 12
"""Levels of a tree that are drawn."""

MOST = 10_000
"""Introductions that are looked at, the newest first."""


ABOVE = ("introduced_by", "introduced_by__name", "introduced_by__tally__bought")


@dataclass
class Node:
    """`own`: what they bought; `brought`: what all below them bought."""

    pk: int
    name: str
    own: int
    brought: int = 0
    people: int = 0
    below: list["Node"] = field(default_factory=list)


def network(scope: Scope) -> Board:
    roots = trees(scope)
    title = _("Network")
    text = _("Who introduced whom. What somebody is worth to us includes those they bring; amounts in %s, of all time.")
    if not roots:
        return Board(
            title,
            text % scope.firm.currency,
            empty=_("Nobody is known to have introduced anybody. Say who brought a customer in their details."),
        )
    people = sum(root.people for root in roots)
    told = ngettext("%s customer came through another", "%s customers came through others", people) % f"{people:,}"
    worth = _("and bought for %(amount)s %(currency)s.") % {
        "amount": f"{sum(root.brought for root in roots):,}", "currency": scope.firm.currency,
    }  # fmt: skip
    table = Table(
        "network", _("By what they brought"), heads(), [row_of(root) for root in roots[:MOST_SHOWN]], folded=True
    )
    return Board(title, text % scope.firm.currency, [Sentence(f"{told}, {worth}")], [table], roots[:SHOWN])


def heads() -> list[str]:
    return [_("Customer"), _("Introduced, in all"), _("Bought themselves"), _("Bought by those they brought")]


def row_of(root: Node) -> list[Cell]:
    numbers = [Cell(f"{number:,}", number=True) for number in (root.people, root.own, root.brought)]
    return [Cell(root.name, reverse("customer", args=[root.pk])), *numbers]


def every(scope: Scope) -> Iterator[list[str]]:
    """All trees for a file."""
    return ([cell.text for cell in row_of(root)] for root in trees(scope))


def trees(scope: Scope) -> list[Node]:
    """The best network first; who is above whom in a circle of introductions is nobody's tree."""
    visible = Customer.objects.visible_to(scope.viewer).standing()
    found = visible.filter(introduced_by__isnull=False, introduced_by__merged_into=None).order_by("-pk")
    if not scope.viewer.is_manager:
        found = found.filter(introduced_by__in=visible)
    rows = list(found.values_list("pk", "name", "tally__bought", *ABOVE)[:MOST])
    nodes = {up: Node(up, name, own or 0) for *_below, up, name, own in rows}
    nodes |= {pk: Node(pk, name, own or 0) for pk, name, own, *_above in rows}
    above = {pk: up for pk, _name, _own, up, *_rest in rows}
    for pk, up in above.items():
        nodes[up].below.append(nodes[pk])
    chosen = set(above.values())
    if scope.is_narrowed:
        chosen &= set(scope.customers().order_by().filter(pk__in=chosen).values_list("pk", flat=True))
    roots = [nodes[pk] for pk in chosen if is_root(pk, above, chosen)]
    for root in roots:
        weigh(root)
    return sorted(roots, key=lambda node: (-node.brought, -node.people, node.name, node.pk))


def is_root(pk: int, above: dict[int, int], chosen: set[int]) -> bool:
    """None of those above is chosen, and it does not end where it began."""
    seen, up = {pk}, above.get(pk)
    while up is not None and up not in seen:
        if up in chosen:
            return False
        seen.add(up)
        up = above.get(up)
    return up is None


def weigh(root: Node) -> None:
    """Sum up from the leaves; below DEEPEST levels only the sums are told."""
    levels = [[root]]
    while below := [child for node in levels[-1] for child in node.below]:
        levels.append(below)
    for level in reversed(levels):
        for node in level:
            node.people = sum(1 + child.people for child in node.below)
            node.brought = sum(child.own + child.brought for child in node.below)
            node.below.sort(key=lambda child: (-child.own - child.brought, child.name))
    for node in levels[DEEPEST - 1] if len(levels) > DEEPEST else ():
        node.below = []
