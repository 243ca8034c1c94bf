"""Promises: one that is open past its day arrives missed, as it would have become here."""

from typing import Any

from customers.models import Commitment
from interactions.actions.promises import rows_of
from interactions.actions.record import record_many
from interactions.imports.importers.derived_rows import rewrite
from interactions.imports.importers.importer import Change, RefusedError, Taker
from interactions.imports.interchange.lines import Line

OPEN, MISSED = Commitment.Status.OPEN, Commitment.Status.MISSED
OUTCOME = frozenset({"status", "closed_at"})


class CommitmentTaker(Taker):
    type = "commitment"
    model = Commitment
    columns = {
        "customer": "customer_id",
        "goal": "goal_id",
        "owner": "owner_id",
        **{name: name for name in ("party", "what", "made_at", "due_on", "status", "closed_at")},
    }
    named = {"customer": "customer", "goal": "goal", "owner": "staff"}
    together = (OUTCOME, frozenset({"party", "owner"}))

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> dict[str, Any]:
        values = super().values(line, known)
        if values["party"] == Commitment.Party.THEM and values["owner_id"]:
            raise RefusedError("owner of a promise of theirs: only a promise of ours has one; leave it out")
        if values["status"] == OPEN and values["closed_at"]:
            raise RefusedError(
                "closed_at of an open promise: leave it out, or give the status kept, missed or released"
            )
        if values["status"] == OPEN:
            self.miss_if_overdue(values)
        elif not values["closed_at"]:
            self.close(values)
        return values

    def miss_if_overdue(self, values: dict[str, Any]) -> None:
        due = values["due_on"]
        if due and due < self.run.firm.local_date(self.run.at):
            values["status"], values["closed_at"] = MISSED, self.run.firm.end_of(due)

    def close(self, values: dict[str, Any]) -> None:
        """A miss happened when its day was over; of another outcome only the source knows when."""
        if values["status"] != MISSED or not values["due_on"]:
            raise RefusedError(f"closed_at is missing: say when the promise was {values['status']}")
        values["closed_at"] = self.run.firm.end_of(values["due_on"])

    def widened(self, fields: set[str], line: Line, row: Any) -> set[str]:
        fields = super().widened(fields, line, row)
        outcome_is_ours = row.status in (OPEN, MISSED) and line.record.get("status") in (None, OPEN, MISSED)
        return fields | OUTCOME if "due_on" in fields and outcome_is_ours else fields

    def created(self, lines: list[Line], rows: list[Any]) -> None:
        entries = [entry for row in rows for entry in rows_of(row, firm=self.run.firm)]
        record_many(entries, recorded_at=self.run.at, reopen=False)

    def changed(self, changes: list[Change]) -> None:
        firm = self.run.firm
        rewrite(
            [entry for change in changes for entry in rows_of(change.before, firm=firm)],
            [entry for change in changes for entry in rows_of(change.row, firm=firm)],
            firm=firm,
            at=self.run.at,
        )
