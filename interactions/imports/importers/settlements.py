"""Import settlements of conversations."""

from django.apps import apps

from customers.signals import history_changed
from interactions.actions.record import refresh_conversations
from interactions.imports.importers.importer import Change, Importer, Outcome, RecordRefusedError
from interactions.imports.interchange import refs
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line
from interactions.models import Conversation, Settlement


class SettlementImporter(Importer[Settlement]):
    record_type = "settlement"
    model = Settlement
    columns = {"conversation": "conversation_id", "at": "at", "by": "by_id", "answered": "answered", "reason": "reason"}
    ref_fields = {"conversation": "conversation", "by": "staff"}
    field_groups = (frozenset({"answered", "reason"}),)

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> Record:
        values = super().values(line, known)
        if values["answered"] == Settlement.Answered.WITHOUT and not values["reason"]:
            raise RecordRefusedError("reason is missing: say why the conversation was closed without an answer")
        return values

    def create(self, lines: list[Line], outcome: Outcome) -> None:
        """Create those that were not taken back here by reopening the conversation."""
        taken_back = _deleted_refs([line.key for line in lines])
        outcome.unchanged += sum(line.key in taken_back for line in lines)
        super().create([line for line in lines if line.key not in taken_back], outcome)

    def after_create(self, lines: list[Line], rows: list[Settlement]) -> None:
        self.refresh({row.conversation_id for row in rows})

    def after_update(self, changes: list[Change[Settlement]]) -> None:
        self.refresh({row.conversation_id for change in changes for row in (change.before, change.row)})

    def refresh(self, conversations: set[int]) -> None:
        if not conversations:
            return
        refresh_conversations(conversations, history=True)
        self.run.conversations_touched.update(conversations)
        customers = Conversation.objects.filter(pk__in=conversations).values_list("customer", flat=True)
        history_changed.send(sender=Settlement, customer_ids=set(customers))


def _deleted_refs(keys: list[refs.Key]) -> set[refs.Key]:
    """Return the refs of rows that are gone: they have a history, but no row."""
    events = apps.get_model("interactions", "SettlementEvent")
    return {(source, external_id) for source, external_id, _ in refs.find_rows(events, keys, "pgh_id")}
