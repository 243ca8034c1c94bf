"""Lines of an import that would bring an erased customer back."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError

from customers.models import ContactPoint, Customer
from customers.normalisation import normalise
from interactions.imports.interchange import refs
from interactions.imports.interchange.lines import Line
from interactions.models import Erasure
from interactions.personal_data.hashes import Name, find_erased

# Fields that name another record of theirs, with its type.
_NAMING = {
    "customer": "customer", "person": "customer", "goal": "goal", "commitment": "commitment",
    "interaction": "interaction",
}  # fmt: skip
_LINKS = ("organisation", "introduced_by")


def split_erased(lines: list[Line], type_: str) -> tuple[list[Line], list[tuple[Line, str]]]:
    """Return the lines to take in, and those of erased customers with the reason.

    Who is back, entered by hand with a ref or an address that was erased once, is taken in. Of others' records, links
    to an erased customer are left out.
    """
    if type_ == "staff" or not Erasure.objects.exists():
        return lines, []
    named = {id(line): list(_names(line, type_)) for line in lines}
    links = {("customer", ref) for line in lines for field in _LINKS if (ref := line.record.get(field))}
    erased = find_erased({name for names in named.values() for name in names} | links)
    for name in _who_is_back(set(erased)):
        del erased[name]
    taken, refused = [], []
    for line in lines:
        number = next((erased[name] for name in named[id(line)] if name in erased), None)
        if number is not None:
            refused.append((line, _reason(number)))
        else:
            _drop_links(line, erased)
            taken.append(line)
    return taken, refused


def _reason(number: int) -> str:
    return (
        f"it belongs to what was erased here (erasure {number}), and nothing of that is taken in again. Leave it out;"
        " a customer who came back is added by hand first. The line itself is not kept here"
    )


def _names(line: Line, type_: str) -> Iterator[Name]:
    """Yield what a record says of whose it is."""
    record = line.record
    yield type_, ":".join(line.key)
    # A message may be put into any thread; a settlement is its thread's.
    naming = _NAMING | ({"conversation": "conversation"} if type_ == "settlement" else {})
    for field, kind in naming.items():
        if isinstance(ref := record.get(field), str):
            yield kind, ref
    for ref in record.get("also") or ():
        yield "customer", ref
    for point in [*(record.get("contact_points") or ()), *([record["via"]] if record.get("via") else [])]:
        yield from _point(point)


def _point(point: dict[str, Any]) -> Iterator[Name]:
    with suppress(ValidationError):
        yield str(point["kind"]), normalise(point["kind"], point["value"].strip())


def _who_is_back(names: set[Name]) -> Iterator[Name]:
    """Yield the names that a customer bears now."""
    by_ref = refs.customers_by_ref([text for kind, text in names if kind == "customer"]) if names else {}
    there = set(Customer.objects.filter(pk__in=by_ref.values(), erasure=None).values_list("pk", flat=True))
    for kind, text in names:
        is_point = kind in ContactPoint.Kind.values
        if (kind == "customer" and by_ref.get(text) in there) or (
            is_point and ContactPoint.objects.filter(kind=kind, normalised=text).exists()
        ):
            yield kind, text


def _drop_links(line: Line, erased: dict[Name, int]) -> None:
    for field in _LINKS:
        if ("customer", line.record.get(field)) in erased:
            for given in (line.record, line.plain, line.source_snapshot):
                given.pop(field, None)
