"""What rules count of a history, and what scoring keeps of an erased customer: numbers alone."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from customers.signals import CountedFacts
from partnership.scoring.models import Run, TierPin, ValueRule


def find_counted_facts() -> CountedFacts:
    """Return the payload keys and tags of the rules of every rule set: an earlier one may be activated again."""
    payload: dict[str, set[str]] = defaultdict(set)
    tags: set[str] = set()
    rules = ValueRule.objects.order_by().values_list("payload_key", "payload_value", "number_key", "tags")
    for key, value, number_key, tagged in rules:
        if key:
            payload[key] |= {value} if value else set()
        if number_key:
            payload[number_key] |= set()
        tags |= set(tagged)
    return CountedFacts(payload, tags)


def erase_reasons(customers: Collection[int]) -> None:
    """Erase why a tier was pinned, and the refs in the results of previews and audits."""
    events: Any = TierPin.pgh_event_model  # type: ignore[attr-defined]
    for rows in (TierPin.objects.all(), events._default_manager.all()):
        rows.filter(customer__in=list(customers)).update(reason=_("Erased"))
    for run in Run.objects.exclude(result=None).iterator(50):
        if _forget(run.result, frozenset(customers)):
            run.save(update_fields=["result"])


def _forget(found: Any, customers: frozenset[int]) -> bool:
    """Clear the ref of the customers in a result; return whether they were in it."""
    if isinstance(found, list):
        return any([_forget(one, customers) for one in found])  # noqa: C419  (every one of them)
    if not isinstance(found, dict):
        return False
    is_theirs = found.get("id") in customers and bool(found.get("customer"))
    if is_theirs:
        found["customer"] = ""
    return any([_forget(one, customers) for one in found.values()]) or is_theirs  # noqa: C419
