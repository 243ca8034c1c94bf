"""Which rows are one customer's: of their record, their timeline, and the audit of both."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet

from customers.merging.resolution import absorbed_customers
from customers.models import CheckIn, Commitment, ContactPoint, Customer, Goal, Merge
from interactions.models import Attachment, Conversation, Deletion, Interaction, Outgoing, Settlement

Keys = list[int]
Rows = QuerySet[Any, Any]


def record_keys(customer: Customer) -> Keys:
    """Return the keys of the customer and of everybody merged into them, who is the same person."""
    return [customer.pk, *sorted(absorbed_customers(customer.pk))]


def own_entries(keys: Keys) -> Q:
    """Keep entries of their timelines, and what they said or were told on an organisation's."""
    return Q(customer__in=keys) | Q(person__in=keys)


def _entry_pks(keys: Keys) -> Rows:
    return Interaction.objects.filter(own_entries(keys)).order_by().values("pk")


def _of_customer(model: type[Model]) -> Callable[[Keys], Rows]:
    return lambda keys: model._default_manager.filter(customer__in=keys)


# Of the floors up to this one; the upper ones receive customers.signals.customers_erased.
ROWS: Mapping[type[Model], Callable[[Keys], Rows]] = {
    Customer: lambda keys: Customer.objects.filter(pk__in=keys),
    ContactPoint: _of_customer(ContactPoint),
    Goal: _of_customer(Goal),
    CheckIn: lambda keys: CheckIn.objects.filter(goal__customer__in=keys),
    Commitment: _of_customer(Commitment),
    Conversation: _of_customer(Conversation),
    Settlement: lambda keys: Settlement.objects.filter(conversation__customer__in=keys),
    Interaction: lambda keys: Interaction.objects.filter(own_entries(keys)),
    Attachment: lambda keys: Attachment.objects.filter(interaction__in=_entry_pks(keys)),
    Outgoing: lambda keys: Outgoing.objects.filter(interaction__in=_entry_pks(keys)),
    Deletion: _of_customer(Deletion),
    Merge: lambda keys: Merge.objects.filter(Q(survivor__in=keys) | Q(absorbed__in=keys)),
}


def events_of(model: type[Model], keys: Keys, rows: Rows) -> Rows:
    """Return the audit's earlier states of these rows, and of rows that were theirs and are gone."""
    events: type[Model] = model.pgh_event_model  # type: ignore[attr-defined]
    theirs = Q(pgh_obj_id__in=rows.order_by().values("pk"))
    columns = {field.attname for field in events._meta.concrete_fields}
    theirs |= Q(**{f"{name}__in": keys for name in ["customer_id"] if name in columns})
    if "person_id" in columns:
        theirs |= Q(person_id__in=keys)
    if model is CheckIn:
        theirs |= Q(goal_id__in=ROWS[Goal](keys).order_by().values("pk"))
    if model is Attachment:
        gone = events_of(Interaction, keys, ROWS[Interaction](keys)).order_by().values("pgh_obj_id")
        theirs |= Q(interaction_id__in=gone)
    return events._default_manager.filter(theirs)


def audited_rows(keys: Keys) -> Iterator[tuple[type[Model], Rows]]:
    """Yield each audited model with the earlier states of the customer's rows, oldest first."""
    for model, rows in ROWS.items():
        if hasattr(model, "pgh_event_model"):
            yield model, events_of(model, keys, rows(keys)).order_by("pgh_id")
