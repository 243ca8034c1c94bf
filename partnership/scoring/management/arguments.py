"""Arguments that scoring's commands share."""

from argparse import ArgumentTypeError
from datetime import date

from django.core.management.base import CommandError

from customers.models import Customer
from partnership.scoring.models import RuleSet
from partnership.staff.external_ids import parse_ref


def parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date: write it as 2026-03-31.") from None


def find_customer_id(ref: str) -> int:
    """Return the customer's key, or the surviving customer's after a merge. CommandError for an unknown ref."""
    try:
        source, external_id = parse_ref(ref)
    except ValueError as problem:
        raise CommandError(str(problem)) from problem
    customer = Customer.objects.filter(source=source, external_id=external_id).first()
    if customer is None:
        raise CommandError(f"There is no customer {ref}. export_history lists every ref.")
    while customer.merged_into is not None:
        customer = customer.merged_into
    return int(customer.pk)


def find_rule_set(name_or_id: str | None) -> RuleSet:
    """Return the set with rules and tiers; the active one for None. CommandError with all names for an unknown one."""
    if name_or_id is None:
        return RuleSet.objects.active()
    sets = RuleSet.objects.with_rows()
    found = sets.filter(name=name_or_id).first()
    if found is None and name_or_id.isdecimal():
        found = sets.filter(pk=name_or_id).first()
    if found is None:
        names = ", ".join(f"“{one.name}” ({one.pk}, {one.status})" for one in RuleSet.objects.order_by("pk"))
        raise CommandError(f"There is no rule set “{name_or_id}”. There are: {names}.")
    return found
