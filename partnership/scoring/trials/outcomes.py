"""What a backtest asks about: an outcome, and who had it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.db import connection
from django.utils.translation import gettext_noop

from customers.models import Customer
from interactions.errors import ActionRefused
from interactions.models import Kind
from partnership.core.stored_text import Text

OUTCOME_KINDS = {kind.value: kind for kind in (Kind.GOAL_ACHIEVED, Kind.RENEWAL, Kind.CANCELLATION)}
DEFAULT_HORIZON = 90
"""Days within which a goal, a renewal or a cancellation counts, unless said otherwise."""

_YES = frozenset({"true", "yes", "y", "t", "on", "1", "pass", "passed", "success", "succeeded"})
_NO = frozenset({"false", "no", "n", "f", "off", "0", "fail", "failed", "failure"})


@dataclass(frozen=True)
class Question:
    """Of all customers with a history by the end of `as_of`: who had the outcome?

    `attribute`: those whose attribute says yes (see `answer`). `kind`: those with a row of it in the `horizon` days
    after `as_of`. Exactly one of the two is given. With `present`, only those whose date attribute is empty or after
    `as_of` are asked about.
    """

    as_of: date
    attribute: str = ""
    kind: str = ""
    horizon: int = 0
    present: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Self:
        """From as_of (a date or its ISO form), outcome, horizon and present as the command takes them.

        ActionRefused for what is no outcome, no attribute or no number of days.
        """
        outcome, present = asked["outcome"], asked.get("present") or ""
        as_of = asked["as_of"] if isinstance(asked["as_of"], date) else date.fromisoformat(asked["as_of"])
        horizon = DEFAULT_HORIZON if asked.get("horizon") in (None, "") else int(asked["horizon"])
        if horizon < 1:
            raise ActionRefused(Text(gettext_noop("A horizon is a number of days, from 1.")))
        gone = _parse_attribute(present) if present else ""
        if outcome in OUTCOME_KINDS:
            return cls(as_of, kind=outcome, horizon=horizon, present=gone)
        return cls(as_of, attribute=_parse_attribute(outcome), present=gone)

    @property
    def outcome(self) -> str:
        return self.kind or f"attribute:{self.attribute}"

    def check(self, *, today: date) -> None:
        """ActionRefused when the answer is not known yet, or asks for an attribute that nobody has."""
        if self.as_of > today:
            said = gettext_noop("%(day)s is still to come: choose a past day.")
            raise ActionRefused(Text(said, {"day": str(self.as_of)}))
        if self.kind and (last := self.as_of + timedelta(days=self.horizon)) >= today:
            said = gettext_noop(
                "The %(horizon)d days after %(day)s end on %(last)s, which is not over yet: choose an earlier day, "
                "or a shorter horizon."
            )
            given = {"horizon": self.horizon, "day": str(self.as_of), "last": str(last)}
            raise ActionRefused(Text(said, given))
        for name in filter(None, (self.attribute, self.present)):
            if not Customer.objects.standing().filter(attributes__has_key=name).exists():
                known = ", ".join(list_attributes()) or Text(gettext_noop("none at all"))
                said = gettext_noop("No customer has an attribute %(name)s. There are: %(known)s.")
                raise ActionRefused(Text(said, {"name": name, "known": known}))

    def is_present(self, until: Any) -> bool | None:
        """Whether somebody whose date attribute has this value is there after `as_of`; None when it is no date."""
        if until in (None, ""):
            return True
        try:
            return date.fromisoformat(until[:10]) > self.as_of
        except (KeyError, TypeError, ValueError):  # a slice of a dict is a key to it from Python 3.12 on
            return None


def _parse_attribute(text: str) -> str:
    prefix, _colon, name = text.partition(":")
    if prefix != "attribute" or not name:
        outcomes = ", ".join(["attribute:NAME", *OUTCOME_KINDS])
        said = gettext_noop(
            "“%(text)s” is not understood: an outcome is one of %(outcomes)s; who is present, attribute:NAME."
        )
        raise ActionRefused(Text(said, {"text": text, "outcomes": outcomes}))
    return name


def list_attributes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT jsonb_object_keys(attributes) FROM customers_customer ORDER BY 1 LIMIT 100")
        return [name for (name,) in cursor.fetchall()]


def parse_answer(value: Any) -> bool | None:
    """What an attribute says: true or false, a number (0 is no), or a word of YES or NO; None for anything else."""
    if isinstance(value, bool | int | float):
        return bool(value)
    word = value.strip().casefold() if isinstance(value, str) else ""
    return True if word in _YES else False if word in _NO else None


def find_customers_with(kind: str, customer_ids: Sequence[int], *, after: date, days: int) -> set[int]:
    """Those with a row of the kind in the days after that day. Served by interactions_scoring."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT customer_id FROM interactions_interaction WHERE customer_id = ANY(%s) AND kind = %s "
            "AND occurred_on > %s AND occurred_on <= %s",
            [list(customer_ids), kind, after, after + timedelta(days=days)],
        )
        return {pk for (pk,) in cursor.fetchall()}
