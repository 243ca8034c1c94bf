"""A page of a customer's line of time, made so ready that its template has nothing to look up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Left, Length
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from customers.models import Customer
from interactions.models import Attachment, Channel, Direction, Interaction, Kind
from interactions.models.kinds import ANSWERS, AWAITS_ANSWER
from interactions.querysets import PAGE, InteractionQuerySet
from partnership.paging import page_of, parse_key, read_moment
from partnership.scoring.models import ValueRule

LONG = 700
"""Characters of a text that a list shows; the entry's own page shows all."""

WHOLE = 10_000_000
"""Characters of the longest text there can be."""

TALK = frozenset({*AWAITS_ANSWER, *ANSWERS, Kind.MEETING, Kind.NOTE, Kind.HANDOVER, Kind.NUDGE})


@dataclass(frozen=True)
class Filters:
    """Which rows; the names are those of the URL's parameters. Words that mean nothing here are left out."""

    scope: str = ""
    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    direction: str = ""
    has: str = ""
    lacks: str = ""

    @classmethod
    def of(cls, given: QueryDict) -> "Filters":
        return cls(
            scope=given.get("scope", "") if given.get("scope") in ("talk", "activity") else "",
            kinds=tuple(kind for kind in given.getlist("kind") if kind in Kind.values),
            channels=tuple(channel for channel in given.getlist("channel") if channel in Channel.values),
            direction=given.get("direction", "") if given.get("direction") in Direction.values else "",
            has=given.get("has", "")[:60],
            lacks=given.get("lacks", "")[:60],
        )

    @classmethod
    def of_rule(cls, rule: ValueRule) -> "Filters":
        """The rows that a rule counts."""
        return cls(
            kinds=tuple(rule.kinds),
            channels=tuple(rule.channels),
            direction=rule.direction,
            has=rule.payload_key if rule.payload == ValueRule.Payload.HAS else "",
            lacks=rule.payload_key if rule.payload == ValueRule.Payload.LACKS else "",
        )

    @property
    def condition(self) -> Q:
        asked = Q()
        if self.scope:
            asked &= Q(kind__in=TALK) if self.scope == "talk" else ~Q(kind__in=TALK)
        if self.kinds:
            asked &= Q(kind__in=self.kinds)
        if self.channels:
            asked &= Q(channel__in=self.channels)
        if self.direction:
            asked &= Q(direction=self.direction)
        if self.has:
            asked &= Q(payload__has_key=self.has)
        if self.lacks:
            asked &= ~Q(payload__has_key=self.lacks)
        return asked

    def url(self, customer_pk: int, **more: str) -> str:
        named: dict[str, Any] = {
            "scope": self.scope, "kind": self.kinds, "channel": self.channels, "direction": self.direction,
            "has": self.has, "lacks": self.lacks, **more,
        }  # fmt: skip
        asked = urlencode({name: value for name, value in named.items() if value}, doseq=True)
        return reverse("timeline", args=[customer_pk]) + (f"?{asked}" if asked else "")


@dataclass(slots=True)
class Entry:
    """Text that is safe to put into HTML: the template's own escaping costs more than all else about a row."""

    pk: str
    kind: str
    direction: str
    who: str
    what: str
    at: str
    time: str
    exact: str
    subject: str
    body: str
    is_long: bool
    quoted: str
    serves: str
    files: Sequence[dict[str, Any]]
    url: str


@dataclass(slots=True)
class Day:
    day: date
    title: str
    entries: list[Entry]


FIELDS = {
    "author_name": F("author__name"),
    "person_name": F("person__name"),
    "goal_title": F("goal__title"),
    "days_late": KT("payload__days_late"),
    "length": Length("body"),
}
PLAIN = ("pk", "occurred_at", "occurred_on", "kind", "direction", "channel", "subject", "minutes", "amount", "currency")


def rows_of(customer: Customer, filters: Filters | None = None, *, limit: int = LONG) -> QuerySet[Interaction, Any]:
    """The rows that entries are made of, newest first, as tuples: whole objects would cost more than the page."""
    rows: InteractionQuerySet = Interaction.objects.timeline(customer)
    if filters:
        rows = rows.filter(filters.condition)
    told = {**FIELDS, "text": Left("body", limit), "cited": Left("quoted", limit)}
    return rows.annotate(**told).values_list(*PLAIN, *told, named=True)


def timeline_page(customer: Customer, filters: Filters, before: str = "") -> tuple[list[Day], str | None]:
    """A page under its days, and the key of what is older. BadRequest when `before` is no place in it."""
    rows = rows_of(customer, filters)
    if before:
        moment, pk = parse_key(before, read_moment)
        rows = rows.before(moment, pk)  # type: ignore[attr-defined]
    page = page_of(rows[: PAGE + 1], size=PAGE, key=lambda row: (row.occurred_at, row.pk))
    return days_of(page.rows, customer), page.after


def days_of(rows: Iterable[Any], customer: Customer) -> list[Day]:
    """Entries of `rows_of` under their local days."""
    rows = list(rows)
    write, language = EntryWriter(customer, files_of([row.pk for row in rows])), get_language()
    return [
        Day(day, title_of(day, language), [write(row) for row in group])
        for day, group in groupby(rows, key=attrgetter("occurred_on"))
    ]


@lru_cache(10_000)
def title_of(day: date, language: str | None) -> str:
    """The day in words. The same days head many timelines, and to format one costs as much as an entry."""
    return date_format(day, "l, j F Y")


def files_of(interactions: list[int]) -> dict[int, list[dict[str, Any]]]:
    url = reverse("attachment", args=[0]).removesuffix("0/")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    files = Attachment.objects.filter(interaction__in=interactions).order_by("pk") if interactions else ()
    for file in files:
        found[file.interaction_id].append({"name": file.name, "size": file.size, "url": f"{url}{file.pk}/"})
    return found


def safe(text: str) -> SafeString:
    return SafeString(escape(text))


class EntryWriter:
    """Row → Entry. What is the same for every row is looked up once."""

    def __init__(self, customer: Customer, files: dict[int, list[dict[str, Any]]]) -> None:
        self.customer, self.files = customer, files
        self.zone = timezone.get_current_timezone()
        self.kinds = {kind.value: str(kind.label) for kind in Kind}
        self.channels = {channel.value: str(channel.label) for channel in Channel}
        self.us = str(_("Us"))
        self.url = reverse("entry", args=[customer.pk, 0]).removesuffix("0/")

    def __call__(self, row: Any) -> Entry:
        local = row.occurred_at.astimezone(self.zone)
        return Entry(
            pk=SafeString(row.pk),
            kind=SafeString(row.kind),
            direction=SafeString(row.direction),
            who=safe(self.who(row)),
            what=safe(self.what(row)),
            at=SafeString(local.isoformat()),
            time=SafeString(f"{local:%H:%M}"),
            exact=safe(f"{local:%Y-%m-%d %H:%M:%S %Z}"),
            subject=safe(row.subject),
            body=safe(row.text),
            is_long=row.length > len(row.text),
            quoted=safe(row.cited),
            serves=safe(row.goal_title or "") if row.goal_title != row.subject else "",
            files=self.files.get(row.pk, ()),
            url=SafeString(f"{self.url}{row.pk}/"),
        )

    def who(self, row: Any) -> str:
        if row.direction == Direction.INBOUND:
            return row.person_name or self.customer.name
        return row.author_name or self.us

    def what(self, row: Any) -> str:
        said = [self.kinds[row.kind]]
        if row.channel not in (row.kind, Channel.INTERNAL):
            said.append(self.channels[row.channel])
        if row.minutes:
            said.append(ngettext("%d minute", "%d minutes", row.minutes) % row.minutes)
        if row.amount is not None:
            said.append(f"{row.amount} {row.currency}")
        if row.days_late:
            said.append(ngettext("%d day late", "%d days late", int(row.days_late)) % int(row.days_late))
        return " · ".join(said)
