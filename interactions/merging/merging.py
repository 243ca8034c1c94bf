"""Merge two customers. The merge lists every row that it moves, so that it can be undone."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from customers.merging.fields import combine_fields
from customers.merging.rows import column_key, move_rows, pause_audit
from customers.models import Commitment, ContactPoint, Customer, Goal, Merge
from customers.signals import customers_merged, history_changed
from interactions.errors import ActionRefused
from interactions.models import Conversation, Deletion, Erasure, Interaction
from partnership.core.locks import LockKey, lock_transaction
from partnership.staff.models import User

# Foreign keys whose rows move unchanged. Timelines need more (_move_timeline); packages above move their own rows on
# customers_merged.
MOVED_COLUMNS: tuple[tuple[type[models.Model], str], ...] = (
    (ContactPoint, "customer"),
    (Goal, "customer"),
    (Commitment, "customer"),
    (Conversation, "customer"),
    (Deletion, "customer"),
    (Customer, "organisation"),
    (Customer, "introduced_by"),
)

# Key of entries between the two customers, as customer and person, whose person was cleared.
CLEARED_PERSONS = f"{column_key(Interaction, 'person')}.own"


@transaction.atomic
def merge_customers(*, survivor: Customer, absorbed: Customer, by: User, at: datetime) -> Merge:
    """Merge two customers into the survivor, who gets both histories. Raise ActionRefused with the reason if
    impossible."""
    lock_transaction(LockKey.HISTORY)
    lock_timelines([absorbed.pk])
    survivor, absorbed = lock_customers(survivor, absorbed)
    if obstacle := merge_obstacle(survivor, absorbed):
        raise ActionRefused(obstacle)
    done = Merge(survivor=survivor, absorbed=absorbed, by=by, merged_at=at)
    _move_timeline(done)
    for model, name in MOVED_COLUMNS:
        move_rows(done, model, name, exclude=[survivor.pk] if model is Customer else ())
    _combine_records(survivor, absorbed, done)
    absorbed.merged_into = survivor
    absorbed.save(update_fields=["merged_into"])
    customers_merged.send(sender=Merge, survivor_id=survivor.pk, absorbed_id=absorbed.pk, merge=done)
    done.save()
    history_changed.send(sender=Merge, customer_ids=[survivor.pk, absorbed.pk])
    return done


def merge_obstacle(survivor: Customer, absorbed: Customer) -> str:
    """Explain why the two cannot be merged; empty if they can."""
    if survivor.pk == absorbed.pk:
        return _("This is the same customer: choose another one.")
    for one in (survivor, absorbed):
        if one.merged_into_id:
            named = {"name": one, "survivor": one.merged_into}
            return _("%(name)s was merged into %(survivor)s already.") % named
    if Erasure.objects.filter(customer__in=[survivor, absorbed]).exists():
        return _("An erased customer can't be merged: nobody knows any more who they were.")
    if survivor.kind == absorbed.kind:
        return ""
    if absorbed.kind == Customer.Kind.PERSON:
        return _("A person can't be merged into an organisation: make %(organisation)s where they work instead.") % {
            "organisation": survivor
        }
    if survivor.organisation_id == absorbed.pk:
        return _("%(name)s belongs to %(organisation)s, which can't be merged into them.") % {
            "name": survivor,
            "organisation": absorbed,
        }
    if absorbed.people.exists() or absorbed.interactions.exclude(person=None).exists():
        return _("People belong to %(organisation)s, so it can't be merged into a person.") % {"organisation": absorbed}
    return ""


def lock_timelines(customers: Iterable[int]) -> None:
    """Lock the customers' goals, promises, entries and threads until the transaction ends.

    The order is the one of all writers: goals and promises, entries, threads (as in lock_threads), customers last.
    """
    pks = list(customers)
    theirs, about_them = Q(customer__in=pks), Q(customer__in=pks) | Q(person__in=pks)
    for rows in (
        Goal.objects.filter(theirs),
        Commitment.objects.filter(theirs),
        Deletion.objects.filter(theirs),
        Interaction.objects.filter(about_them),
        Conversation.objects.filter(theirs),
    ):
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def lock_customers(*customers: Customer) -> list[Customer]:
    """Return the customers as they are now, locked against new entries until the transaction ends.

    Customers who name them as organisation or introducer are locked with them, in key order.
    """
    pks = [customer.pk for customer in customers]
    concerned = Q(pk__in=pks) | Q(organisation__in=pks) | Q(introduced_by__in=pks)
    list(Customer.objects.select_for_update().filter(concerned).order_by("pk").values_list("pk"))
    found = Customer.objects.in_bulk(pks)
    return [found[pk] for pk in pks]


def _move_timeline(done: Merge) -> None:
    """Move the absorbed customer's entries. An entry between the two loses its person."""
    between = Interaction.objects.filter(customer=done.survivor_id, person=done.absorbed_id)
    between |= Interaction.objects.filter(customer=done.absorbed_id, person=done.survivor_id)
    met = list(between.order_by("pk").values_list("pk", "person_id"))
    if met:
        done.moved[CLEARED_PERSONS] = [list(pair) for pair in met]
        with pause_audit():
            Interaction.objects.filter(pk__in=[pk for pk, _ in met]).update(person=None)
    move_rows(done, Interaction, "customer")
    move_rows(done, Interaction, "person")


def _combine_records(survivor: Customer, absorbed: Customer, done: Merge) -> None:
    fields = combine_fields(survivor, absorbed)
    if fields:
        done.moved["fields"] = {
            name: [json_value(getattr(survivor, name)), json_value(value)] for name, value in fields.items()
        }
        for name, value in fields.items():
            setattr(survivor, name, value)
        survivor.save(update_fields=list(fields))


def json_value(value: object) -> object:
    """Convert a field's value to JSON: a date and a decimal to text, a file to its name."""
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
