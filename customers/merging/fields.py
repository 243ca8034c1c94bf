"""The fields of a merged customer's record. Where both records state a value, the survivor's is kept."""

from collections.abc import Mapping, Sequence

from customers.models import Customer

_FILLED_WHEN_EMPTY = ("preferred_name", "about", "owner_id", "language", "timezone", "preferred_channel", "pace")

_EMPLOYMENT = ("organisation_id", "role")

# The day and the amount of one renewal: both are the survivor's, or both are the absorbed customer's.
_RENEWAL = ("renews_on", "renewal_amount")


def read_attributes(stored: object) -> dict[str, object]:
    """Return stored attributes, empty where they are no object."""
    return stored if isinstance(stored, dict) else {}


def combine_fields(survivor: Customer, absorbed: Customer) -> dict[str, object]:
    """Return the survivor's fields that change, by attribute name, with their new values."""
    found: dict[str, object] = {name: getattr(survivor, name) or getattr(absorbed, name) for name in _FILLED_WHEN_EMPTY}
    if not survivor.organisation_id:
        found |= {name: getattr(survivor, name) or getattr(absorbed, name) for name in _EMPLOYMENT}
    if not survivor.renews_on:
        found |= {name: getattr(absorbed, name) for name in _RENEWAL}
    found |= {
        "introduced_by_id": _combined_introducer(survivor, absorbed),
        "photo": survivor.photo.name or absorbed.photo.name or "",
        "do_not_contact": survivor.do_not_contact or absorbed.do_not_contact,
        "restricted": survivor.restricted or absorbed.restricted,
        "tags": [*survivor.tags, *(tag for tag in absorbed.tags if tag not in survivor.tags)],
        "attributes": {**read_attributes(absorbed.attributes), **read_attributes(survivor.attributes)},
        "since": min(filter(None, (survivor.since, absorbed.since)), default=None),
    }
    return {name: value for name, value in found.items() if value != getattr(survivor, name)}


def _combined_introducer(survivor: Customer, absorbed: Customer) -> int | None:
    """Return the merged customer's introducer: the survivor's, else that of the absorbed customer.

    Skip an introducer who was introduced by either of them, directly or through others.
    """
    both = {survivor.pk, absorbed.pk}
    named = (survivor.introduced_by_id, absorbed.introduced_by_id)
    return next((pk for pk in named if pk and not both & _introduction_chain(pk)), None)


def _introduction_chain(customer: int) -> set[int]:
    """Return the customer, their introducer, that customer's introducer, and so on."""
    found: set[int] = set()
    step = {customer}
    while step:
        found |= step
        came = Customer.objects.filter(pk__in=step, introduced_by__isnull=False)
        step = set(came.values_list("introduced_by_id", flat=True)) - found
    return found


def revert_fields(now: Mapping[str, object], moved: Mapping[str, Sequence[object]]) -> dict[str, object]:
    """Return the survivor's fields without what the merge added; a later edit is kept, of a renewal as a whole.

    `moved`: by field, its values before and after the merge. `now`: its present one, of a renewal those of both fields.
    """
    after = {name: pair[1] for name, pair in moved.items()}
    edited = any(name in after for name in _RENEWAL) and any(now[name] != after.get(name) for name in _RENEWAL)
    kept = _RENEWAL if edited else ()
    return {name: _revert_value(now[name], *pair) for name, pair in moved.items() if name not in kept}


def _revert_value(now: object, before: object, after: object) -> object:
    if now == after:
        return before
    if isinstance(after, list) and isinstance(before, list) and isinstance(now, list):
        return [one for one in now if one in before or one not in after]
    if isinstance(after, dict) and isinstance(before, dict) and isinstance(now, dict):
        return {key: value for key, value in now.items() if key in before or after.get(key) != value}
    return now
