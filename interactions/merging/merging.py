"""Two customers found to be one, and found to be two after all. The merge names every row that it moves."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from customers.merge_fields import combined
from customers.merge_rows import key_of, move, named_by_merges
from customers.models import Commitment, ContactPoint, Customer, Goal, Merge
from customers.signals import customers_merged, history_changed
from interactions.errors import ActionRefused
from interactions.models import Conversation, Deletion, Interaction
from partnership.core.locks import LockKey, lock_transaction
from partnership.staff.models import User

MOVED: tuple[tuple[type[models.Model], str], ...] = (
    (ContactPoint, "customer"),
    (Goal, "customer"),
    (Commitment, "customer"),
    (Conversation, "customer"),
    (Deletion, "customer"),
    (Customer, "organisation"),
    (Customer, "introduced_by"),
)
"""Whose rows are the survivor's as they stand; those of the timeline take more (move_timeline). What lies above moves
what is its own when it hears of the merge (customers.signals)."""

OWN_PERSON = f"{key_of(Interaction, 'person')}.own"
"""Rows on which the absorbed one and the survivor met, as the person and the customer: they have no person since."""


@transaction.atomic
def merge(*, survivor: Customer, absorbed: Customer, by: User, at: datetime) -> Merge:
    """From now on they are one: the survivor, who has both histories. ActionRefused says what stands in the way."""
    lock_transaction(LockKey.HISTORY)
    hold_lines([absorbed.pk])
    survivor, absorbed = hold_customers(survivor, absorbed)
    if why_not := obstacle(survivor, absorbed):
        raise ActionRefused(why_not)
    done = Merge(survivor=survivor, absorbed=absorbed, by=by, merged_at=at)
    move_timeline(done)
    for model, name in MOVED:
        move(done, model, name, but=[survivor.pk] if model is Customer else ())
    take_over(survivor, absorbed, done)
    absorbed.merged_into = survivor
    absorbed.save(update_fields=["merged_into"])
    customers_merged.send(sender=Merge, survivor_id=survivor.pk, absorbed_id=absorbed.pk, merge=done)
    done.save()
    history_changed.send(sender=Merge, customer_ids=[survivor.pk, absorbed.pk])
    return done


def obstacle(survivor: Customer, absorbed: Customer) -> str:
    """Why these two can't be merged; empty when they can."""
    if survivor.pk == absorbed.pk:
        return _("They are one already: choose somebody else.")
    for one in (survivor, absorbed):
        if one.merged_into_id:
            named = {"name": one, "survivor": one.merged_into}
            return _("%(name)s was merged into %(survivor)s already.") % named
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


def hold_lines(customers: Iterable[int]) -> None:
    """Until the end of the transaction: what they pursue and promised, the rows on their lines and their threads.

    In the order in which all do: what a row tells of, the row, then its thread (interactions.actions.threads.hold).
    Customers come last, as they do in the foreign keys of whatever is written.
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


def hold_customers(*customers: Customer) -> list[Customer]:
    """They as they stand, until the end of the transaction; nothing new is recorded for them meanwhile.

    In one order with those whose record names them, which is about to change as well.
    """
    pks = [customer.pk for customer in customers]
    concerned = Q(pk__in=pks) | Q(organisation__in=pks) | Q(introduced_by__in=pks)
    list(Customer.objects.select_for_update().filter(concerned).order_by("pk").values_list("pk"))
    found = Customer.objects.in_bulk(pks)
    return [found[pk] for pk in pks]


def move_timeline(done: Merge) -> None:
    """Nobody is their own person: where the two met so, the row has none."""
    between = Interaction.objects.filter(customer=done.survivor_id, person=done.absorbed_id)
    between |= Interaction.objects.filter(customer=done.absorbed_id, person=done.survivor_id)
    met = list(between.order_by("pk").values_list("pk", "person_id"))
    if met:
        done.moved[OWN_PERSON] = [list(pair) for pair in met]
        with named_by_merges():
            Interaction.objects.filter(pk__in=[pk for pk, _ in met]).update(person=None)
    move(done, Interaction, "customer")
    move(done, Interaction, "person")


def take_over(survivor: Customer, absorbed: Customer, done: Merge) -> None:
    fields = combined(survivor, absorbed)
    if fields:
        done.moved["fields"] = {name: [plain(getattr(survivor, name)), plain(value)] for name, value in fields.items()}
        for name, value in fields.items():
            setattr(survivor, name, value)
        survivor.save(update_fields=list(fields))


def plain(value: Any) -> Any:
    """As JSON holds it: a day as text, a file as its name."""
    if isinstance(value, FieldFile):
        return value.name or ""
    return value.isoformat() if isinstance(value, date) else value
