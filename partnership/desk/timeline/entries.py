"""Rows as the template shows them: made so ready that it has nothing to look up."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from heapq import merge
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from customers.models import Customer
from interactions.actions.decisions import Outcome
from interactions.models import Channel, Deletion, Direction, Kind
from interactions.permissions import may_restore
from interactions.search import search_words
from partnership.core.pagination import as_text
from partnership.desk.files.previews import has_preview
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.rows import LONG, MANY, MARK, UNMARK
from partnership.desk.timeline.tier_changes import TierChange
from partnership.staff.models import User

FORMATTED = 4 * LONG
"""Characters of formatted text that a list shows; it can't be cut, so a longer one is shown plain."""


@dataclass(slots=True)
class Entry:
    """Text that is safe to put into HTML: the template's own escaping costs more than all else about a row.

    `rest`: whether anything of what follows it is there.
    """

    pk: str
    customer_pk: str
    kind: str
    look: str
    who: str
    what: str
    at: str
    time: str
    exact: str
    subject: str
    body: str
    is_long: bool
    url: str
    formatted: str
    rest: bool
    quoted: str
    serves: str
    files: Sequence[dict[str, Any]]
    as_sent: bool
    thread: int | None
    earlier: str
    thread_url: str
    earlier_url: str
    status: str
    error: str
    decision: str
    deletion: None = None
    tier_change: None = None

    def __getitem__(self, name: str) -> Any:
        """Templates ask for a key before they ask for an attribute: without an answer every look-up is an exception."""
        return getattr(self, name)


@dataclass(slots=True)
class Day:
    """`goes_on`: the page before it ended within this day, and has its title."""

    day: date
    title: str
    entries: list[Any]
    goes_on: bool = False


@dataclass(slots=True)
class Trace:
    """Where a deleted entry stood. `may_undo`: whether who looks may bring it back."""

    deletion: Deletion
    may_undo: bool
    occurred_at: datetime
    occurred_on: date
    pk: int

    @classmethod
    def of(cls, deletion: Deletion, viewer: User | None) -> "Trace":
        local = timezone.localtime(deletion.occurred_at)
        may_undo = viewer is not None and may_restore(viewer, deletion)
        return cls(deletion, may_undo, deletion.occurred_at, local.date(), deletion.interaction_id)


def days_of(
    rows: Iterable[Any],
    customer: Customer,
    *,
    deletions: Iterable[Deletion] = (),
    tiers: Iterable[TierChange] = (),
    words: str = "",
    viewer: User | None = None,
) -> list[Day]:
    """Rows (partnership.desk.timeline.rows), the traces of deleted ones and changes of the tier under their local days,
    newest first.

    `viewer` is who may be offered to undo a deletion; `deletions` come with their customers.
    """
    write, language = EntryWriter(customer, words), get_language()
    traces = (Trace.of(deletion, viewer) for deletion in deletions)
    lines = merge(rows, traces, tiers, key=attrgetter("occurred_at", "pk"), reverse=True)
    return [
        Day(day, title_of(day, language), [line if isinstance(line, READY) else write(line) for line in group])
        for day, group in groupby(lines, key=attrgetter("occurred_on"))
    ]


READY = (Trace, TierChange)


@lru_cache(10_000)
def title_of(day: date, language: str | None) -> str:
    """The day in words. The same days head many timelines, and to format one costs as much as an entry."""
    return date_format(day, "l, j F Y")


def safe(text: str) -> SafeString:
    return SafeString(escape(text))


class EntryWriter:
    """Row → Entry. What is the same for every row is looked up once."""

    def __init__(self, customer: Customer, words: str = "") -> None:
        self.customer = customer
        self.zone = timezone.get_current_timezone()
        self.kinds = {kind.value: str(kind.label) for kind in Kind}
        self.channels = {channel.value: str(channel.label) for channel in Channel}
        self.outcomes = {outcome.value: str(outcome.label) for outcome in Outcome}
        self.us, self.undecided, self.decided = str(_("Us")), str(_("Decide on it")), str(_("The decision"))
        self.urls = {customer.pk: entries_url(customer.pk)}
        self.file_url = reverse("attachment", args=[0]).removesuffix("0/")
        self.text = Highlighter(words) if words else safe

    def __call__(self, row: Any) -> Entry:
        local = row.occurred_at.astimezone(self.zone)
        files = [self.file(**file) for file in row.files] if row.files else ()
        serves = safe(row.goal_title or "") if row.goal_title != row.title else ""
        as_sent = row.html_size > 0 and not row.formatted
        decision = self.decision(row)
        return Entry(
            pk=SafeString(row.pk),
            customer_pk=SafeString(row.customer_id),
            kind=SafeString(row.kind),
            look=SafeString(f"{row.direction} entry-pinned" if row.pinned else row.direction),
            who=safe(self.who(row)),
            what=safe(self.what(row)),
            at=SafeString(local.isoformat()),
            time=SafeString(f"{local:%H:%M}"),
            exact=safe(f"{local:%Y-%m-%d %H:%M:%S %Z}"),
            subject=self.text(row.title),
            body=self.text(row.text),
            is_long=row.length > len(row.text) and MARK not in row.text,
            url=SafeString(f"{self.url_of(row.customer_id)}{row.pk}/"),
            formatted=SafeString(row.formatted) if 0 < row.html_size < FORMATTED and MARK not in row.text else "",
            rest=bool(row.cited or serves or files or as_sent or row.earlier or row.status or decision),
            quoted=safe(row.cited),
            serves=serves,
            files=files,
            as_sent=as_sent,
            thread=row.conversation_id,
            earlier=earlier_in_words(row.earlier),
            thread_url=reverse("conversation", args=[row.conversation_id]) if row.earlier else "",
            earlier_url=earlier_url(row) if row.earlier else "",
            status=SafeString(row.status or ""),
            error=row.error or "",
            decision=decision,
        )

    def file(self, pk: int, name: str, size: int, type: str) -> dict[str, Any]:
        return {"name": name, "size": size, "url": f"{self.file_url}{pk}/", "has_preview": has_preview(type)}

    def decision(self, row: Any) -> str:
        """What leads to the card of a request that asks for a decision; empty where none is asked for."""
        if row.kind != Kind.REFUND_REQUEST and not (row.kind == Kind.REQUEST and row.exception == "true"):
            return ""
        if row.direction != Direction.INBOUND:
            return ""
        if row.decided:
            return self.decided
        return "" if row.settled else self.undecided

    def url_of(self, customer_pk: int) -> str:
        if customer_pk not in self.urls:
            self.urls[customer_pk] = entries_url(customer_pk)
        return self.urls[customer_pk]

    def who(self, row: Any) -> str:
        if row.direction == Direction.INBOUND:
            return row.person_name or row.whose_name
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
        if row.decided in self.outcomes:
            said.append(self.outcomes[row.decided])
        other = row.person_name or (row.whose_name if row.customer_id != self.customer.pk else None)
        if other and row.direction != Direction.INBOUND:
            said.append(_("with %s") % other)
        return " · ".join(said)


def entries_url(customer_pk: int) -> str:
    return reverse("entry", args=[customer_pk, 0]).removesuffix("0/")


def earlier_in_words(count: int) -> str:
    if count >= MANY:
        return _("%d and more earlier in this thread") % count
    return ngettext("%d earlier in this thread", "%d earlier in this thread", count) % count if count else ""


def earlier_url(row: Any) -> str:
    """Where the messages of its thread below a row are fetched."""
    return Filters(thread=row.conversation_id, flat=True).url(row.customer_id, before=as_text(row.occurred_at, row.pk))


class Highlighter:
    """A text in which the database marked the stems: these marked, and what begins with a word of the search."""

    def __init__(self, words: str) -> None:
        beginnings = "|".join(re.escape(word) for word in search_words(words)) or r"(?!)"
        self.known = re.compile(rf"{MARK}(.*?){UNMARK}|(?<!\w)((?:{beginnings})\w*)", re.IGNORECASE | re.DOTALL)

    def __call__(self, text: str) -> SafeString:
        return SafeString("".join(self.parts(text)))

    def parts(self, text: str) -> Iterator[str]:
        end = 0
        for found in self.known.finditer(text):
            yield escape(text[end : found.start()])
            yield f"<mark>{escape(found[1] or found[2] or '')}</mark>"
            end = found.end()
        yield escape(text[end:])
