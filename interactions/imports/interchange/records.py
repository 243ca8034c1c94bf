"""Database rows as canonical records, for exports and for comparison during imports."""

import base64
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeAlias

from django.core.files.storage import default_storage
from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate, Concat

from customers.merging.resolution import final_survivor
from customers.models import CheckIn, Commitment, ContactPoint, Customer, Goal
from interactions.imports.interchange.canonical import Record, canonical_record
from interactions.models import Attachment, Conversation, Interaction, Settlement
from partnership.staff.external_ids import parse_ref
from partnership.staff.models import User

Rows: TypeAlias = "QuerySet[Model, Record]"

# In the order of an export.
MODELS_BY_TYPE: Mapping[str, type[Model]] = {
    "attachment": Attachment,
    "check_in": CheckIn,
    "commitment": Commitment,
    "conversation": Conversation,
    "customer": Customer,
    "goal": Goal,
    "interaction": Interaction,
    "settlement": Settlement,
    "staff": User,
}

# Fields that are copied.
_PLAIN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "attachment": ("name", "content_type", "content_id"),
    "check_in": ("at", "value", "note"),
    "commitment": ("party", "what", "made_at", "due_on", "status", "closed_at"),
    "conversation": ("channel", "subject", "status", "snoozed_until", "snooze_reason"),
    "customer": (
        "kind", "name", "preferred_name", "about", "role", "lifecycle", "do_not_contact", "restricted", "language",
        "timezone", "preferred_channel", "pace", "tags", "attributes", "since", "renews_on", "renewal_amount",
    ),
    "goal": (
        "title", "why", "measure", "unit", "baseline", "target", "current", "set_at", "due_on", "status", "closed_at",
    ),
    "interaction": (
        "occurred_at", "channel", "direction", "kind", "subject", "body", "html", "quoted", "minutes", "amount",
        "currency", "payload", "shared", "pinned",
    ),
    "settlement": ("at", "answered", "reason"),
    "staff": ("email", "name", "away_from", "away_to"),
}  # fmt: skip

# Fields that name another record by ref.
_REF_FIELDS: Mapping[str, tuple[str, ...]] = {
    "attachment": ("interaction",),
    "check_in": ("goal",),
    "commitment": ("customer", "goal"),
    "conversation": ("customer", "joined_into"),
    "customer": ("organisation", "introduced_by"),
    "goal": ("customer",),
    "interaction": ("customer", "person", "conversation", "goal", "commitment"),
    "settlement": ("conversation",),
    "staff": (),
}

# Fields that name a staff member by e-mail address.
STAFF_FIELDS: Mapping[str, tuple[str, ...]] = {
    "check_in": ("by",),
    "commitment": ("owner",),
    "conversation": ("assignee",),
    "customer": ("owner",),
    "interaction": ("author",),
    "settlement": ("by",),
    "staff": ("cover",),
}

# Further columns for _COMPLETIONS.
_EXTRA_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "attachment": ("file",),
    "conversation": ("department__name",),
    "staff": ("is_active", "department__name"),
}

_CUSTOMER_FIELDS = {"customer", "person", "organisation", "introduced_by"}


def _ref_expression(*names: str) -> Concat:
    return Concat(*names[:1], Value(":"), *names[1:], output_field=CharField())


def record_rows(type_: str) -> Rows:
    """Return each row as a dict of its record's columns, with `ref_`."""
    model = MODELS_BY_TYPE[type_]
    columns: dict[str, Combinable] = {"ref_": _ref_expression("source", "external_id")}
    for name in _REF_FIELDS[type_]:
        columns[f"{name}_ref"] = _ref_expression(f"{name}__source", f"{name}__external_id")
        if name in _CUSTOMER_FIELDS:
            columns[f"{name}_merged"] = F(f"{name}__merged_into_id")
    for name in STAFF_FIELDS.get(type_, ()):
        columns[f"{name}_email"] = F(f"{name}__email")
    found = model._default_manager.values("pk", *_PLAIN_FIELDS[type_], *_EXTRA_COLUMNS.get(type_, ()), **columns)
    return found.filter(merged_into=None) if type_ == "customer" else found


def order_by_ref(found: Rows) -> Rows:
    return found.order_by(Collate(_ref_expression("source", "external_id"), "C"))


def canonical_records(
    type_: str, found: list[Record], survivors: Mapping[int, str], missing_files: list[str]
) -> Iterator[Record]:
    """Yield the records of rows. `survivors`: key of a merge's survivor → the final survivor's ref.

    An attachment whose file is missing yields no record; its ref is added to `missing_files`.
    """
    complete = _COMPLETIONS[type_](found) if type_ in _COMPLETIONS else {}
    for row in found:
        if type_ == "attachment" and row["pk"] not in complete:
            missing_files.append(row["ref_"])
            continue
        record = {name: row[name] for name in _PLAIN_FIELDS[type_]}
        for name in _REF_FIELDS[type_]:
            merged = row.get(f"{name}_merged")
            ref = survivors[merged] if merged else row[f"{name}_ref"]
            record[name] = None if ref == ":" else ref
        for name in STAFF_FIELDS.get(type_, ()):
            record[name] = row[f"{name}_email"]
        record.update(complete.get(row["pk"], {}))
        yield {"type": type_, "ref": row["ref_"], **canonical_record(record, type_)}


def canonical_records_by_pk(type_: str, pks: Collection[int]) -> dict[int, Record]:
    found = list(record_rows(type_).filter(pk__in=pks))
    by_ref = {row["ref_"]: row["pk"] for row in found}
    return {by_ref[record["ref"]]: record for record in canonical_records(type_, found, survivor_refs(), [])}


def survivor_refs() -> dict[int, str]:
    """Map the survivor's key of each merge to the ref of the final survivor."""
    into = dict(Customer.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id"))
    last = {pk: final_survivor(pk, into) for pk in into.values()}
    names = {row.pk: row.ref for row in Customer.objects.filter(pk__in=last.values()).only("source", "external_id")}
    return {pk: names[end] for pk, end in last.items()}


def _customer_parts(found: list[Record]) -> dict[int, Record]:
    """Return `contact_points`, and in `also` further refs of the customer."""
    pks = [row["pk"] for row in found]
    points: dict[int, list[Record]] = {}
    also: dict[int, set[str]] = {}
    for point in ContactPoint.objects.filter(customer_id__in=pks).order_by("kind", "normalised"):
        if point.kind == ContactPoint.Kind.EXTERNAL_ID and not point.verified and _is_ref(point.value):
            also.setdefault(point.customer_id, set()).add(point.value)
            continue
        written: Record = {"kind": point.kind, "value": point.value}
        points.setdefault(point.customer_id, []).append(written | ({"verified": True} if point.verified else {}))
    for pk, ref in _absorbed_refs(pks):
        also.setdefault(pk, set()).add(ref)
    return {
        pk: {
            "contact_points": sorted(points.get(pk, []), key=lambda point: (point["kind"], point["value"])),
            "also": sorted(also.get(pk, ())),
        }
        for pk in pks
    }


def _absorbed_refs(pks: list[int]) -> Iterator[tuple[int, str]]:
    """Yield (survivor, ref) of all customers merged into these, directly or through others."""
    first = {pk: pk for pk in pks}
    while first:
        rows = Customer.objects.filter(merged_into_id__in=first).values_list(
            "pk", "merged_into_id", "source", "external_id"
        )
        step = {}
        for pk, into, source, external_id in rows:
            yield first[into], f"{source}:{external_id}"
            step[pk] = first[into]
        first = step


def _is_ref(value: str) -> bool:
    try:
        parse_ref(value)
    except ValueError:
        return False
    return True


def _staff_parts(found: list[Record]) -> dict[int, Record]:
    roles: dict[int, list[str]] = {row["pk"]: [] for row in found}
    members = User.groups.through.objects.filter(user_id__in=roles).order_by("group__name")
    for pk, name in members.values_list("user_id", "group__name"):
        roles[pk].append(name)
    return {
        row["pk"]: {"active": row["is_active"], "department": row["department__name"], "roles": roles[row["pk"]]}
        for row in found
    }


def _conversation_parts(found: list[Record]) -> dict[int, Record]:
    return {row["pk"]: {"department": row["department__name"]} for row in found}


def _attachment_parts(found: list[Record]) -> dict[int, Record]:
    contents = {}
    for row in found:
        try:
            with default_storage.open(row["file"]) as file:
                contents[row["pk"]] = {"content": base64.b64encode(file.read()).decode()}
        except FileNotFoundError:
            continue
    return contents


_COMPLETIONS: Mapping[str, Callable[[list[Record]], dict[int, Record]]] = {
    "customer": _customer_parts,
    "conversation": _conversation_parts,
    "staff": _staff_parts,
    "attachment": _attachment_parts,
}
