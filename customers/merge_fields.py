"""What the record of two customers says when they are one: what differs stays the survivor's."""

from typing import Any

from customers.models import Customer

_FILLED_WHEN_EMPTY = ("preferred_name", "about", "owner_id", "language", "timezone", "preferred_channel", "pace")
"""Taken from the absorbed one where the survivor's say nothing."""

_EMPLOYMENT = ("organisation_id", "role")


def combine_fields(survivor: Customer, absorbed: Customer) -> dict[str, Any]:
    """The fields of the survivor that change, by attribute, with their new values."""
    found: dict[str, Any] = {name: getattr(survivor, name) or getattr(absorbed, name) for name in _FILLED_WHEN_EMPTY}
    if not survivor.organisation_id:
        found |= {name: getattr(survivor, name) or getattr(absorbed, name) for name in _EMPLOYMENT}
    found |= {
        "introduced_by_id": combined_introducer(survivor, absorbed),
        "photo": survivor.photo.name or absorbed.photo.name or "",
        "do_not_contact": survivor.do_not_contact or absorbed.do_not_contact,
        "restricted": survivor.restricted or absorbed.restricted,
        "tags": [*survivor.tags, *(tag for tag in absorbed.tags if tag not in survivor.tags)],
        "attributes": {**absorbed.attributes, **survivor.attributes},
        "since": min(filter(None, (survivor.since, absorbed.since)), default=None),
    }
    return {name: value for name, value in found.items() if value != getattr(survivor, name)}


def combined_introducer(survivor: Customer, absorbed: Customer) -> int | None:
    """The survivor's, else the absorbed one's, if they did not come through either of them: nobody introduces
    themselves, also not on the way through others."""
    both = {survivor.pk, absorbed.pk}
    named = (survivor.introduced_by_id, absorbed.introduced_by_id)
    return next((pk for pk in named if pk and not both & _introduction_chain(pk)), None)


def _introduction_chain(customer: int) -> set[int]:
    """They, through whom they came, and through whom these did."""
    found: set[int] = set()
    step = {customer}
    while step:
        found |= step
        came = Customer.objects.filter(pk__in=step, introduced_by__isnull=False)
        step = set(came.values_list("introduced_by_id", flat=True)) - found
    return found


def revert_value(now: Any, before: Any, after: Any) -> Any:
    """A field of the survivor without what a merge brought; what was changed meanwhile stays changed."""
    if now == after:
        return before
    if isinstance(after, list):
        return [one for one in now if one in before or one not in after]
    if isinstance(after, dict):
        return {key: value for key, value in now.items() if key in before or after.get(key) != value}
    return now
