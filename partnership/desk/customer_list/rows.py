"""Rows of the list, written from pieces of desk/customers_rows.html."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language

from customers.faces import initials, tint
from partnership.core.drawn import Drawn
from partnership.desk.customer_list.columns import COLUMNS

ROW, PHOTO, INITIALS, FLAG, SCORES, UNSCORED = (
    Drawn(f"desk/customer_list/customers_rows.html#{name}", *values.split())
    for name, values in {
        "row": "pk name face beside tier scores cells",
        "photo": "photo",
        "initials": "tint initials",
        "flag": "",
        "scores": "partnership commitment commitment_exact reciprocity reciprocity_exact",
        "unscored": "",
    }.items()
)
TIER = Drawn("components/tier_chip.html", "name")


def drawn(customers: Iterable[Any], columns: Sequence[str]) -> list[SafeString]:
    """`customers` as columns.rows_of finds them."""
    cells = [
        (f'<td class="list-cell list-{name}" data-label="{escape(str(COLUMNS[name].label))}">', CELLS[name])
        for name in columns
    ]
    return [row(one, cells) for one in customers]


def row(one: Any, cells: Iterable[tuple[str, Callable[[Any], str]]]) -> SafeString:
    score = getattr(one, "score", None)
    return ROW(
        pk=one.pk,
        name=one.name,
        face=PHOTO(photo=one.photo.url) if one.photo else INITIALS(tint=tint(one.name), initials=initials(one.name)),
        beside=beside(one),
        tier=tier(score) if score and score.tier else "",
        scores=scores(score) if score else UNSCORED(),
        cells=SafeString("".join(f"{start}{cell(one)}</td>" for start, cell in cells)),
    )


def beside(one: Any) -> SafeString:
    flags = ("do_not_contact", "restricted")
    return SafeString(escape(place_of(one)) + "".join(FLAG(flag=flag) for flag in flags if getattr(one, flag)))


def tier(score: Any) -> SafeString:
    return TIER(name=score.tier.name, rank=score.tier.rank, pinned=score.pinned)


def scores(score: Any) -> SafeString:
    return SCORES(
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
