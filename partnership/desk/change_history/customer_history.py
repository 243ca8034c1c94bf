"""The changes of one customer's record and of all that belongs to it, newest first."""

from datetime import datetime

from customers.merge_resolution import absorbed_by
from customers.models import CheckIn, Commitment, ContactPoint, Customer, Goal, Merge
from customers.querysets import CustomerQuerySet
from interactions.change_history import Event, Tracked, told
from interactions.change_history.events import EVENTS
from interactions.change_history.statement import KEY, rows
from interactions.models import Conversation, Interaction
from partnership.core.pagination import Page, build_page, parse_key
from partnership.scoring.models import TierPin

_TRACKED = (
    Tracked(Customer, whose="event.pgh_obj_id = ANY(%(customers)s)"),
    Tracked(ContactPoint, number=1),
    Tracked(Goal, number=2),
    Tracked(
        CheckIn,
        "(SELECT goal.title FROM customers_goal goal WHERE goal.id = event.goal_id)",
        "event.goal_id IN (SELECT id FROM customers_goal WHERE customer_id = ANY(%(customers)s))",
        3,
    ),
    Tracked(Commitment, number=4),
    Tracked(Conversation, number=5),
    Tracked(Interaction, "coalesce(nullif(event.subject, ''), nullif(left(event.body, 60), ''), event.kind)", number=6),
    Tracked(TierPin, number=7),
    Tracked(
        Merge, whose="(event.survivor_id = ANY(%(customers)s) OR event.absorbed_id = ANY(%(customers)s))", number=8
    ),
)

_BEFORE = "(event.pgh_created_at, {key}) < (%(at)s::timestamptz, %(key)s)"

# Each branch reads one customer's events by the index on customer_id, each next row by that on pgh_obj_id.
_STATEMENT = (
    "\nUNION ALL\n".join(
        tracked.select(f"{tracked.whose} AND {_BEFORE.format(key=KEY.format(number=tracked.number))}")
        for tracked in _TRACKED
    )
    + "\nORDER BY at DESC, key DESC LIMIT %(limit)s"
)


def customer_history(customer: Customer, *, visible: CustomerQuerySet, before: str = "") -> Page[Event]:
    """List a page of changes, with those of customers merged into this one. BadRequest when `before` is no key.

    `visible`: customers whose names the reader may see.
    """
    at, key = parse_key(before, datetime.fromisoformat) if before else ("infinity", 0)
    parameters = {"customers": [customer.pk, *absorbed_by(customer.pk)], "at": at, "key": key, "limit": EVENTS + 1}
    page = build_page(rows(_STATEMENT, parameters), size=EVENTS, key=lambda row: (row["at"], row["key"]))
    return Page(told(page.rows, _TRACKED, visible=visible), page.after)
