"""Import goals and check-ins."""

from customers.models import CheckIn, Goal
from interactions.actions.goals import check_in_entry, goal_entries, refresh_current_value
from interactions.actions.record import record_many
from interactions.imports.importers.derived_rows import rewrite_rows
from interactions.imports.importers.importer import Change, Importer, RecordRefusedError
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line


class GoalImporter(Importer[Goal]):
    record_type = "goal"
    model = Goal
    columns = {
        "customer": "customer_id",
        **{
            name: name
            for name in ("title", "why", "measure", "unit", "baseline", "target", "current", "set_at", "due_on")
        },
        "status": "status",
        "closed_at": "closed_at",
    }
    ref_fields = {"customer": "customer"}
    field_groups = (frozenset({"status", "closed_at"}),)

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> Record:
        values = super().values(line, known)
        if values["status"] == Goal.Status.ACTIVE and values["closed_at"]:
            raise RecordRefusedError(
                "closed_at of an active goal: leave it out, or give the status achieved or dropped"
            )
        return values

    def after_create(self, lines: list[Line], rows: list[Goal]) -> None:
        record_many([entry for row in rows for entry in goal_entries(row)], recorded_at=self.run.at, reopen=False)
        self.run.current_stated.update(row.pk for row in rows if row.current is not None)

    def after_update(self, changes: list[Change[Goal]]) -> None:
        self.run.current_stated.update(change.row.pk for change in changes if "current" in change.fields)
        rewrite_rows(
            [entry for change in changes for entry in goal_entries(change.before)],
            [entry for change in changes for entry in goal_entries(change.row)],
            firm=self.run.firm,
            at=self.run.at,
        )


class CheckInImporter(Importer[CheckIn]):
    record_type = "check_in"
    model = CheckIn
    columns = {"goal": "goal_id", "at": "at", "value": "value", "note": "note", "by": "by_id"}
    ref_fields = {"goal": "goal", "by": "staff"}

    def after_create(self, lines: list[Line], rows: list[CheckIn]) -> None:
        self.with_goals(rows)
        record_many([check_in_entry(row) for row in rows], recorded_at=self.run.at, reopen=False)
        self.follow(rows)

    def after_update(self, changes: list[Change[CheckIn]]) -> None:
        before, after = [change.before for change in changes], [change.row for change in changes]
        self.with_goals([*before, *after])
        old, new = [check_in_entry(row) for row in before], [check_in_entry(row) for row in after]
        rewrite_rows(old, new, firm=self.run.firm, at=self.run.at)
        self.follow([*before, *after])

    def with_goals(self, rows: list[CheckIn]) -> None:
        goals = Goal.objects.in_bulk({row.goal_id for row in rows})
        for row in rows:
            row.goal = goals[row.goal_id]

    def follow(self, rows: list[CheckIn]) -> None:
        """Set each goal's current value to the newest reading, unless its record states one in this import."""
        goals = {row.goal_id: row.goal for row in rows}
        for pk, goal in sorted(goals.items()):
            if pk not in self.run.current_stated:
                refresh_current_value(goal)
