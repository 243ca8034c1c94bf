"""Rows as the template shows them, with nothing left for it to look up."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from heapq import merge
from html import escape
from itertools import groupby
from math import inf
from operator import attrgetter

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import urlize
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, ngettext_lazy
from django.utils.translation import gettext as _

from customers.models import Customer
from interactions.actions.decisions import Outcome
from interactions.models import Channel, Deletion, Direction, Kind, Outgoing, Settlement
from interactions.permissions import may_restore
from interactions.search import search_words
from partnership.core.formats import format_number
from partnership.core.pagination import format_key
from partnership.core.params import parse_number
from partnership.core.translatable_text import translate_stored
from partnership.desk.files.previews import has_preview
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.rows import LIST_TEXT_LENGTH, MARK, MOST_EARLIER_COUNTED, UNMARK, FileRow, Row
from partnership.desk.timeline.tier_changes import TierChange
from partnership.staff.mail.transport import Transport, mail_transport
from partnership.staff.models import User

# Of these, what no person told, and without a text, is one line a day.
_COUNTED = {
    Kind.WORK_DONE: ngettext_lazy("%d piece of work done", "%d pieces of work done"),
    Kind.ATTENDANCE: ngettext_lazy("%d session attended", "%d sessions attended"),
    Kind.PURCHASE: ngettext_lazy("%d purchase", "%d purchases"),
    Kind.RENEWAL: ngettext_lazy("%d renewal", "%d renewals"),
    Kind.PAYMENT: ngettext_lazy("%d payment", "%d payments"),
    Kind.LATE_PAYMENT: ngettext_lazy("%d late payment", "%d late payments"),
    Kind.REFUND: ngettext_lazy("%d refund", "%d refunds"),
}

_MOST_FORMATTED = 4 * LIST_TEXT_LENGTH  # characters of HTML in a list: it can't be cut, so longer ones show plain


class _Keyed:
    """Answers a template's first try, by key: without it every look-up would raise an exception."""

    __slots__ = ()

    def __getitem__(self, name: str) -> object:
        return getattr(self, name)


@dataclass(frozen=True, slots=True)
class _EntryFile:
    name: str
    size: int
    url: str
    has_preview: bool


@dataclass(slots=True)
class Entry(_Keyed):
    """Texts are safe HTML: the template's own escaping costs more than all else about a row.

    `has_details`: whether any field that follows it is filled.
    """

    pk: str
    customer_pk: str
    kind: str
    css_classes: str
    author: str
    description: str
    moment: str
    time: str
    full_time: str
    subject: str
    body: str
    is_long: bool
    url: str
    formatted: str
    has_details: bool
    quoted: str
    goal: str
    files: Sequence[_EntryFile]
    has_original: bool
    thread: int | None
    earlier: str
    thread_url: str
    earlier_url: str
    status: str
    error: str
    may_retry: bool
    decision: str
    is_edited: bool
    deletion: None = None
    template: None = None


@dataclass(slots=True)
class _Brief(_Keyed):
    """An entry within a fold; texts are safe HTML."""

    pk: str
    kind: str
    css_classes: str
    text: str
    moment: str
    time: str
    full_time: str
    url: str


@dataclass(slots=True)
class _Fold(_Keyed):
    """What machines told on one day, as one line to open; `summary` counts it by kind."""

    kind: str
    summary: str
    briefs: list[_Brief]
    deletion: None = None
    template: str = "desk/timeline/fold.html"


@dataclass(slots=True)
class Day:
    """`is_continued`: the page before it ended within this day, and has its title."""

    day: date
    title: str
    entries: "list[Entry | _Fold | _Trace | TierChange | SettlementLine]"
    is_continued: bool = False


@dataclass(slots=True)
class _Trace:
    """The place of a deleted entry. `may_undo`: whether the viewer may restore it."""

    deletion: Deletion
    may_undo: bool
    occurred_at: datetime
    occurred_on: date
    pk: int

    @classmethod
    def of(cls, deletion: Deletion, viewer: User | None) -> "_Trace":
        local = timezone.localtime(deletion.occurred_at)
        may_undo = viewer is not None and may_restore(viewer, deletion)
        return cls(deletion, may_undo, deletion.occurred_at, local.date(), deletion.interaction_id)


@dataclass(slots=True)
class SettlementLine:
    """Where a conversation was closed, above all that was said by then."""

    settlement: Settlement
    occurred_at: datetime
    occurred_on: date
    pk: float = inf
    deletion: None = None
    template: str = "desk/timeline/settlement.html"

    @classmethod
    def of(cls, settlement: Settlement) -> "SettlementLine":
        return cls(settlement, settlement.at, timezone.localtime(settlement.at).date())


def days_of(
    rows: Iterable[Row],
    customer: Customer,
    *,
    deletions: Iterable[Deletion] = (),
    tiers: Iterable[TierChange] = (),
    settlements: Iterable[Settlement] = (),
    words: str = "",
    viewer: User | None = None,
    folds: bool = False,
    names_goals: bool = False,
) -> list[Day]:
    """Group rows, traces of deleted entries, changes of the tier and settlements by local day, newest first.

    `viewer` may be offered to undo a deletion; `deletions` come with their customers, `settlements` with who settled.
    With `folds`, what machines told is one line at the end of its day. `names_goals`: entries say which goal they
    served.
    """
    build, language = _EntryBuilder(customer, words, names_goals=names_goals), get_language()
    traces = (_Trace.of(deletion, viewer) for deletion in deletions)
    lines: Iterable[Row | _Trace | TierChange | SettlementLine] = merge(
        rows, traces, tiers, map(SettlementLine.of, settlements), key=attrgetter("occurred_at", "pk"), reverse=True
    )
    return [
        Day(day, _day_title(day, language), build.lines(group, folds=folds))
        for day, group in groupby(lines, key=attrgetter("occurred_on"))
    ]


@lru_cache(10_000)
def _day_title(day: date, language: str | None) -> str:
    """Write the day out. The same days head many timelines, and to format one costs as much as an entry."""
    return date_format(day, "WEEKDAY_DATE_FORMAT")


def _safe(text: str) -> SafeString:
    return SafeString(escape(text))


def _with_links(text: str, *, is_cut: bool) -> SafeString:
    """Escape a text and make links of its addresses; of a text that was cut, the last word is left out, which may be
    half an address."""
    if "://" not in text and "www." not in text:
        return _safe(text)
    whole = text.rpartition(" ")[0] if is_cut else text
    return SafeString(urlize(whole, nofollow=True, autoescape=True))


def _is_told_by_machine(row: Row) -> bool:
    has_words = row.text or row.author_name or row.files
    return row.kind in _COUNTED and not (row.is_own or row.pinned or has_words)


class _EntryBuilder:
    """Row → Entry. What is the same for every row is looked up once."""

    def __init__(self, customer: Customer, words: str = "", *, names_goals: bool = False) -> None:
        self.customer, self.names_goals = customer, names_goals
        self.is_organisation = customer.kind == Customer.Kind.ORGANISATION
        self.zone = timezone.get_current_timezone()
        self.kinds = {kind.value: str(kind.label) for kind in Kind}
        self.channels = {channel.value: str(channel.label) for channel in Channel}
        self.outcomes = {outcome.value: str(outcome.label) for outcome in Outcome}
        self.us, self.undecided, self.decided = str(_("Us")), str(_("Decide on it")), str(_("The decision"))
        self.urls = {customer.pk: _entries_url(customer.pk)}
        self.file_url = reverse("attachment", args=[0]).removesuffix("0/")
        self.conversation_url = reverse("conversation", args=[0]).removesuffix("0/")
        self.markup: Callable[[str], SafeString] = _Highlighter(words) if words else _safe

    @cached_property
    def sends_mail(self) -> bool:
        return mail_transport() is not Transport.NONE

    def lines(
        self, lines: Iterable[Row | _Trace | TierChange | SettlementLine], *, folds: bool
    ) -> "list[Entry | _Fold | _Trace | TierChange | SettlementLine]":
        """Build the lines of one day."""
        built: list[Entry | _Fold | _Trace | TierChange | SettlementLine] = []
        folded: list[Row] = []
        for line in lines:
            if isinstance(line, _Trace | TierChange | SettlementLine):
                built.append(line)
            elif folds and _is_told_by_machine(line):
                folded.append(line)
            else:
                built.append(self._entry(line))
        return [*built, self._fold(folded)] if folded else built

    def _fold(self, rows: list[Row]) -> _Fold:
        counts = Counter(Kind(row.kind) for row in rows)
        briefs = [self._brief(row) for row in rows]
        summary = briefs[0].text if len(rows) == 1 else ", ".join(_COUNTED[kind] % counts[kind] for kind in counts)
        return _Fold(SafeString(rows[0].kind), SafeString(summary), briefs)

    def _brief(self, row: Row) -> _Brief:
        local = row.occurred_at.astimezone(self.zone)
        who = [self._author(row)] if self.is_organisation else []
        return _Brief(
            pk=SafeString(row.pk),
            kind=SafeString(row.kind),
            css_classes=SafeString(row.direction),
            text=_safe(" · ".join(filter(None, [*who, self._description(row), row.title]))),
            moment=SafeString(local.isoformat()),
            time=SafeString(f"{local:%H:%M}"),
            full_time=_safe(f"{local:%Y-%m-%d %H:%M:%S %Z}"),
            url=SafeString(f"{self._url(row.customer_id)}{row.pk}/"),
        )

    def _entry(self, row: Row) -> Entry:
        local = row.occurred_at.astimezone(self.zone)
        files = [self._file(file) for file in row.files] if row.files else ()
        goal = _safe(row.goal_title or "") if self.names_goals and row.goal_title != row.title else ""
        has_original = row.html_size > 0 and not row.formatted
        decision = self._decision(row)
        is_marked = MARK in row.text
        is_long = row.length > len(row.text) and not is_marked
        return Entry(
            pk=SafeString(row.pk),
            customer_pk=SafeString(row.customer_id),
            kind=SafeString(row.kind),
            css_classes=SafeString(f"{row.direction} entry-pinned" if row.pinned else row.direction),
            author=_safe(self._author(row)),
            description=_safe(self._description(row)),
            moment=SafeString(local.isoformat()),
            time=SafeString(f"{local:%H:%M}"),
            full_time=_safe(f"{local:%Y-%m-%d %H:%M:%S %Z}"),
            subject=self.markup(row.title),
            body=_with_links(row.text, is_cut=is_long) if self.markup is _safe else self.markup(row.text),
            is_long=is_long,
            url=SafeString(f"{self._url(row.customer_id)}{row.pk}/"),
            formatted=SafeString(row.formatted) if 0 < row.html_size < _MOST_FORMATTED and not is_marked else "",
            has_details=bool(row.quoted_text or goal or files or has_original or row.earlier or row.status or decision),
            quoted=_safe(row.quoted_text),
            goal=goal,
            files=files,
            has_original=has_original,
            thread=row.conversation_id,
            earlier=_earlier_label(row.earlier),
            thread_url=f"{self.conversation_url}{row.conversation_id}/" if row.earlier else "",
            earlier_url=self._earlier_url(row) if row.earlier else "",
            status=SafeString(row.status or ""),
            error=translate_stored(row.error or ""),
            may_retry=row.status == Outgoing.Status.FAILED and self.sends_mail,
            decision=decision,
            is_edited=row.is_edited,
        )

    def _file(self, file: FileRow) -> _EntryFile:
        return _EntryFile(file["name"], file["size"], f"{self.file_url}{file['pk']}/", has_preview(file["type"]))

    def _decision(self, row: Row) -> str:
        """Name the link to the decision on a request; empty where none is asked for."""
        if row.kind != Kind.REFUND_REQUEST and not (row.kind == Kind.REQUEST and row.exception == "true"):
            return ""
        if row.direction != Direction.INBOUND:
            return ""
        if row.decision_outcome:
            return self.decided
        return "" if row.settled else self.undecided

    def _url(self, customer_pk: int) -> str:
        if customer_pk not in self.urls:
            self.urls[customer_pk] = _entries_url(customer_pk)
        return self.urls[customer_pk]

    def _earlier_url(self, row: Row) -> str:
        """Address the messages of a row's thread below it."""
        place = format_key(row.occurred_at, row.pk)
        timeline_url = f"{self._url(row.customer_id).removesuffix('entries/')}timeline/"
        return Filters(thread=row.conversation_id, flat=True).address(timeline_url, before=place)

    def _author(self, row: Row) -> str:
        if row.direction == Direction.INBOUND:
            return row.person_name or row.customer_name
        return row.author_name or self.us

    def _description(self, row: Row) -> str:
        facts = [self.kinds[row.kind]]
        if row.channel not in (row.kind, Channel.INTERNAL):
            facts.append(self.channels[row.channel])
        if row.minutes is not None:
            facts.append(ngettext("%d minute", "%d minutes", row.minutes) % row.minutes)
        if row.amount is not None:
            facts.append(f"{format_number(row.amount, 2)} {row.currency}")
        if days := parse_number(row.days_late or ""):  # any source may have said anything there
            facts.append(ngettext("%d day late", "%d days late", days) % days)
        if row.decision_outcome in self.outcomes:
            facts.append(self.outcomes[row.decision_outcome])
        if row.kind == Kind.FORWARD and row.forwarded_to:
            facts.append(_("to %s") % row.forwarded_to)
            return " · ".join(facts)
        other = row.person_name or (row.customer_name if row.customer_id != self.customer.pk else None)
        if other and row.direction != Direction.INBOUND:
            facts.append(_("with %s") % other)
        return " · ".join(facts)


def _entries_url(customer_pk: int) -> str:
    return reverse("entry", args=[customer_pk, 0]).removesuffix("0/")


def _earlier_label(count: int) -> str:
    if count >= MOST_EARLIER_COUNTED:
        return _("%d and more earlier in this conversation") % count
    if not count:
        return ""
    return ngettext("%d earlier in this conversation", "%d earlier in this conversation", count) % count


class _Highlighter:
    """Marks the stems that the database marked in a text, and words that begin with one of the search."""

    def __init__(self, words: str) -> None:
        beginnings = "|".join(re.escape(word) for word in search_words(words)) or r"(?!)"
        self.known = re.compile(rf"{MARK}(.*?){UNMARK}|(?<!\w)((?:{beginnings})\w*)", re.IGNORECASE | re.DOTALL)

    def __call__(self, text: str) -> SafeString:
        return SafeString("".join(self._parts(text)))

    def _parts(self, text: str) -> Iterator[str]:
        end = 0
        for match in self.known.finditer(text):
            yield escape(text[end : match.start()])
            yield f"<mark>{escape(match[1] or match[2] or '')}</mark>"
            end = match.end()
        yield escape(text[end:])
