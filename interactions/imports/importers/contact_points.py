"""Contact points of customer records: those a record gives, their owners, and those that merges moved."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db.models import Q

from customers.merging.rows import move_rows
from customers.models import ContactPoint, Customer, Merge
from customers.normalisation import normalise
from interactions.imports.interchange import refs
from interactions.imports.interchange.lines import Line

# (kind, normalised value).
Point = tuple[str, str]

INVALID: Point = ("", "")


def record_points(line: Line) -> dict[Point, str]:
    """Return a record's contact points with the value as given; under INVALID the validation errors."""
    found: dict[Point, str] = {}
    try:
        for given in line.record.get("contact_points") or ():
            value = given["value"].strip()
            found.setdefault((given["kind"], normalise(given["kind"], value)), value)
    except ValidationError as invalid:
        return {INVALID: f"contact_points: {' '.join(invalid.messages)}"}
    for ref in line.record.get("also") or ():
        found.setdefault((ContactPoint.Kind.EXTERNAL_ID.value, ref.strip()), ref.strip())
    return found


def verified_points(line: Line) -> set[Point]:
    return {
        (given["kind"], normalise(given["kind"], given["value"]))
        for given in line.record.get("contact_points") or ()
        if given.get("verified")
    }


def point_owners(points: set[Point]) -> dict[Point, int]:
    wanted = Q(pk__in=[])
    for kind in {kind for kind, _ in points}:
        wanted |= Q(kind=kind, normalised__in=[value for each, value in points if each == kind])
    rows = ContactPoint.objects.filter(wanted).values_list("kind", "normalised", "customer_id")
    return refs.replace_merged({(kind, value): pk for kind, value, pk in rows})


def owner_refs(points: set[Point]) -> dict[Point, str]:
    """Return the owners of existing contact points, by ref."""
    found = point_owners(points)
    rows = Customer.objects.filter(pk__in=set(found.values())).only("source", "external_id")
    names = {row.pk: row.ref for row in rows}
    return {point: names[pk] for point, pk in found.items()}


def move_to_survivors(customers: set[int]) -> None:
    """Move contact points of merged customers to the survivor, and list them in the merge."""
    while customers:
        merges = list(Merge.objects.filter(absorbed__in=customers, undone_at=None))
        for merge in merges:
            move_rows(merge, ContactPoint, "customer")
            merge.save(update_fields=["moved"])
        customers = {merge.survivor_id for merge in merges}


def moved_points(customers: list[int]) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Return by customer: the points that merges moved away, and those that merges brought."""
    away: dict[int, set[int]] = defaultdict(set)
    brought: dict[int, set[int]] = defaultdict(set)
    merges = Merge.objects.filter(Q(absorbed__in=customers) | Q(survivor__in=customers), undone_at=None)
    for survivor, absorbed, moved in merges.values_list("survivor_id", "absorbed_id", refs.MOVED_POINTS):
        away[absorbed].update(moved or ())
        brought[survivor].update(moved or ())
    return away, brought
