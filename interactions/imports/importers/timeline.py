"""Import interactions, by COPY because they are by far the most records."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from customers.models import ContactPoint, Customer
from customers.names import sort_key
from customers.normalisation import normalise
from customers.signals import history_changed
from interactions.actions.decisions import STAFF_PAYLOAD_KEYS
from interactions.actions.record import STAYS_OPEN_FOR, Entry, record_many, refresh_conversations
from interactions.imports.importers import conversations
from interactions.imports.importers.importer import Change, Importer, Outcome, RecordRefusedError, resolve_ref
from interactions.imports.interchange import refs
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line
from interactions.imports.interchange.safe_html import safe_html
from interactions.models import Direction, Interaction
from partnership.staff.external_ids import EXTERNAL_ID_MAX_LENGTH

# (kind, normalised value) of a contact point.
Via = tuple[str, str]


class InteractionImporter(Importer[Interaction]):
    record_type = "interaction"
    model = Interaction
    columns = {
        **{name: f"{name}_id" for name in ("customer", "person", "conversation", "author", "goal", "commitment")},
        "via": "customer_id",
        **{
            name: name
            for name in (
                "occurred_at", "channel", "direction", "kind", "subject", "body", "html", "quoted", "minutes", "amount",
                "currency", "payload", "shared", "pinned",
            )
        },
    }  # fmt: skip
    ref_fields = {
        "customer": "customer",
        "person": "customer",
        "author": "staff",
        "goal": "goal",
        "commitment": "commitment",
    }
    field_groups = (
        frozenset({"customer", "via", "person", "conversation"}),
        frozenset({"amount", "currency"}),
    )

    def resolve(self, wave: list[Line], outcome: Outcome) -> list[Line]:
        ready = super().resolve(wave, outcome)
        wishes = []
        for line in ready:
            if ref := line.record.get("conversation"):
                values = line.values
                wishes.append((ref, values["customer_id"], values["channel"], values["subject"]))
        if wishes:
            found = conversations.find_or_create_conversations(wishes, self.run)
            for line in ready:
                if ref := line.record.get("conversation"):
                    line.values["conversation_id"] = found[ref, line.values["customer_id"]]
        return ready

    def look_up_names(self, wave: list[Line]) -> dict[str, dict[str, int]]:
        known = super().look_up_names(wave)
        self.vias = self.look_up_vias([line for line in wave if line.record.get("via") and self.all_known(line, known)])
        self.meant_for = _original_customers(wave) if refs.has_merges() else {}
        return known

    def all_known(self, line: Line, known: dict[str, dict[str, int]]) -> bool:
        """Check that all refs resolve, so that a refused record creates no customer."""
        return all(line.record.get(name) in (None, *known[kind]) for name, kind in self.ref_fields.items())

    def look_up_vias(self, lines: list[Line]) -> dict[Via, int]:
        """Return the customers of contact points; create customers for unknown ones."""
        wanted: dict[str, dict[str, Line]] = {}
        for line in lines:
            if (via := _via_point(line)) is not None:
                wanted.setdefault(via[0], {}).setdefault(via[1], line)
        found: dict[Via, int] = {}
        for kind, by_value in wanted.items():
            owners = refs.customers_by_contact_point(kind, by_value)
            owners.update(self.newcomers(kind, {v: line for v, line in by_value.items() if v not in owners}))
            found.update({(kind, value): pk for value, pk in owners.items()})
        return found

    def newcomers(self, kind: str, lines: dict[str, Line]) -> dict[str, int]:
        keys = {value: (line.key[0], _via_external_id(kind, value)) for value, line in lines.items()}
        there = refs.customers_by_ref({":".join(key) for key in keys.values()})
        rows = {}
        for value, line in lines.items():
            source, ref = keys[value]
            if f"{source}:{ref}" not in there:
                given = line.record["via"]
                name = (given.get("name") or "").strip() or given["value"].strip()
                rows[value] = _new_customer(source, ref, name)
        Customer.objects.bulk_create(rows.values(), batch_size=1000)
        owners = {v: rows[v].pk if v in rows else there[":".join(keys[v])] for v in lines}
        ContactPoint.objects.bulk_create(
            ContactPoint(
                customer_id=owners[value],
                kind=kind,
                value=line.record["via"]["value"].strip(),
                normalised=value,
                source=line.key[0],
            )
            for value, line in lines.items()
        )
        if rows:
            history_changed.send(sender=Customer, customer_ids=[row.pk for row in rows.values()])
        return owners

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> Record:
        record = line.record
        values: Record = dict.fromkeys(self.blank)
        values.update(subject="", body="", html="", quoted="", currency="", payload={}, shared=False, pinned=False)
        named, columns = self.ref_fields, self.columns
        for name, value in record.items():
            if value is None or name == "type" or name == "ref" or name == "conversation" or name == "via":
                continue
            if name in named:
                value = resolve_ref(name, value, known[named[name]])
            values[columns[name]] = value
        if (via := record.get("via")) is not None:
            values["customer_id"] = self.by_via(line, via)
        meant_for = self.meant_for.get(record.get("customer") or (_via_point(line) if via else None))
        values["addressed_to_id"] = None if meant_for == values["customer_id"] else meant_for
        if values["person_id"] == values["customer_id"] and self.meant_for.get(record.get("person")) != meant_for:
            values["person_id"] = None  # the two are one since
        self.check(record, values)
        if values["html"]:
            values["html"] = safe_html(values["html"])
        if values["occurred_at"] is None:
            values["occurred_at"] = self.run.at
        return values

    def by_via(self, line: Line, via: Record) -> int:
        if line.record.get("customer"):
            raise RecordRefusedError("customer and via: give one of them")
        try:
            kind = via["kind"]
            return self.vias[kind, normalise(kind, via["value"])]
        except ValidationError as invalid:
            raise RecordRefusedError(f"via: {' '.join(invalid.messages)}") from None

    def check(self, record: Record, values: Record) -> None:
        if values["customer_id"] is None:
            raise RecordRefusedError("customer is missing: give the ref of one, or via with a contact point")
        if values["amount"] is not None and not values["currency"]:
            raise RecordRefusedError("currency is missing: an amount needs one, such as EUR")
        if values["person_id"] is not None and values["person_id"] == values["customer_id"]:
            raise RecordRefusedError("person is the customer: leave it out, it says which person of an organisation")

    def create(self, lines: list[Line], outcome: Outcome) -> None:
        entries = [
            Entry(source=line.key[0], external_id=line.key[1], source_snapshot=line.source_snapshot, **line.values)
            for line in lines
        ]
        created = record_many(entries, recorded_at=self.run.at, reopen=False)
        outcome.created += len(created)
        self.note_alone((line.values, created[line.key]) for line in lines if line.key in created)
        late = [line for line in lines if line.key not in created] if len(created) < len(lines) else []
        existing = self.existing_rows(late)
        deleted = {line.key for line in late} - existing.keys()  # deleted here by staff: they stay deleted
        outcome.unchanged += len(deleted)
        self.touch([line for line in lines if line.key not in deleted])
        self.update([line for line in late if line.key in existing], existing, outcome)

    def touch(self, lines: list[Line]) -> None:
        self.run.conversations_touched.update(
            line.values["conversation_id"] for line in lines if line.values["conversation_id"] is not None
        )

    def note_alone(self, entries: Iterable[tuple[Record, int]]) -> None:
        """Note recent messages of theirs that no conversation holds: they get one of their own at the end."""
        recent = self.run.at - STAYS_OPEN_FOR
        self.run.messages_alone.update(
            pk
            for values, pk in entries
            if values["conversation_id"] is None
            and values["direction"] == Direction.INBOUND
            and values["occurred_at"] >= recent
            and values["kind"] in conversations.OPENED_ALONE
        )

    def apply_change(self, line: Line, row: Interaction, fields: set[str]) -> Change[Interaction]:
        if line.record["occurred_at"] is None:
            line.values["occurred_at"] = row.occurred_at
        is_moved = "conversation" in fields or line.values["customer_id"] != row.customer_id
        if not is_moved and not line.record.get("conversation"):
            line.values["conversation_id"] = row.conversation_id  # its own, or where it was put here
        change = super().apply_change(line, row, fields)
        row.payload = {
            **row.payload,
            **{name: value for name, value in change.before.payload.items() if name in STAFF_PAYLOAD_KEYS},
        }
        row.occurred_on = self.run.firm.local_date(row.occurred_at)
        if "customer" in change.fields:
            row.addressed_to_id = line.values["addressed_to_id"]
        return change

    def written_columns(self, columns: set[str]) -> list[str]:
        return sorted({*columns, "occurred_on", *(["addressed_to"] if "customer_id" in columns else [])})

    def after_update(self, changes: list[Change[Interaction]]) -> None:
        if not changes:
            return
        rows = [row for change in changes for row in (change.before, change.row)]
        history_changed.send(sender=Interaction, customer_ids={row.customer_id for row in rows})
        threads = {row.conversation_id for row in rows if row.conversation_id is not None}
        if threads:
            refresh_conversations(threads, history=True)
        self.touch([change.line for change in changes])
        self.note_alone((change.line.values, change.row.pk) for change in changes if "conversation" in change.fields)


def _original_customers(wave: list[Line]) -> dict[str | Via | None, int]:
    """Return the customers that refs and contact points named before merges."""
    names = {line.record[name] for line in wave for name in ("customer", "person") if line.record.get(name)}
    found: dict[str | Via | None, int] = dict(refs.original_customers(names).items())
    points = {via for line in wave if line.record.get("via") and (via := _via_point(line))}
    for kind in {kind for kind, _ in points}:
        whose = refs.original_owners(kind, [value for each, value in points if each == kind])
        found.update({(kind, value): pk for value, pk in whose.items()})
    return found


def _via_point(line: Line) -> Via | None:
    """Return the contact point of a line, or None if invalid; values() refuses it then."""
    via = line.record["via"]
    try:
        return via["kind"], normalise(via["kind"], via["value"])
    except ValidationError:
        return None


def _via_external_id(kind: str, value: str) -> str:
    return f"{kind}:{value}"[:EXTERNAL_ID_MAX_LENGTH]


def _new_customer(source: str, external_id: str, name: str) -> Customer:
    return Customer(source=source, external_id=external_id, name=name, sort_key=sort_key(name))
