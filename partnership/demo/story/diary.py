"""One customer's history, written down as interchange records while it happens."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from partnership.demo.library import library
from partnership.demo.personas.people import Who
from partnership.demo.story.school_calendar import ZONE, moment

QUIET = timedelta(days=6)
"""A finished conversation is closed after this."""


class Diary:
    """Records of one customer until the first moment of today; what would come later did not happen yet."""

    def __init__(self, me: Who, *, today: date, rng: Random) -> None:
        self.me, self.today, self.rng = me, today, rng
        self.limit = datetime.combine(today, time.min, tzinfo=ZONE)
        self.records: list[dict[str, Any]] = []
        self.staff = {each["key"]: each for each in library("school")["staff"]}
        self.owner = self.staff["support"]
        self.numbers: Counter[str] = Counter()
        self.told: set[str] = set()

    def ref(self, letter: str) -> str:
        self.numbers[letter] += 1
        return f"{self.me.ref}-{letter}{self.numbers[letter]}"

    def write(self, type_: str, ref: str, **fields: Any) -> dict[str, Any]:
        """Fields without a value are left out."""
        kept = {name: value for name, value in fields.items() if value not in (None, "", [], {})}
        record = {"type": type_, "ref": ref, **kept}
        self.records.append(record)
        return record

    def add(
        self, kind: str, at: datetime, *, channel: str, direction: str, author: dict | None = None, **fields: Any
    ) -> bool:
        """One row of the timeline; False when that moment is yet to come."""
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

    def theirs(self, kind: str, at: datetime, *, channel: str = "app", **fields: Any) -> bool:
        return self.add(kind, at, channel=channel, direction="inbound", **fields)

    def ours(
        self, kind: str, at: datetime, *, channel: str = "email", author: dict | None = None, **fields: Any
    ) -> bool:
        return self.add(kind, at, channel=channel, direction="outbound", author=author or self.owner, **fields)

    def internal(self, kind: str, at: datetime, body: str, *, author: dict | None = None, **fields: Any) -> bool:
        return self.add(
            kind, at, channel="internal", direction="internal", author=author or self.owner, body=body, **fields
        )

    def money(self, kind: str, at: datetime, amount: float, subject: str) -> bool:
        direction = "outbound" if kind == "refund" else "inbound"
        return self.add(
            kind, at, channel="billing", direction=direction, subject=subject, amount=f"{amount:.2f}", currency="EUR"
        )

    def conversation(self, channel: str, subject: str, assignee: dict, *, last: datetime, settled: bool) -> str:
        """A thread's ref. It is closed when it is settled and has been quiet for a while."""
        closed = settled and self.limit - last > QUIET
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

    def goal(self, outline: list, at: datetime, *, weeks: int) -> dict[str, Any]:
        """outline: title, why, measure, unit, baseline, target."""
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

    def check_in(self, goal: dict, at: datetime, value: float, note: str = "") -> None:
        if at < self.limit:
            goal["current"] = value
            self.write("check_in", self.ref("r"), goal=goal["ref"], value=value, note=note, at=at.isoformat())

    def close_goal(self, goal: dict, at: datetime, status: str = "achieved") -> None:
        if at < self.limit:
            goal.update(status=status, closed_at=at.isoformat())

    def promise(
        self, party: str, what: str, made_at: datetime, due_on: date, outcome: str, *, goal: dict | None = None,
        owner: dict | None = None,
    ) -> None:  # fmt: skip
        """outcome: kept, late, missed or released, as far as that has happened by today."""
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
        record.update(self.settled(outcome, made_at, due_on))

    def settled(self, outcome: str, made_at: datetime, due_on: date) -> dict[str, str]:
        """How a promise stands now. A promise past due is missed from the start of the next day until it is kept."""
        over = datetime.combine(due_on + timedelta(days=1), time.min, tzinfo=ZONE)
        done = due_on - timedelta(days=self.rng.choice((0, 0, 1, 1, 2)))
        kept = moment(done if done.weekday() < 5 else due_on, self.rng)
        closed = {
            "kept": max(kept, made_at + timedelta(hours=2)),
            "late": over + timedelta(days=self.rng.randrange(1, 6), hours=self.rng.randrange(9, 18)),
            "missed": over,
            "released": (made_at + (over - made_at) / 2).replace(microsecond=0),
        }[outcome]
        if closed < self.limit:
            return {"status": "kept" if outcome == "late" else outcome, "closed_at": closed.isoformat()}
        return {"status": "missed", "closed_at": over.isoformat()} if over <= self.limit else {"status": "open"}
