"""Import customers and contact points. Organisations and introducers are set once all customers exist."""

import json
from contextlib import suppress

from django.db.models import Q

from customers.custom_fields.definitions import read_definitions
from customers.custom_fields.values import MisfitError, is_empty, parse_value, store_value
from customers.merging.fields import read_attributes
from customers.models import ContactPoint, Customer
from customers.names import sort_key
from customers.signals import history_changed
from interactions.imports.importers.contact_points import (
    INVALID,
    Point,
    move_to_survivors,
    moved_points,
    owner_refs,
    point_owners,
    record_points,
    verified_points,
)
from interactions.imports.importers.importer import Change, Importer, Outcome, RecordRefusedError
from interactions.imports.interchange import refs
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line

_LINKS = {"organisation": "organisation_id", "introduced_by": "introduced_by_id"}
ORGANISATION = Customer.Kind.ORGANISATION


class CustomerImporter(Importer[Customer]):
    record_type = "customer"
    model = Customer
    columns = {
        "owner": "owner_id",
        **{
            name: name
            for name in (
                "kind", "name", "preferred_name", "about", "role", "lifecycle", "do_not_contact", "restricted",
                "language", "timezone", "preferred_channel", "pace", "tags", "attributes", "since", "renews_on",
                "renewal_amount",
            )
        },
    }  # fmt: skip
    ref_fields = {"owner": "staff"}
    field_groups = (frozenset({"kind", "organisation"}), frozenset({"renews_on", "renewal_amount"}))

    def import_wave(self, wave: list[Line], outcome: Outcome) -> None:
        self.definitions = {one.key: one for one in read_definitions()}
        self.points = {line.key: record_points(line) for line in wave}
        self.holders = owner_refs({point for found in self.points.values() for point in found})
        linked = {line.record[name] for line in wave for name in _LINKS if line.record.get(name)}
        self.kinds = _organisations_by_ref({ref for ref in linked if ref not in self.run.customers_in_file})
        also = {ref for line in wave for ref in line.record.get("also") or ()}
        self.standing = set(also and _unmerged_refs(also))
        self.stands_in = _survivor_refs({line.key for line in wave})
        super().import_wave(wave, outcome)

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> Record:
        self.check_links(line)
        if line.record.get("renewal_amount") is not None and not line.record.get("renews_on"):
            raise RecordRefusedError("renewal_amount without renews_on: add the day of the renewal, or leave both out")
        points = self.points[line.key]
        if isinstance(points.get(INVALID), str):
            raise RecordRefusedError(points[INVALID])
        ref: str = line.record["ref"]
        owner = self.stands_in.get(ref, ref)
        for point, value in points.items():
            if self.holders.setdefault(point, owner) != owner:
                raise RecordRefusedError(
                    f"{point[0]} {value[:80]!r} belongs to {self.holders[point]} as well: a contact point is one"
                    " customer's, a shared one is the organisation's"
                )
        for other in line.record.get("also") or ():
            if other in self.standing and other != ref:
                raise RecordRefusedError(
                    f"also {other[:80]!r} is a customer of its own: merge the two in the app instead"
                )
        values = super().values(line, known)
        values["attributes"] = self.fit_attributes(values["attributes"])
        return values

    def fit_attributes(self, given: Record) -> Record:
        """Return attributes as their fields have them, without what does not fit; unknown keys stay as they are."""
        fitting = {}
        for key, value in given.items():
            field = self.definitions.get(key)
            if field is None:
                fitting[key] = value
            elif not is_empty(value):
                with suppress(MisfitError):
                    fitting[key] = store_value(parse_value(field, value))
        return fitting

    def check_links(self, line: Line) -> None:
        record = line.record
        for name in _LINKS:
            ref = record.get(name)
            if ref and ref not in self.run.customers_in_file and ref not in self.kinds:
                raise RecordRefusedError(
                    f"{name} {ref[:80]!r} appears nowhere: put its record into the import, or import it first"
                )
        if record.get("introduced_by") == record["ref"]:
            raise RecordRefusedError("introduced_by is the customer itself: name somebody else, or leave it out")
        if employer := record.get("organisation"):
            if record.get("kind") == ORGANISATION:
                raise RecordRefusedError("organisation of an organisation: only a person has one; leave it out")
            if not self.run.customers_in_file.get(employer, self.kinds.get(employer, True)):
                raise RecordRefusedError(
                    f"organisation {employer[:80]!r} is a person: name an organisation, or leave it out"
                )

    def new_row(self, line: Line) -> Customer:
        row = super().new_row(line)
        row.sort_key = sort_key(row.name)
        row.source_snapshot = {name: value for name, value in line.source_snapshot.items() if name not in _LINKS}
        return row

    def after_create(self, lines: list[Line], rows: list[Customer]) -> None:
        for line, row in zip(lines, rows, strict=True):
            line.values["id"] = row.pk
        self.add_points(lines)
        history_changed.send(sender=Customer, customer_ids=[row.pk for row in rows])

    def add_points(self, lines: list[Line]) -> None:
        wanted = {point for line in lines for point in self.points[line.key]}
        there = point_owners(wanted)
        new: dict[Point, ContactPoint] = {}
        for line in lines:
            for (kind, normalised), value in self.points[line.key].items():
                if (kind, normalised) not in there:
                    point = ContactPoint(
                        customer_id=line.values["id"],
                        kind=kind,
                        value=value,
                        normalised=normalised,
                        verified=(kind, normalised) in verified_points(line),
                        source=line.key[0],
                    )
                    new.setdefault((kind, normalised), point)
        ContactPoint.objects.bulk_create(new.values(), batch_size=1000)
        if self.stands_in:
            move_to_survivors({point.customer_id for point in new.values()})

    def apply_change(self, line: Line, row: Customer, fields: set[str]) -> Change[Customer]:
        change = super().apply_change(line, row, fields)
        if "attributes" in change.fields:
            row.attributes = self.merge_attributes(line, change.before)
        line.values["id"] = row.pk
        row.sort_key = sort_key(row.name)
        if row.kind == ORGANISATION:
            row.organisation_id = None
        links = (
            {name: change.before.source_snapshot.get(name) for name in _LINKS} if change.before.source_snapshot else {}
        )
        row.source_snapshot = {
            name: value for name, value in {**line.source_snapshot, **links}.items() if value is not None
        }
        return change

    def merge_attributes(self, line: Line, before: Customer) -> Record:
        """Return the row's attributes with those that the source changed: what staff filled in meanwhile stays."""
        given: Record = line.values["attributes"]
        kept = read_attributes(before.attributes)
        told = _read_snapshot(before.source_snapshot or {})
        tells = _read_snapshot(line.source_snapshot)
        if told is None or tells is None:
            return {key: value for key, value in kept.items() if key in self.definitions} | given
        changed = {key for key in {**told, **tells} if told.get(key) != tells.get(key)}
        return {key: value for key, value in kept.items() if key not in changed} | {
            key: value for key, value in given.items() if key in changed or key not in told
        }

    def written_columns(self, columns: set[str]) -> list[str]:
        return sorted({*columns, "sort_key", "organisation"})

    def after_update(self, changes: list[Change[Customer]]) -> None:
        lines = [change.line for change in changes if change.fields & {"contact_points", "also"}]
        away, brought = moved_points([line.values["id"] for line in lines])
        for line in lines:
            self.withdraw_points(line, away[line.values["id"]], brought[line.values["id"]])
        self.add_points(lines)
        # Tags choose which rules look at a history.
        retagged = [change.row.pk for change in changes if "tags" in change.fields]
        if retagged:
            history_changed.send(sender=Customer, customer_ids=retagged)

    def withdraw_points(self, line: Line, away: set[int], brought: set[int]) -> None:
        """Delete points that the source no longer gives; those that staff added stay.

        `away`: points that a merge moved from this customer. `brought`: points that merges moved to them.
        """
        theirs = ContactPoint.objects.filter(Q(customer_id=line.values["id"]) | Q(pk__in=away))
        given = theirs.filter(source=line.key[0]).exclude(pk__in=brought)
        kept = self.points[line.key]
        gone = [point.pk for point in given if (point.kind, point.normalised) not in kept]
        ContactPoint.objects.filter(pk__in=gone).delete()


class LinkImporter(Importer[Customer]):
    """Sets organisations and introducers. Links to a refused record are left out."""

    record_type = "customer"
    model = Customer
    columns = _LINKS
    ref_fields = {"organisation": "customer", "introduced_by": "customer"}

    def import_wave(self, wave: list[Line], outcome: Outcome) -> None:
        existing = self.existing_rows(wave)
        spoken = [line for line in wave if line.key in existing and _links_differ(line, existing[line.key][1])]
        ready = self.resolve(spoken, outcome)
        rows = Customer.objects.select_for_update().in_bulk([existing[line.key][0] for line in ready])
        for line in ready:
            row = rows[existing[line.key][0]]
            source_snapshot = row.source_snapshot or {}
            for name, column in _LINKS.items():
                if line.source_snapshot.get(name) != source_snapshot.get(name):
                    pk = line.values[column]
                    setattr(row, column, None if pk == row.pk else pk)
            row.source_snapshot = line.source_snapshot
        Customer.objects.bulk_update(rows.values(), [*_LINKS, "source_snapshot"], batch_size=500)


def _read_snapshot(snapshot: Record) -> Record | None:
    """Return the attributes that a source gave; None where only their digest was kept."""
    try:
        return read_attributes(json.loads(snapshot.get("attributes") or "{}"))
    except ValueError:
        return None


def _links_differ(line: Line, source_snapshot: Record | None) -> bool:
    return any(line.source_snapshot.get(name) != (source_snapshot or {}).get(name) for name in _LINKS)


def _survivor_refs(keys: set[refs.Key]) -> dict[str, str]:
    """Map refs of merged customers to the ref of their survivor."""
    rows = refs.find_rows(Customer, keys, "merged_into_id")
    into = refs.replace_merged(
        {f"{source}:{name}": survivor for source, name, survivor in rows if survivor is not None}
    )
    names = Customer.objects.only("source", "external_id").in_bulk(set(into.values()))
    return {ref: names[pk].ref for ref, pk in into.items()}


def _organisations_by_ref(names: set[str]) -> dict[str, bool]:
    """Return by ref whether the customer is an organisation; unknown refs are left out."""
    found = refs.customers_by_ref(names) if names else {}
    organisations = Customer.objects.filter(pk__in=set(found.values()), kind=ORGANISATION)
    pks = set(organisations.values_list("pk", flat=True))
    return {name: pk in pks for name, pk in found.items()}


def _unmerged_refs(names: set[str]) -> set[str]:
    """Return the refs of customers that were not merged."""
    rows = refs.find_rows(Customer, {refs.split_ref(ref) for ref in names}, "merged_into_id")
    return {f"{source}:{external_id}" for source, external_id, merged in rows if merged is None}
