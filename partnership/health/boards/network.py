"""The network: who introduced whom, and what that is worth."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.core.formats import format_number
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Head, Sentence, Subject, Table, number, subject_heads
from partnership.health.models import CustomerMetrics

SHOWN = 25  # trees on the page; the file has all

_DEEPEST, _WIDEST = 12, 20  # levels of a tree on the page, and customers of one level below another

_MOST_INTRODUCTIONS = 10_000  # the newest


@dataclass
class Node:
    """`own`: what they bought; `brought`: what all below them bought; `unshown`: how many more are below."""

    pk: int
    name: str
    own: int
    brought: int
    people: int
    below: list["Node"] = field(default_factory=list)
    unshown: int = 0


@dataclass(frozen=True)
class _Net:
    """Maps by customer; `roots` are the trees, the best first."""

    own: dict[int, int]
    below: dict[int, list[int]]
    brought: dict[int, int]
    people: dict[int, int]
    roots: list[int]

    def node(self, pk: int, names: dict[int, str]) -> Node:
        return Node(pk, names.get(pk, ""), self.own[pk], self.brought[pk], self.people[pk])

    def nodes(self, roots: list[int]) -> list[Node]:
        """Build the trees as deep and as wide as the page shows them."""
        levels = [roots]
        while len(levels) < _DEEPEST and levels[-1]:
            levels.append([child for pk in levels[-1] for child in self.below.get(pk, ())[:_WIDEST]])
        names = _names([pk for level in levels for pk in level])
        nodes = {pk: self.node(pk, names) for level in levels for pk in level}
        for pk in (pk for level in levels[:-1] for pk in level):
            nodes[pk].below = [nodes[child] for child in self.below.get(pk, ())[:_WIDEST]]
        for pk, node in nodes.items():
            node.unshown = len(self.below.get(pk, ())) - len(node.below)
        return [nodes[pk] for pk in roots]


def network(scope: Scope) -> Board:
    net = _build_net(scope)
    title = _("Network")
    text = _(
        "Who introduced whom. A customer's worth to us includes the customers that they bring;"
        " amounts in %s, of all time."
    )
    if not net.roots:
        return Board(
            title,
            text % scope.firm.currency,
            empty=_("No introductions yet. Name who introduced a customer in their details."),
        )
    people = sum(net.people[root] for root in net.roots)
    told = ngettext("%(n)s customer came through another and bought for %(amount)s %(currency)s.",
                    "%(n)s customers came through others and bought for %(amount)s %(currency)s.", people)  # fmt: skip
    told %= {
        "n": format_number(people), "amount": format_number(sum(net.brought[root] for root in net.roots)),
        "currency": scope.firm.currency,
    }  # fmt: skip
    drawn = net.nodes(net.roots[:SHOWN])
    more = _("The first %(shown)d; the file has the others.") % {"shown": SHOWN} if len(net.roots) > SHOWN else ""
    table = Table(
        "network", _("By what they brought"), heads(scope), [_tree_row(root) for root in drawn], more, folded=True
    )
    return Board(title, text % scope.firm.currency, [Sentence(told)], [table], drawn)


def heads(scope: Scope) -> list[str | Head]:
    currency = scope.firm.currency
    bought = [Head(_("Bought themselves"), currency), Head(_("Bought by those they brought"), currency)]
    return [_("Customer"), _("Introduced, in all"), *bought]


def file_heads(scope: Scope) -> list[str]:
    return [*(head.in_file if isinstance(head, Head) else head for head in heads(scope)), *subject_heads()]


def _tree_row(root: Node) -> list[Cell]:
    numbers = [number(figure) for figure in (root.people, root.own, root.brought)]
    return [Cell(root.name, reverse("customer", args=[root.pk])), *numbers]


def export_rows(scope: Scope) -> Iterator[list[object]]:
    """Yield all trees for a file."""
    net = _build_net(scope)
    names = _names(net.roots)
    customers = Customer.objects.select_related("owner").in_bulk(net.roots)
    metrics = CustomerMetrics.objects.filter(period=scope.period, customer__in=net.roots)
    tiers = dict(metrics.values_list("customer_id", "tier"))
    for root in net.roots:
        subject = Subject.of(customers[root], scope.tier_name(tiers.get(root)))
        yield [*(cell.in_file for cell in _tree_row(net.node(root, names))), *subject.cells]


def _names(customers: list[int]) -> dict[int, str]:
    return dict(Customer.objects.filter(pk__in=customers).values_list("pk", "name"))


def _build_net(scope: Scope) -> _Net:
    """Build the trees of introductions; those in a circle belong to none."""
    pairs = introduced(scope).values_list("pk", "introduced_by")[:_MOST_INTRODUCTIONS]
    above = {pk: up for pk, up in pairs if up is not None}
    own = dict.fromkeys([*above, *above.values()], 0)
    listed = RawSQL("SELECT unnest(%s::bigint[])", [list(own)])
    metrics = CustomerMetrics.objects.filter(period=scope.period, customer__in=listed)
    own |= dict(metrics.values_list("customer_id", "bought"))
    below: dict[int, list[int]] = {}
    for pk, up in above.items():
        below.setdefault(up, []).append(pk)
    chosen = set(below)
    chosen &= set(scope.customers().order_by().filter(pk__in=chosen).values_list("pk", flat=True))
    brought, people = dict.fromkeys(own, 0), dict.fromkeys(own, 0)
    net = _Net(own, below, brought, people, [pk for pk in chosen if _is_root(pk, above, chosen)])
    _weigh(net)
    net.roots.sort(key=lambda pk: (-brought[pk], -people[pk], pk))
    return net


def introduced(scope: Scope) -> CustomerQuerySet:
    """Return the introduced customers, the newest first."""
    visible = Customer.objects.visible_to(scope.viewer).unmerged()
    gone = Customer.objects.filter(merged_into__isnull=False).values("pk")
    found = visible.filter(introduced_by__isnull=False).exclude(introduced_by__in=gone).order_by("-pk")
    return found if scope.viewer.is_manager else found.filter(introduced_by__in=visible)


def _is_root(pk: int, above: dict[int, int], chosen: set[int]) -> bool:
    """Return whether none above is chosen, and the way up is no circle."""
    seen, up = {pk}, above.get(pk)
    while up is not None and up not in seen:
        if up in chosen:
            return False
        seen.add(up)
        up = above.get(up)
    return up is None


def _weigh(net: _Net) -> None:
    """Sum up all trees from their leaves, and sort each level by what it brought."""
    levels = [net.roots]
    while below := [child for pk in levels[-1] for child in net.below.get(pk, ())]:
        levels.append(below)
    for level in reversed(levels):
        for pk in level:
            children = net.below.get(pk, [])
            net.people[pk] = sum(1 + net.people[child] for child in children)
            net.brought[pk] = sum(net.own[child] + net.brought[child] for child in children)
            children.sort(key=lambda child: (-net.own[child] - net.brought[child], child))
