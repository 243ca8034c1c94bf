"""One customer's history as interchange records."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from partnership.demo.library import Texts, load_texts
from partnership.demo.personas.people import Person
from partnership.demo.story.school_calendar import ZONE, random_time

# A record of the interchange format (docs/interchange.md).
Record = dict[str, Any]

_CLOSED_AFTER = timedelta(days=6)


class Diary:
    """Records of one customer until the start of today; later ones are left out."""

    def __init__(self, me: Person, *, today: date, rng: Random) -> None:
        self.me, self.today, self.rng = me, today, rng
        self.limit = datetime.combine(today, time.min, tzinfo=ZONE)
        self.records: list[Record] = []
        self.staff = {each["key"]: each for each in load_texts("school")["staff"]}
        self.owner = self.staff["support"]
        self.numbers: Counter[str] = Counter()
        self.used_lines: set[str] = set()

    def ref(self, letter: str) -> str:
        self.numbers[letter] += 1
        return f"{self.me.ref}-{letter}{self.numbers[letter]}"

    def write(self, type_: str, ref: str, **fields: Any) -> Record:
        """Add a record, without empty fields."""
        kept = {name: value for name, value in fields.items() if value not in (None, "", [], {})}
        record = {"type": type_, "ref": ref, **kept}
        self.records.append(record)
        return record

    def add(
        self, kind: str, at: datetime, *, channel: str, direction: str, author: Texts | None = None, **fields: Any
    ) -> bool:
        """Add a row of the timeline; return False if it would be after the story's end."""
        if at >= self.limit:
            return False
        self.write(
            "interaction",
            self.ref("i"),
            customer=self.me.ref,
            occurred_at=at.isoformat(),
            channel=channel,
            direction=direction,
            kind=kind,
            author=author and author["email"],
            **fields,
        )
        return True

    def add_inbound(self, kind: str, at: datetime, *, channel: str = "app", **fields: Any) -> bool:
        return self.add(kind, at, channel=channel, direction="inbound", **fields)

    def add_outbound(
        self, kind: str, at: datetime, *, channel: str = "email", author: Texts | None = None, **fields: Any
    ) -> bool:
        return self.add(kind, at, channel=channel, direction="outbound", author=author or self.owner, **fields)

    def add_internal(self, kind: str, at: datetime, body: str, *, author: Texts | None = None, **fields: Any) -> bool:
        return self.add(
            kind, at, channel="internal", direction="internal", author=author or self.owner, body=body, **fields
        )

    def add_payment(self, kind: str, at: datetime, amount: float, subject: str) -> bool:
        direction = "outbound" if kind == "refund" else "inbound"
        return self.add(
            kind, at, channel="billing", direction=direction, subject=subject, amount=f"{amount:.2f}", currency="EUR"
        )

    def conversation(self, channel: str, subject: str, assignee: Texts, *, last: datetime, settled: bool) -> str:
        """Add a conversation and return its ref; closed if it is settled and nothing was written for six days."""
        closed = settled and self.limit - last > _CLOSED_AFTER
        ref = self.ref("t")
        self.write(
            "conversation",
            ref,
            customer=self.me.ref,
            channel=channel,
            subject=subject,
            status="closed" if closed else "open",
            assignee=assignee["email"],
        )
        return ref

    def settle_conversations(self) -> None:
        """Let the assignees close the closed conversations an hour after the last word; thanks need no answer."""
        spoken: dict[str, Record] = {}
        for record in self.records:
            ref = record.get("conversation")
            if ref and record["direction"] != "internal":
                spoken[ref] = max(spoken.get(ref, record), record, key=_moment)
        for record in [each for each in self.records if each["type"] == "conversation" and each["status"] == "closed"]:
            if last := spoken.get(record["ref"]):
                self.write(
                    "settlement",
                    f"{record['ref']}-closed",
                    conversation=record["ref"],
                    at=min(_moment(last) + timedelta(hours=1), self.limit - timedelta(seconds=1)).isoformat(),
                    by=record["assignee"],
                    answered="not_needed" if last["direction"] == "inbound" else "yes",
                )

    def goal(self, outline: list[Any], at: datetime, *, weeks: int) -> Record:
        """Add a goal. `outline`: title, why, measure, unit, baseline, target."""
        title, why, measure, unit, baseline, target = outline
        return self.write(
            "goal",
            self.ref("g"),
            customer=self.me.ref,
            title=title,
            why=why,
            measure=measure,
            unit=unit,
            baseline=baseline,
            target=target,
            current=baseline,
            set_at=at.isoformat(),
            due_on=(at.date() + timedelta(weeks=weeks)).isoformat(),
            status="active",
        )

    def check_in(self, goal: Record, at: datetime, value: float, note: str = "") -> None:
        if at < self.limit:
            goal["current"] = value
            self.write("check_in", self.ref("r"), goal=goal["ref"], value=value, note=note, at=at.isoformat())

    def close_goal(self, goal: Record, at: datetime, status: str = "achieved") -> None:
        if at < self.limit:
            goal.update(status=status, closed_at=at.isoformat())

    def promise(
        self, party: str, what: str, made_at: datetime, due_on: date, outcome: str, *, goal: Record | None = None,
        owner: Texts | None = None,
    ) -> None:  # fmt: skip
        """Add a promise. `outcome`: kept, late, missed or released, once that has happened."""
        if made_at >= self.limit:
            return
        record = self.write(
            "commitment",
            self.ref("p"),
            customer=self.me.ref,
            party=party,
            what=what,
            goal=goal and goal["ref"],
            owner=(owner or self.owner)["email"] if party == "us" else None,
            made_at=made_at.isoformat(),
            due_on=due_on.isoformat(),
        )
        record.update(self._outcome(outcome, made_at, due_on))

    def _outcome(self, outcome: str, made_at: datetime, due_on: date) -> dict[str, str]:
        """Return a promise's status now. Past due it is missed from the start of the next day until it is kept."""
        over = datetime.combine(due_on + timedelta(days=1), time.min, tzinfo=ZONE)
        done = due_on - timedelta(days=self.rng.choice((0, 0, 1, 1, 2)))
        kept = random_time(done if done.weekday() < 5 else due_on, self.rng)
        closed = {
            "kept": max(kept, made_at + timedelta(hours=2)),
            "late": over + timedelta(days=self.rng.randrange(1, 6), hours=self.rng.randrange(9, 18)),
            "missed": over,
            "released": (made_at + (over - made_at) / 2).replace(microsecond=0),
        }[outcome]
        if closed < self.limit:
            return {"status": "kept" if outcome == "late" else outcome, "closed_at": closed.isoformat()}
        return {"status": "missed", "closed_at": over.isoformat()} if over <= self.limit else {"status": "open"}


def _moment(entry: Record) -> datetime:
    return datetime.fromisoformat(entry["occurred_at"])
