"""Import promises. An open one past its due day arrives as missed."""

from customers.models import Commitment
from interactions.actions.promises import promise_entries
from interactions.actions.record import record_many
from interactions.imports.importers.derived_rows import rewrite_rows
from interactions.imports.importers.importer import Change, Importer, RecordRefusedError
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line

OPEN, MISSED = Commitment.Status.OPEN, Commitment.Status.MISSED
_OUTCOME = frozenset({"status", "closed_at"})


class CommitmentImporter(Importer[Commitment]):
    record_type = "commitment"
    model = Commitment
    columns = {
        "customer": "customer_id",
        "goal": "goal_id",
        "owner": "owner_id",
        **{name: name for name in ("party", "what", "made_at", "due_on", "status", "closed_at")},
    }
    ref_fields = {"customer": "customer", "goal": "goal", "owner": "staff"}
    field_groups = (_OUTCOME, frozenset({"party", "owner"}))

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> Record:
        values = super().values(line, known)
        if values["party"] == Commitment.Party.THEM and values["owner_id"]:
            raise RecordRefusedError("owner of a promise of theirs: only a promise of ours has one; leave it out")
        if values["status"] == OPEN and values["closed_at"]:
            raise RecordRefusedError(
                "closed_at of an open promise: leave it out, or give the status kept, missed or released"
            )
        if values["status"] == OPEN:
            self.miss_if_overdue(values)
        elif not values["closed_at"]:
            self.close(values)
        return values

    def miss_if_overdue(self, values: Record) -> None:
        due = values["due_on"]
        if due and due < self.run.firm.local_date(self.run.at):
            values["status"], values["closed_at"] = MISSED, self.run.firm.end_of_day(due)

    def close(self, values: Record) -> None:
        """Close a missed promise at the end of its due day; for other outcomes the source must state the time."""
        if values["status"] != MISSED or not values["due_on"]:
            raise RecordRefusedError(f"closed_at is missing: say when the promise was {values['status']}")
        values["closed_at"] = self.run.firm.end_of_day(values["due_on"])

    def widen(self, fields: set[str], line: Line, row: Commitment) -> set[str]:
        fields = super().widen(fields, line, row)
        outcome_is_ours = row.status in (OPEN, MISSED) and line.record.get("status") in (None, OPEN, MISSED)
        return fields | _OUTCOME if "due_on" in fields and outcome_is_ours else fields

    def after_create(self, lines: list[Line], rows: list[Commitment]) -> None:
        entries = [entry for row in rows for entry in promise_entries(row, firm=self.run.firm)]
        record_many(entries, recorded_at=self.run.at, reopen=False)

    def after_update(self, changes: list[Change[Commitment]]) -> None:
        firm = self.run.firm
        rewrite_rows(
            [entry for change in changes for entry in promise_entries(change.before, firm=firm)],
            [entry for change in changes for entry in promise_entries(change.row, firm=firm)],
            firm=firm,
            at=self.run.at,
        )
