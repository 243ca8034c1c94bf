"""Goals and the readings of their progress."""

from typing import Any

from customers.models import CheckIn, Goal
from interactions.actions.goals import make_current, row_of_check_in, rows_of
from interactions.actions.record import record_many
from interactions.imports.importers.derived_rows import rewrite
from interactions.imports.importers.importer import Change, RefusedError, Taker
from interactions.imports.interchange.lines import Line


class GoalTaker(Taker):
    type = "goal"
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
    named = {"customer": "customer"}
    together = (frozenset({"status", "closed_at"}),)

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> dict[str, Any]:
        values = super().values(line, known)
        if values["status"] == Goal.Status.ACTIVE and values["closed_at"]:
            raise RefusedError("closed_at of an active goal: leave it out, or give the status achieved or dropped")
        return values

    def created(self, lines: list[Line], rows: list[Any]) -> None:
        record_many([entry for row in rows for entry in rows_of(row)], recorded_at=self.run.at, reopen=False)
        self.run.current_stated.update(row.pk for row in rows if row.current is not None)

    def changed(self, changes: list[Change]) -> None:
        self.run.current_stated.update(change.row.pk for change in changes if "current" in change.fields)
        rewrite(
            [entry for change in changes for entry in rows_of(change.before)],
            [entry for change in changes for entry in rows_of(change.row)],
            firm=self.run.firm,
            at=self.run.at,
        )


class CheckInTaker(Taker):
    type = "check_in"
    model = CheckIn
    columns = {"goal": "goal_id", "at": "at", "value": "value", "note": "note", "by": "by_id"}
    named = {"goal": "goal", "by": "staff"}

    def created(self, lines: list[Line], rows: list[Any]) -> None:
        self.with_goals(rows)
        record_many([row_of_check_in(row) for row in rows], recorded_at=self.run.at, reopen=False)
        self.follow(rows)

    def changed(self, changes: list[Change]) -> None:
        before, after = [change.before for change in changes], [change.row for change in changes]
        self.with_goals([*before, *after])
        old, new = [row_of_check_in(row) for row in before], [row_of_check_in(row) for row in after]
        rewrite(old, new, firm=self.run.firm, at=self.run.at)
        self.follow([*before, *after])

    def with_goals(self, rows: list[Any]) -> None:
        goals = Goal.objects.in_bulk({row.goal_id for row in rows})
        for row in rows:
            row.goal = goals[row.goal_id]

    def follow(self, rows: list[Any]) -> None:
        """The newest reading is a goal's current value, unless its own record gave one in this import."""
        goals = {row.goal_id: row.goal for row in rows}
        for pk, goal in sorted(goals.items()):
            if pk not in self.run.current_stated:
                make_current(goal)
