"""Outcomes that a backtest can predict, and who had them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NotRequired, Self, TypedDict

from django.db import connection
from django.utils.translation import gettext_noop

from customers.models import Customer
from interactions.errors import ActionRefused
from interactions.models import Kind
from partnership.core.translatable_text import TranslatableText

OUTCOME_KINDS = {kind.value: kind for kind in (Kind.GOAL_ACHIEVED, Kind.RENEWAL, Kind.CANCELLATION)}
DEFAULT_HORIZON = 90  # days within which a goal, a renewal or a cancellation counts

_YES = frozenset({"true", "yes", "y", "t", "on", "1", "pass", "passed", "success", "succeeded"})
_NO = frozenset({"false", "no", "n", "f", "off", "0", "fail", "failed", "failure"})


class Request(TypedDict):
    """The parameters of a backtest as the command takes them and a run stores them; `as_of` is a date or ISO text."""

    as_of: date | str
    outcome: str
    horizon: NotRequired[int | str | None]
    present: NotRequired[str | None]


@dataclass(frozen=True)
class Question:
    """Which customers with a history by the end of `as_of` had the outcome?

    `attribute`: those whose attribute means yes (see parse_answer). `kind`: those with a row of it in the `horizon`
    days after `as_of`. Exactly one of the two is given. With `present`, only customers whose date attribute is empty or
    after `as_of` are included.
    """

    as_of: date
    attribute: str = ""
    kind: str = ""
    horizon: int = 0
    present: str = ""

    @classmethod
    def parse(cls, request: Request) -> Self:
        """Parse a request. ActionRefused for an unknown outcome, attribute or number of days."""
        outcome, present = request["outcome"], request.get("present") or ""
        as_of = request["as_of"] if isinstance(request["as_of"], date) else date.fromisoformat(request["as_of"])
        given = request.get("horizon")
        horizon = DEFAULT_HORIZON if given is None or given == "" else int(given)
        if horizon < 1:
            raise ActionRefused(TranslatableText(gettext_noop("Enter a horizon of at least one day.")))
        gone = _parse_attribute(present) if present else ""
        if outcome in OUTCOME_KINDS:
            return cls(as_of, kind=outcome, horizon=horizon, present=gone)
        return cls(as_of, attribute=_parse_attribute(outcome), present=gone)

    @property
    def outcome(self) -> str:
        return self.kind or f"attribute:{self.attribute}"

    def check(self, *, today: date) -> None:
        """Raise ActionRefused when the outcome is still open, or no customer has the attribute."""
        if self.as_of > today:
            text = gettext_noop("%(day)s is in the future: choose a past day.")
            raise ActionRefused(TranslatableText(text, {"day": str(self.as_of)}))
        if self.kind and (last := self.as_of + timedelta(days=self.horizon)) >= today:
            text = gettext_noop(
                "The %(horizon)d days after %(day)s end on %(last)s, which has not passed yet: choose an earlier "
                "day or a shorter horizon."
            )
            values = {"horizon": self.horizon, "day": str(self.as_of), "last": str(last)}
            raise ActionRefused(TranslatableText(text, values))
        for name in filter(None, (self.attribute, self.present)):
            if not Customer.objects.unmerged().filter(attributes__has_key=name).exists():
                known = ", ".join(list_attributes()) or TranslatableText(gettext_noop("none at all"))
                text = gettext_noop("No customer has an attribute %(name)s. There are: %(known)s.")
                raise ActionRefused(TranslatableText(text, {"name": name, "known": known}))

    def is_present(self, until: object) -> bool | None:
        """Say whether a date attribute with this value means present after `as_of`; None when it is no date."""
        if until in (None, ""):
            return True
        if not isinstance(until, str):
            return None
        try:
            return date.fromisoformat(until[:10]) > self.as_of
        except ValueError:
            return None


def _parse_attribute(text: str) -> str:
    prefix, _colon, name = text.partition(":")
    if prefix != "attribute" or not name:
        outcomes = ", ".join(["attribute:NAME", *OUTCOME_KINDS])
        message = gettext_noop("“%(text)s” is unknown: an outcome is one of %(outcomes)s; presence is attribute:NAME.")
        raise ActionRefused(TranslatableText(message, {"text": text, "outcomes": outcomes}))
    return name


def list_attributes() -> list[str]:
    with connection.cursor() as cursor:
        # CASE, as only an object has keys.
        cursor.execute(
            "SELECT DISTINCT jsonb_object_keys(CASE jsonb_typeof(attributes) WHEN 'object' THEN attributes END)"
            " FROM customers_customer ORDER BY 1 LIMIT 100"
        )
        return [name for (name,) in cursor.fetchall()]


def parse_answer(value: object) -> bool | None:
    """Read an attribute as yes or no: a boolean, a number (0 is no) or a word of _YES or _NO; else None."""
    if isinstance(value, bool | int | float):
        return bool(value)
    word = value.strip().casefold() if isinstance(value, str) else ""
    return True if word in _YES else False if word in _NO else None


def find_customers_with(kind: str, customer_ids: Sequence[int], *, after: date, days: int) -> set[int]:
    """Return the customers with a row of the kind in the days after a day. Served by the index interactions_scoring."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT customer_id FROM interactions_interaction WHERE customer_id = ANY(%s) AND kind = %s "
            "AND occurred_on > %s AND occurred_on <= %s",
            [list(customer_ids), kind, after, after + timedelta(days=days)],
        )
        return {pk for (pk,) in cursor.fetchall()}
