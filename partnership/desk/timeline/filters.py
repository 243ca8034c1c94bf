"""Which part of a timeline is shown, as the URL says."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.contrib.postgres.search import SearchQueryCombinable
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from interactions.models import Channel, Direction, Kind
from interactions.models.kinds import ANSWERS, AWAITS_ANSWER, PAST_THEM
from interactions.models.words import entry_words
from interactions.querysets import InteractionQuerySet
from partnership.core.params import parse_number
from partnership.scoring.engine.matching import rule_match_expression
from partnership.scoring.models import ValueRule

TALK = frozenset({*AWAITS_ANSWER, *ANSWERS, *PAST_THEM, Kind.MEETING, Kind.NOTE, Kind.HANDOVER, Kind.NUDGE})

# Of the fields of Filters, in the URL.
PARAMETER_NAMES = {
    "scope": "scope", "kinds": "kind", "channels": "channel", "direction": "direction", "author": "author",
    "person": "person", "goal": "goal", "since": "from", "until": "to", "words": "q", "rule": "rule",
    "thread": "thread", "flat": "flat",
}  # fmt: skip

_REMEMBERED = ("scope", "kinds", "channels", "direction", "author")  # what means the same on every customer's page
_NO_ROW = Q(pk__in=[])


@dataclass(frozen=True)
class Filters:
    """`since` and `until` are local days, both included; `flat`: every message of a thread stands by itself."""

    scope: str = ""
    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    direction: str = ""
    author: int | None = None
    person: int | None = None
    goal: int | None = None
    since: date | None = None
    until: date | None = None
    words: str = ""
    rule: int | None = None
    thread: int | None = None
    flat: bool = False

    @classmethod
    def of(cls, given: QueryDict) -> "Filters":
        """Read a query string; values that mean nothing here are left out."""
        scope, direction = given.get("scope", ""), given.get("direction", "")
        return cls(
            scope=scope if scope in ("talk", "activity") else "",
            kinds=tuple(kind for kind in given.getlist("kind") if kind in Kind.values),
            channels=tuple(channel for channel in given.getlist("channel") if channel in Channel.values),
            direction=direction if direction in Direction.values else "",
            **{name: parse_number(given.get(name, "")) for name in ("author", "person", "goal", "thread", "rule")},
            since=day_in(given.get("from", "")),
            until=day_in(given.get("to", "")),
            words=given.get("q", "").replace("\0", "").strip()[:200],
            flat="flat" in given or "at" in given,
        )

    @classmethod
    def of_rule(cls, rule: ValueRule) -> "Filters":
        """Pick the rows that a rule counts."""
        if rule.payload or rule.currency:
            return cls(rule=rule.pk)
        return cls(kinds=tuple(rule.kinds), channels=tuple(rule.channels), direction=rule.direction)

    @property
    def collapses(self) -> bool:
        """Whether a thread shows as its newest message alone: a search shows every match instead."""
        return self == Filters(scope=self.scope)

    @property
    def shows_traces(self) -> bool:
        return replace(self, flat=False).collapses

    @property
    def shows_tiers(self) -> bool:
        return self.shows_traces and self.scope != "talk"

    @property
    def lasting(self) -> "Filters":
        return Filters(**{name: getattr(self, name) for name in _REMEMBERED})

    @property
    def in_scope(self) -> Q:
        if not self.scope:
            return Q()
        return Q(kind__in=TALK) if self.scope == "talk" else ~Q(kind__in=TALK)

    @property
    def condition(self) -> Q:
        """Everything but the words."""
        wanted = {
            "kind__in": self.kinds, "channel__in": self.channels, "direction": self.direction,
            "author": self.author, "goal": self.goal, "conversation": self.thread,
            "occurred_on__gte": self.since, "occurred_on__lte": self.until,
            # The days once more, as the index interactions_timeline has them.
            "occurred_at__gte": start_of(self.since), "occurred_at__lt": start_of(self.until, after=1),
        }  # fmt: skip
        condition = self.in_scope & Q(**{name: value for name, value in wanted.items() if value})
        if self.person:
            condition &= Q(person=self.person) | Q(customer=self.person)
        if self.rule:
            rule = ValueRule.objects.filter(pk=self.rule).first()
            condition &= Q(rule_match_expression(rule)) if rule else _NO_ROW
        return condition

    def narrow(self, rows: InteractionQuerySet, query: SearchQueryCombinable | None) -> InteractionQuerySet:
        """Filter rows; `query`: that of the words, None without any."""
        rows = rows.filter(self.condition)
        if self.words:
            rows = rows.alias(given=entry_words()).filter(given=query) if query else rows.none()
        return rows.newest_of_threads(self.in_scope) if self.collapses else rows

    def without(self, *names: str) -> "Filters":
        empty = Filters()
        return replace(self, **{name: getattr(empty, name) for name in names})

    @property
    def pairs(self) -> dict[str, object]:
        """The names and values of the query string."""
        pairs = {name: getattr(self, field) for field, name in PARAMETER_NAMES.items() if getattr(self, field)}
        return {**pairs, "flat": 1} if self.flat else pairs

    @property
    def query(self) -> str:
        return urlencode(self.pairs, doseq=True)

    @property
    def explicit_query(self) -> str:
        """The query string, never empty: an empty one means the filters used last."""
        return self.query or "keep=1"

    def url(self, customer_pk: int, **more: object) -> str:
        return self.address(reverse("timeline", args=[customer_pk]), **more)

    def address(self, timeline_url: str, **more: object) -> str:
        """Add the filters and what else is given to a timeline's URL."""
        query = urlencode({**self.pairs, **{name: value for name, value in more.items() if value}}, doseq=True)
        return f"{timeline_url}?{query}" if query else timeline_url


def asked_for(given: QueryDict, remembered: str) -> Filters:
    """Read the filters of a query string; where it names none, those that were used last."""
    explicit = "keep" in given or any(name in given for name in (*PARAMETER_NAMES.values(), "at", "day"))
    return Filters.of(given if explicit else QueryDict(remembered))


def day_in(text: str) -> date | None:
    """Read a day in ISO or as the language writes it; None where there is none."""
    try:
        return cast("date | None", forms.DateField(required=False).clean(text))
    except ValidationError:
        return None


def start_of(day: date | None, *, after: int = 0) -> datetime | None:
    """Return the first moment of that local day, or of one some days after it; None beyond the last year."""
    try:
        local = datetime.combine(day + timedelta(days=after), time(), timezone.get_current_timezone()) if day else None
        return local.astimezone(timezone.get_default_timezone()) if local else None
    except OverflowError:
        return None
