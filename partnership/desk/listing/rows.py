"""Rows of the list, written from pieces of desk/customers_rows.html."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any

from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language

from customers.faces import initials, tint
from partnership.desk.listing.columns import COLUMNS

PIECES = "desk/customers_rows.html"


def drawn(customers: Iterable[Any], columns: Sequence[str]) -> list[SafeString]:
    """`customers` as columns.rows_of finds them."""
    draw = RowWriter(columns)
    return [SafeString(draw(one)) for one in customers]


class RowWriter:
    """Customer → the row's HTML. What is the same for every row is rendered once."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.url = reverse("customer", args=[0]).removesuffix("0/")
        self.pieces: dict[str, str] = {}
        self.tiers: dict[tuple[int, bool], str] = {}
        self.cells = [
            (f'<td class="list-cell list-{name}" data-label="{escape(str(COLUMNS[name].label))}">', CELLS[name])
            for name in columns
        ]

    def __call__(self, one: Any) -> str:
        score = getattr(one, "score", None)
        return self.piece("row").format(
            pk=one.pk,
            name=escape(one.name),
            face=self.face(one),
            url=f"{self.url}{one.pk}/",
            beside=self.beside(one),
            tier=self.tier(score) if score and score.tier else "",
            scores=self.scores(score) if score else self.piece("unscored"),
            cells="".join(f"{start}{cell(one)}</td>" for start, cell in self.cells),
        )

    def piece(self, name: str) -> str:
        if name not in self.pieces:
            self.pieces[name] = render_to_string(f"{PIECES}#{name}")
        return self.pieces[name]

    def face(self, one: Any) -> str:
        if one.photo:
            return self.piece("photo").format(photo=escape(one.photo.url))
        return self.piece("initials").format(tint=tint(one.name), initials=escape(initials(one.name)))

    def beside(self, one: Any) -> str:
        flags = ("do_not_contact", "restricted")
        return escape(place_of(one)) + "".join(self.piece(flag) for flag in flags if getattr(one, flag))

    def tier(self, score: Any) -> str:
        key = score.tier.pk, score.pinned  # under new rules a rank has another name
        if key not in self.tiers:
            context = {"name": score.tier.name, "rank": score.tier.rank, "pinned": score.pinned}
            self.tiers[key] = render_to_string("components/tier_chip.html", context)
        return self.tiers[key]

    def scores(self, score: Any) -> str:
        return self.piece("scores").format(
            partnership=rounded(score.partnership),
            commitment=rounded(score.commitment),
            commitment_exact=exact(score.commitment),
            reciprocity=rounded(score.reciprocity),
            reciprocity_exact=exact(score.reciprocity),
        )


def place_of(one: Any) -> str:
    """Where they are, and as what."""
    where = one.organisation.name if one.organisation and not one.organisation.restricted else ""
    return " · ".join(filter(None, [where, one.role]))


def rounded(value: float | None) -> str:
    return "–" if value is None else str(int(value + 0.5))


def exact(value: float | None) -> str:
    return f"{value or 0:.1f}"


@lru_cache(10_000)
def day_in_words(day: date, language: str | None) -> str:
    """The same days stand in many rows, and to format one costs more than all else about a cell."""
    return date_format(day, "j M Y")


def span(text: object, look: str = "") -> str:
    return f"<span{look}>{escape(str(text))}</span>"


def moment(at: datetime, text: str, look: str = "") -> str:
    local = timezone.localtime(at)
    return f'<time{look} datetime="{local.isoformat()}" title="{local:%Y-%m-%d %H:%M}">{text}</time>'


def heard(one: Any) -> str:
    if not one.heard_at:
        return ""
    return moment(one.heard_at, day_in_words(timezone.localtime(one.heard_at).date(), get_language()))


def waiting(one: Any) -> str:
    return moment(one.waits_since, escape(waited(one.waits_since, timezone.now())), URGENT) if one.waits_since else ""


def waited(since: datetime, now: datetime) -> str:
    """To the minute within a day, then in days."""
    if now - since < timedelta(days=1):
        return timesince(since, now)
    return days_in_words(timezone.localdate(since), timezone.localdate(now), get_language())


@lru_cache(10_000)
def days_in_words(since: date, today: date, language: str | None) -> str:
    return timesince(since, today)


def lifetime(one: Any) -> str:
    amounts = (f"{floatformat(amount, '0g')} {unit}" for amount, unit in one.lifetime)
    return "".join(span(text, ' class="list-money"') for text in amounts)


URGENT = ' class="list-urgent"'

CELLS: dict[str, Callable[[Any], str]] = {
    "tags": lambda one: "".join(span(tag, ' class="badge" dir="auto"') for tag in one.tags),
    "owner": lambda one: span(one.owner.name) if one.owner else "",
    "heard": heard,
    "waiting": waiting,
    "goals": lambda one: span(one.goal_count) if one.goal_count else "",
    "overdue": lambda one: f"<strong{URGENT}>{one.overdue_count}</strong>" if one.overdue_count else "",
    "lifecycle": lambda one: span(one.get_lifecycle_display()),
    "contact": lambda one: span(one.contact_value) if one.contact_value else "",
    "since": lambda one: span(day_in_words(one.since, get_language())) if one.since else "",
    "value": lifetime,
}
"""What stands in each column, as HTML."""
