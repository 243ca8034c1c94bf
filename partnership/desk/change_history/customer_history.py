"""The changes of one customer's record and of all that belongs to it, newest first."""

from customers.merging.resolution import absorbed_customers
from customers.models import CheckIn, Commitment, ContactPoint, Customer, Goal, Merge
from customers.querysets import CustomerQuerySet
from interactions.change_history import AuditedModel, Event, describe_events
from interactions.change_history.events import PAGE_EVENTS
from interactions.change_history.statement import EVENT_KEY, fetch_rows
from interactions.models import Conversation, Interaction, Settlement
from partnership.core.pagination import Page, build_page, parse_key, parse_moment
from partnership.scoring.models import TierPin

_TRACKED = (
    AuditedModel(Customer, scope="event.pgh_obj_id = ANY(%(customers)s)"),
    AuditedModel(ContactPoint, number=1),
    AuditedModel(Goal, number=2),
    AuditedModel(
        CheckIn,
        "(SELECT goal.title FROM customers_goal goal WHERE goal.id = event.goal_id)",
        "event.goal_id IN (SELECT id FROM customers_goal WHERE customer_id = ANY(%(customers)s))",
        3,
    ),
    AuditedModel(Commitment, number=4),
    AuditedModel(Conversation, number=5),
    AuditedModel(
        Interaction, "coalesce(nullif(event.subject, ''), nullif(left(event.body, 60), ''), event.kind)", number=6
    ),
    AuditedModel(TierPin, number=7),
    AuditedModel(
        Merge, scope="(event.survivor_id = ANY(%(customers)s) OR event.absorbed_id = ANY(%(customers)s))", number=8
    ),
    AuditedModel(
        Settlement,
        "(SELECT thread.subject FROM interactions_conversation thread WHERE thread.id = event.conversation_id)",
        "event.conversation_id IN (SELECT id FROM interactions_conversation WHERE customer_id = ANY(%(customers)s))",
        9,
    ),
)

_BEFORE = "(event.pgh_created_at, {key}) < (%(at)s::timestamptz, %(key)s)"

# Each branch reads one customer's events by the index on customer_id, each next row by that on pgh_obj_id.
_STATEMENT = (
    "\nUNION ALL\n".join(
        tracked.select(f"{tracked.scope} AND {_BEFORE.format(key=EVENT_KEY.format(number=tracked.number))}")
        for tracked in _TRACKED
    )
    + "\nORDER BY at DESC, key DESC LIMIT %(limit)s"
)


def customer_history(customer: Customer, *, visible: CustomerQuerySet, before: str = "") -> Page[Event]:
    """List a page of changes, with those of customers merged into this one. BadRequest when `before` is no key.

    `visible`: customers whose names the reader may see.
    """
    at, key = parse_key(before, parse_moment) if before else ("infinity", 0)
    parameters = {
        "customers": [customer.pk, *absorbed_customers(customer.pk)],
        "at": at,
        "key": key,
        "limit": PAGE_EVENTS + 1,
    }
    page = build_page(fetch_rows(_STATEMENT, parameters), size=PAGE_EVENTS, key=lambda row: (row["at"], row["key"]))
    return Page(describe_events(page.rows, _TRACKED, visible=visible), page.after)
