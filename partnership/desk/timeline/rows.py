"""Which rows stand on a page of somebody's line of time, and what is read of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchHeadline, SearchQueryCombinable
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
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
from interactions.models import Attachment, Interaction
from interactions.models.words import STEMMERS, CustomerArray
from interactions.querysets import InteractionQuerySet
from interactions.search import is_common_query, prefix_query, search_words, words_query, words_query_from
from partnership.core.compiled_queries import PlannedAnew, Prepared
from partnership.desk.timeline.filters import Filters
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import Firm, User

LONG = 700
"""Characters of a text that a list shows; the entry's own page shows all."""

WHOLE = 10_000_000
"""Characters of the longest text there can be."""

MANY = 100
"""Up to here the earlier messages of a thread are counted."""

MARK, UNMARK = "\ue000", "\ue001"
"""Around a word that was searched for, until the text is escaped. For private use: a text's own are dropped."""

SEARCHED = 50_000
"""Characters of a text that the full text reads: interactions_words() says so."""

PLAIN = (
    "pk", "customer_id", "conversation_id", "occurred_at", "occurred_on", "kind", "direction", "channel", "minutes",
    "amount", "currency", "pinned",
)  # fmt: skip

FILES = Attachment.objects.filter(interaction=OuterRef("pk")).order_by("pk")
FIELDS = {
    "author_name": F("author__name"),
    # Its line may be seen by more people than the person.
    "person_name": Case(When(person__restricted=False, then=F("person__name"))),
    "whose_name": F("customer__name"),
    "goal_title": F("goal__title"),
    "days_late": KT("payload__days_late"),
    "decided": KT("payload__decision__outcome"),
    "exception": KT("payload__exception"),
    "settled": Case(When(SETTLED_ELSEWHERE, then=True), default=False, output_field=BooleanField()),
    "length": Length("body"),
    "status": F("outgoing__status"),
    "error": F("outgoing__error"),
    "files": ArraySubquery(FILES.values(of=JSONObject(pk="pk", name="name", size="size", type="content_type"))),
    # Bytes are counted without unpacking the text.
    "html_size": Func(F("html"), function="octet_length", output_field=IntegerField()),
    "formatted": Case(When(source=OWN_SOURCE, then=F("html")), default=Value(""), output_field=TextField()),
}

TEXTS = ("title", "text", "cited")

V = TypeVar("V")
Bound = Callable[[InteractionQuerySet], InteractionQuerySet]


@dataclass(frozen=True)
class Line:
    """One customer's line of time; an organisation's has the rows of its people, as far as the viewer may see them."""

    customer: Customer
    visible: CustomerQuerySet
    firm: Firm
    viewer: User

    @property
    def has_people(self) -> bool:
        return self.customer.kind == Customer.Kind.ORGANISATION

    @property
    def people(self) -> CustomerQuerySet:
        """Whose rows an organisation's line has."""
        return self.visible.unmerged().filter(Q(pk=self.customer.pk) | Q(organisation=self.customer))

    @property
    def people_ids(self) -> Any:
        return self.people.order_by().values("pk") if self.has_people else [self.customer.pk]

    @property
    def languages(self) -> list[str]:
        return [code for code in (self.customer.language, self.firm.language) if code]

    def rows(self, filters: Filters, *, limit: int = LONG) -> "Rows":
        query = words_query(filters.words, self.languages)
        return Rows(self, filters, limit, query, walks=query is None or self.has_people or is_common_query(query))


@dataclass(frozen=True)
class Rows:
    """The rows of a line that fit, by key; `limit`: characters of each text; `query`: that of the filters' words;
    `walks`: they are met by going through the line, else found by their words."""

    line: Line
    filters: Filters
    limit: int
    query: SearchQueryCombinable | None
    walks: bool

    def before(self, key: tuple[datetime, int] | None, size: int) -> QuerySet[Interaction, Any]:
        """Newest first, from that key on (without it), or from the top."""
        return self.nearest(lambda rows: rows.before(*key) if key else rows, ("-occurred_at", "-id"), size)

    def read_before(self, key: tuple[datetime, int] | None, size: int) -> list[Any]:
        """The same, read."""
        scope, words = self.filters.scope, search_words(self.filters.words)
        if self.line.has_people or self.filters != Filters(scope=scope, words=self.filters.words if words else ""):
            return list(self.before(key, size))
        languages = tuple(self.line.languages) if words else ()
        read = most_read(scope, self.limit, size, len(words), languages, walks=self.walks, is_first=key is None)
        given = {"customer": self.line.customer.pk, **dict(zip(("moment", "pk"), key or (), strict=False))}
        return read(**given, **by_name((word, prefix_query(word)) for word in words))

    def after(self, key: tuple[datetime, int], size: int) -> list[Any]:
        """Those just above that key, newest first."""
        return list(self.nearest(lambda rows: rows.after(*key), ("occurred_at", "id"), size))[::-1]

    def these(self, asked: Q) -> QuerySet[Interaction, Any]:
        """Few rows by what is particular to them, newest first."""
        rows = self.told.filter(asked, customer__in=self.line.people_ids)
        return self.tuples(self.filters.narrow(rows, self.query).order_by("-occurred_at", "-id"))

    def nearest(self, bound: Bound, order: tuple[str, str], size: int) -> QuerySet[Interaction, Any]:
        def within(rows: InteractionQuerySet) -> InteractionQuerySet:
            return bound(self.filters.narrow(rows, self.query)).order_by(*order)[:size]

        if not self.line.has_people:
            return self.tuples(within(self.own))
        # The nearest rows of each of the people out of the index, then the nearest of these.
        of_each = ArraySubquery(within(Interaction.objects.filter(customer=OuterRef("pk"))).values("pk"))
        row = Func(of_each, function="unnest", output_field=BigIntegerField())
        found = self.line.people.order_by().annotate(row=row).values("row")
        return self.tuples(self.told.filter(pk__in=found).order_by(*order)[:size])

    @property
    def own(self) -> InteractionQuerySet:
        """Of the customer alone, as the index knows them that serves: interactions_timeline, interactions_by_words."""
        if self.walks:
            return self.told.filter(customer=self.line.customer)
        return self.told.alias(whose=CustomerArray("customer")).filter(
            whose__contains=CustomerArray(Value(self.line.customer.pk))
        )

    @property
    def told(self) -> InteractionQuerySet:
        if self.query is None:
            return told(self.limit)
        return Interaction.objects.annotate(**FIELDS, **marked_texts(self.query, self.line.languages, self.limit))

    def tuples(self, rows: InteractionQuerySet) -> QuerySet[Interaction, Any]:
        return tuples(rows, earlier=self.earlier())

    def earlier(self) -> Any:
        """How many messages of its thread a row stands for, beside itself; counted up to MANY."""
        if not self.filters.collapses:
            return Value(0)
        rows = Interaction.objects.of_same_thread().filter(self.filters.in_scope).exclude(pk=OuterRef("pk"))
        return Func(
            ArraySubquery(rows.order_by("-occurred_at").values("pk")[:MANY]),
            function="cardinality",
            output_field=IntegerField(),
        )


def rows_of(customer: Customer, *, limit: int = LONG) -> QuerySet[Interaction, Any]:
    """All of one customer's own rows, each by itself, newest first; `limit`: characters of each text."""
    rows = told(limit).filter(customer=customer).order_by("-occurred_at", "-id")
    return tuples(rows, earlier=Value(0))


@lru_cache
def most_read(
    scope: str, limit: int, size: int, words: int, languages: tuple[str, ...], *, walks: bool, is_first: bool
) -> Prepared:
    """Pages of one customer's line without filters but for so many words: word0, how the query says that one begins so
    as start0, and so on."""
    own, firms = [*languages, "", ""][:2]

    def build(customer: int, moment: datetime | None = None, pk: int = 0, **asked: str) -> QuerySet[Interaction, Any]:
        line = Line(Customer(pk=customer, language=own), Customer.objects.none(), Firm(language=firms), User())
        query = words_query_from([(asked[f"word{n}"], asked[f"start{n}"]) for n in range(words)], languages)
        filters = Filters(scope=scope, words="these" if words else "")
        return Rows(line, filters, limit, query, walks).before((moment, pk) if moment else None, size)

    place = {} if is_first else {"moment": datetime, "pk": int}
    kind = PlannedAnew if words and walks else Prepared
    return kind(build, customer=int, **place, **by_name([(str, str)] * words))


def by_name(words: Iterable[tuple[V, V]]) -> dict[str, V]:
    names = ("word", "start")
    return {f"{name}{n}": value for n, pair in enumerate(words) for name, value in zip(names, pair, strict=True)}


@lru_cache
def told(limit: int) -> InteractionQuerySet:
    """All rows with what entries are made of: to put that together takes longer than to read a page of it."""
    texts = {"title": F("subject"), "text": Left("body", limit), "cited": Left("quoted", limit)}
    return Interaction.objects.annotate(**FIELDS, **texts)


def tuples(rows: InteractionQuerySet, *, earlier: Any) -> QuerySet[Interaction, Any]:
    """Whole objects would cost more than the page."""
    return rows.annotate(earlier=earlier).values_list(*PLAIN, *FIELDS, *TEXTS, "earlier", named=True)


def marked_texts(query: Any, languages: list[str], limit: int) -> dict[str, Any]:
    """With MARK and UNMARK around what fits the query; of a long text the parts about it."""
    stemmers = [STEMMERS[code] for code in (given.split("-")[0] for given in languages) if code in STEMMERS]
    config = [*stemmers, "simple"][0]

    def marked(text: Any, **how: Any) -> SearchHeadline:
        unmarked = Func(text, Value(MARK + UNMARK), Value(""), function="translate")
        return SearchHeadline(unmarked, query, config=config, start_sel=MARK, stop_sel=UNMARK, **how)

    parts = marked(Left("body", SEARCHED), max_fragments=3, max_words=40, min_words=20, fragment_delimiter=" … ")
    return {
        "title": marked(F("subject"), highlight_all=True),
        "text": Case(When(length__gt=limit, then=parts), default=marked(F("body"), highlight_all=True)),
        "cited": Left("quoted", limit),
    }
