"""Who introduced whom, and what that is worth."""

from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from partnership.health.scope import Scope
from partnership.health.tables import Board, Cell, Sentence, Table

SHOWN = 25
"""Trees of a page; the file has the same."""

DEEPEST, WIDEST = 12, 2000


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
    heads = [_("Customer"), _("Introduced, in all"), _("Bought themselves"), _("Bought by those they brought")]
    rows = [
        [Cell(root.name, f"/customers/{root.pk}/"), Cell(f"{root.people:,}", number=True),
         Cell(f"{root.own:,}", number=True), Cell(f"{root.brought:,}", number=True)]
        for root in roots
    ]  # fmt: skip
    people = sum(root.people for root in roots)
    told = ngettext("%s customer came through another", "%s customers came through others", people) % f"{people:,}"
    worth = _("and bought for %(amount)s %(currency)s.") % {
        "amount": f"{sum(root.brought for root in roots):,}", "currency": scope.firm.currency,
    }  # fmt: skip
    table = Table("network", _("By what they brought"), heads, rows, folded=True)
    return Board(title, text % scope.firm.currency, [Sentence(f"{told}, {worth}")], [table], roots[:SHOWN])


def trees(scope: Scope) -> list[Node]:
    """The best network first; of a circle of introductions nobody is the root. At most WIDEST people are looked at."""
    visible = Customer.objects.visible_to(scope.viewer).standing()
    chosen = scope.customers().filter(introduced__in=visible).order_by().values_list("pk", flat=True).distinct()
    sql, given = chosen.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(BELOW.format(chosen=sql), [*given, DEEPEST, WIDEST])
        rows = cursor.fetchall()
    seen = set(visible.filter(pk__in=[pk for pk, *_rest in rows]).values_list("pk", flat=True))
    nodes = {pk: Node(pk, name, own) for pk, _up, name, own in rows if pk in seen}
    under = {pk: up for pk, up, _name, _own in rows if pk in nodes and up in nodes}
    for pk, up in under.items():
        nodes[up].below.append(nodes[pk])
    roots = [node for pk, node in nodes.items() if pk not in under and node.below]
    for root in roots:
        weigh(root)
    return sorted(roots, key=lambda node: (-node.brought, -node.people, node.name))


def weigh(node: Node) -> None:
    for child in node.below:
        weigh(child)
        node.people += 1 + child.people
        node.brought += child.own + child.brought
    node.below.sort(key=lambda child: (-child.own - child.brought, child.name))


# Those above whom nobody is chosen begin a tree. Served by the index on introduced_by_id.
BELOW = """
WITH RECURSIVE chosen AS ({chosen}), tree AS (
  SELECT customer.id, NULL::bigint AS up, 0 AS depth FROM customers_customer customer
  WHERE customer.id IN (SELECT * FROM chosen)
    AND (customer.introduced_by_id IS NULL OR customer.introduced_by_id NOT IN (SELECT * FROM chosen))
  UNION ALL
  SELECT child.id, tree.id, tree.depth + 1 FROM tree JOIN customers_customer child ON child.introduced_by_id = tree.id
  WHERE tree.depth < %s AND child.merged_into_id IS NULL
)
SELECT tree.id, tree.up, customer.name, coalesce(tally.bought, 0)
FROM tree JOIN customers_customer customer ON customer.id = tree.id
LEFT JOIN health_tally tally ON tally.customer_id = tree.id
ORDER BY tree.depth, tree.id LIMIT %s"""
