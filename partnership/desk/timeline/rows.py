"""The rows on a page of a customer's timeline, and what is read of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypedDict, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchHeadline, SearchQueryCombinable
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Expression,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject, Left, Length

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.actions.decisions import SETTLED_ELSEWHERE
from interactions.change_history.versions import has_earlier_text
from interactions.models import Attachment, Interaction
from interactions.models.words import STEMMERS, customer_array
from interactions.querysets import InteractionQuerySet
from interactions.search import is_common_query, prefix_query, search_words, words_query, words_query_from
from partnership.core.compiled_queries import CompiledQuery, ReplannedQuery
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.tier_changes import TierChangeRow
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import Firm, User

LIST_TEXT_LENGTH = 700  # characters; the entry's own page shows all
WHOLE_TEXT_LENGTH = 10_000_000  # more than any text has
MOST_EARLIER_COUNTED = 100  # of the earlier messages of a thread

# Around a word that was searched for, until the text is escaped. For private use: a text's own are dropped.
MARK, UNMARK = "\ue000", "\ue001"

_INDEXED_TEXT_LENGTH = 50_000  # as in interactions_words()


class FileRow(TypedDict):
    pk: int
    name: str
    size: int
    type: str


class Row(NamedTuple):
    """What is read of an interaction: whole objects would take longer than the page. `earlier`: the number of messages
    of its thread that it stands for."""

    pk: int
    customer_id: int
    conversation_id: int | None
    occurred_at: datetime
    occurred_on: date
    kind: str
    direction: str
    channel: str
    minutes: int | None
    amount: Decimal | None
    currency: str
    pinned: bool
    author_name: str | None
    person_name: str | None
    customer_name: str
    goal_title: str | None
    days_late: str | None
    decision_outcome: str | None
    exception: str | None
    forwarded_to: str | None
    settled: bool
    length: int
    status: str | None
    error: str | None
    is_own: bool
    is_edited: bool
    files: Sequence[FileRow]
    html_size: int
    formatted: str
    title: str
    text: str
    quoted_text: str
    earlier: int


_FILES = Attachment.objects.filter(interaction=OuterRef("pk")).order_by("pk")
_ANNOTATIONS = {
    "author_name": F("author__name"),
    # More users may see the organisation's timeline than the person.
    "person_name": Case(When(person__restricted=False, then=F("person__name"))),
    "customer_name": F("customer__name"),
    "goal_title": F("goal__title"),
    "days_late": KT("payload__days_late"),
    "decision_outcome": KT("payload__decision__outcome"),
    "exception": KT("payload__exception"),
    "forwarded_to": KT("payload__forwarded_to"),
    "settled": Case(When(SETTLED_ELSEWHERE, then=True), default=False, output_field=BooleanField()),
    "length": Length("body"),
    "status": F("outgoing__status"),
    "error": F("outgoing__error"),
    "is_own": Case(When(source=OWN_SOURCE, then=True), default=False, output_field=BooleanField()),
    "is_edited": has_earlier_text(),
    "files": ArraySubquery(_FILES.values(of=JSONObject(pk="pk", name="name", size="size", type="content_type"))),
    # Bytes are counted without unpacking the text.
    "html_size": Func(F("html"), function="octet_length", output_field=IntegerField()),
    "formatted": Case(When(source=OWN_SOURCE, then=F("html")), default=Value(""), output_field=TextField()),
}

Item = TypeVar("Item")
PeopleIds = QuerySet[Customer, dict[str, Any]] | list[int]


@dataclass(frozen=True)
class Line:
    """One customer's timeline; an organisation's has the rows of its people, as far as the viewer may see them.

    `tier_changes`: all of the customer's where they were read already.
    """

    customer: Customer
    visible: CustomerQuerySet
    firm: Firm
    viewer: User
    tier_changes: Sequence[TierChangeRow] | None = None

    @property
    def has_people(self) -> bool:
        return self.customer.kind == Customer.Kind.ORGANISATION

    @property
    def people(self) -> CustomerQuerySet:
        """The customers whose rows an organisation's timeline has."""
        return self.visible.unmerged().filter(Q(pk=self.customer.pk) | Q(organisation=self.customer))

    @property
    def people_ids(self) -> PeopleIds:
        return cast("PeopleIds", self.people.order_by().values("pk")) if self.has_people else [self.customer.pk]

    @property
    def languages(self) -> list[str]:
        return [code for code in (self.customer.language, self.firm.language) if code]

    def rows(self, filters: Filters, *, limit: int = LIST_TEXT_LENGTH) -> "Rows":
        query = words_query(filters.words, self.languages)
        return Rows(self, filters, limit, query, walks_index=query is None or self.has_people or is_common_query(query))


@dataclass(frozen=True)
class Rows:
    """The rows of a timeline that match, by key. `limit`: characters of each text; `query`: that of the filters' words;
    `walks_index`: they are found by walking over the timeline, else by their words."""

    line: Line
    filters: Filters
    limit: int
    query: SearchQueryCombinable | None
    walks_index: bool

    def before(self, key: tuple[datetime, int] | None, size: int) -> QuerySet[Interaction, Row]:
        """Query the rows below that key, or from the top, newest first."""
        return self._nearest(lambda rows: rows.before(*key) if key else rows, ("-occurred_at", "-id"), size)

    def read_before(self, key: tuple[datetime, int] | None, size: int) -> list[Row]:
        """Read them, by a compiled query for a person's timeline without filters but words."""
        scope, words = self.filters.scope, search_words(self.filters.words)
        if self.line.has_people or self.filters != Filters(scope=scope, words=self.filters.words if words else ""):
            return list(self.before(key, size))
        languages = tuple(self.line.languages) if words else ()
        read = _plain_timeline(
            scope, self.limit, size, len(words), languages, walks_index=self.walks_index, is_first=key is None
        )
        place = {"moment": key[0], "pk": key[1]} if key else {}
        values = _numbered((word, prefix_query(word)) for word in words)
        return read(customer=self.line.customer.pk, **place, **values)

    def after(self, key: tuple[datetime, int], size: int) -> list[Row]:
        """Read the rows just above that key, newest first."""
        return list(self._nearest(lambda rows: rows.after(*key), ("occurred_at", "id"), size))[::-1]

    def matching(self, condition: Q) -> QuerySet[Interaction, Row]:
        """Query the few rows that a condition picks, newest first."""
        rows = self._annotated.filter(condition, customer__in=self.line.people_ids)
        return self._as_rows(self.filters.narrow(rows, self.query).order_by("-occurred_at", "-id"))

    def _nearest(
        self, bound: Callable[[InteractionQuerySet], InteractionQuerySet], order: tuple[str, str], size: int
    ) -> QuerySet[Interaction, Row]:
        def within(rows: InteractionQuerySet) -> InteractionQuerySet:
            return bound(self.filters.narrow(rows, self.query)).order_by(*order)[:size]

        if not self.line.has_people:
            return self._as_rows(within(self._own))
        # The nearest rows of each of the people out of the index, then the nearest of these.
        of_each = ArraySubquery(within(Interaction.objects.filter(customer=OuterRef("pk"))).values("pk"))
        # The cast is for a search without a word: its rows are none, an array of no type.
        row = Func(of_each, template="unnest((%(expressions)s)::bigint[])", output_field=BigIntegerField())
        found = self.line.people.order_by().annotate(row=row).values("row")
        return self._as_rows(self._annotated.filter(pk__in=found).order_by(*order)[:size])

    @property
    def _own(self) -> InteractionQuerySet:
        """The customer's alone, as the index has them: interactions_timeline or interactions_by_words."""
        if self.walks_index:
            return self._annotated.filter(customer=self.line.customer)
        return self._annotated.alias(whose=customer_array("customer")).filter(
            whose__contains=customer_array(Value(self.line.customer.pk))
        )

    @property
    def _annotated(self) -> InteractionQuerySet:
        if self.query is None:
            return _annotated_rows(self.limit)
        texts = _marked_texts(self.query, self.line.languages, self.limit)
        return Interaction.objects.annotate(**_ANNOTATIONS, **texts)

    def _as_rows(self, rows: InteractionQuerySet) -> QuerySet[Interaction, Row]:
        return _as_rows(rows, earlier=self._earlier())

    def _earlier(self) -> Expression:
        """Count the messages of its thread that a row stands for, beside itself, up to MOST_EARLIER_COUNTED."""
        if not self.filters.collapses:
            return Value(0)
        rows = Interaction.objects.of_same_thread().filter(self.filters.in_scope).exclude(pk=OuterRef("pk"))
        return Func(
            ArraySubquery(rows.order_by("-occurred_at").values("pk")[:MOST_EARLIER_COUNTED]),
            function="cardinality",
            output_field=IntegerField(),
        )


def rows_of(customer: Customer, *, limit: int = LIST_TEXT_LENGTH) -> QuerySet[Interaction, Row]:
    """Query all of one customer's own rows, each by itself, newest first. `limit`: characters of each text."""
    rows = _annotated_rows(limit).filter(customer=customer).order_by("-occurred_at", "-id")
    return _as_rows(rows, earlier=Value(0))


@lru_cache
def _plain_timeline(
    scope: str, limit: int, size: int, words: int, languages: tuple[str, ...], *, walks_index: bool, is_first: bool
) -> CompiledQuery[Row]:
    """Compile a page of one customer's timeline without filters but for so many words: word0, how the query says that
    one begins so as start0, and so on."""
    own, firms = [*languages, "", ""][:2]

    def build(customer: int, moment: datetime | None = None, pk: int = 0, **terms: str) -> QuerySet[Interaction, Row]:
        line = Line(Customer(pk=customer, language=own), Customer.objects.none(), Firm(language=firms), User())
        query = words_query_from([(terms[f"word{n}"], terms[f"start{n}"]) for n in range(words)], languages)
        filters = Filters(scope=scope, words="these" if words else "")
        return Rows(line, filters, limit, query, walks_index).before((moment, pk) if moment else None, size)

    place = {} if is_first else {"moment": datetime, "pk": int}
    query = ReplannedQuery if words and walks_index else CompiledQuery  # how common the words are decides the plan
    return query(build, customer=int, **place, **_numbered([(str, str)] * words))


def _numbered(terms: Iterable[tuple[Item, Item]]) -> dict[str, Item]:
    names = ("word", "start")
    return {f"{name}{n}": value for n, pair in enumerate(terms) for name, value in zip(names, pair, strict=True)}


@lru_cache
def _annotated_rows(limit: int) -> InteractionQuerySet:
    """All rows with what entries are made of: to put that together takes longer than to read a page of it."""
    texts = {"title": F("subject"), "text": Left("body", limit), "quoted_text": Left("quoted", limit)}
    return Interaction.objects.annotate(**_ANNOTATIONS, **texts)


def _as_rows(rows: InteractionQuerySet, *, earlier: Expression) -> QuerySet[Interaction, Row]:
    read = rows.annotate(earlier=earlier).values_list(*Row._fields, named=True)
    return cast("QuerySet[Interaction, Row]", read)


def _marked_texts(query: SearchQueryCombinable, languages: list[str], limit: int) -> dict[str, Expression]:
    """Put MARK and UNMARK around what matches the query; of a long text take the parts about it."""
    stemmers = [STEMMERS[code] for code in (language.split("-")[0] for language in languages) if code in STEMMERS]
    config = [*stemmers, "simple"][0]

    def marked(text: Expression | F, **options: Any) -> SearchHeadline:
        unmarked = Func(text, Value(MARK + UNMARK), Value(""), function="translate")
        return SearchHeadline(unmarked, query, config=config, start_sel=MARK, stop_sel=UNMARK, **options)

    parts = marked(
        Left("body", _INDEXED_TEXT_LENGTH), max_fragments=3, max_words=40, min_words=20, fragment_delimiter=" … "
    )
    return {
        "title": marked(F("subject"), highlight_all=True),
        "text": Case(When(length__gt=limit, then=parts), default=marked(F("body"), highlight_all=True)),
        "quoted_text": Left("quoted", limit),
    }
