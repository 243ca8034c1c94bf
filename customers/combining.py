"""What the record of two customers says when they are one: what differs stays the survivor's."""

from typing import Any

from customers.models import Customer

FILLED_IN = (
    "preferred_name", "about", "owner_id", "introduced_by_id", "language", "timezone", "preferred_channel",
    "pace",
)  # fmt: skip
"""Taken from the absorbed one where the survivor's say nothing."""

EMPLOYMENT = ("organisation_id", "role")


def combined(survivor: Customer, absorbed: Customer) -> dict[str, Any]:
    """The fields of the survivor that change, by attribute, with their new values."""
    found: dict[str, Any] = {name: getattr(survivor, name) or getattr(absorbed, name) for name in FILLED_IN}
    if not survivor.organisation_id:
        found |= {name: getattr(survivor, name) or getattr(absorbed, name) for name in EMPLOYMENT}
    if found["introduced_by_id"] in (survivor.pk, absorbed.pk):
        found["introduced_by_id"] = None  # nobody introduces themselves
    found |= {
        "photo": survivor.photo.name or absorbed.photo.name or "",
        "do_not_contact": survivor.do_not_contact or absorbed.do_not_contact,
        "restricted": survivor.restricted or absorbed.restricted,
        "tags": [*survivor.tags, *(tag for tag in absorbed.tags if tag not in survivor.tags)],
        "attributes": {**absorbed.attributes, **survivor.attributes},
        "since": min(filter(None, (survivor.since, absorbed.since)), default=None),
    }
    return {name: value for name, value in found.items() if value != getattr(survivor, name)}


def taken_back(now: Any, before: Any, after: Any) -> Any:
    """A field of the survivor without what a merge brought; what was changed meanwhile stays changed."""
    if now == after:
        return before
    if isinstance(after, list):
        return [one for one in now if one in before or one not in after]
    if isinstance(after, dict):
        return {key: value for key, value in now.items() if key in before or after.get(key) != value}
    return now
