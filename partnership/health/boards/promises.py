"""The board of promises: ours and theirs by the same measures."""

from django.db.models import Min
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.drilldown.rows import counted_rows
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import (
    Board,
    Cell,
    Head,
    Sentence,
    Table,
    number,
    percent,
    percent_cell,
    percent_head,
)
from partnership.health.frame.wording import change

ENDS = ("kept", "late", "missed")
_TODAY = ("owed", "open")
_SIDES = ("ours", "theirs")
NAMES = tuple(f"{side}_{name}" for side in _SIDES for name in (*ENDS, *_TODAY))


def promises(scope: Scope) -> Board:
    found = scope.totals(*NAMES)
    now = [row(scope, side, found) for side in _SIDES]
    then = [row(scope, side, found, before=True) for side in _SIDES]
    heads: list[str | Head] = [
        _("Whose"),
        _("Kept in time"),
        _("Kept late"),
        _("Missed"),
        percent_head(_("Share kept in time")),
    ]
    nothing = not any(found.values())
    tables = [
        Table(
            "promises",
            _("In %s") % scope.label,
            [*heads, _("Broken, still owed"), _("Open")],
            now,
            lead=_("Share kept in time"),
        ),
        Table("before", _("In the period before"), heads, then, lead=_("Share kept in time")),
    ]
    return Board(
        _("Promises"),
        _("Ours are measured as hard as theirs. A promise kept late was missed first: it counts as late."),
        sentences_of(scope, found),
        [] if nothing else tables,
        empty=_("No promises yet. Write down what each side promises on a customer's page.") if nothing else "",
    )


def row(scope: Scope, side: str, found: dict[str, int], *, before: bool = False) -> list[Cell]:
    which = {"when": "before"} if before else {}
    counts = {end: found[f"{'before_' if before else ''}{side}_{end}"] for end in ENDS}
    share = percent(counts["kept"], sum(counts.values()))
    cells = [
        Cell(_("ours") if side == "ours" else _("theirs")),
        *(number(count, scope.url("health_rows", f"{side}_{end}", **which)) for end, count in counts.items()),
        percent_cell(share) if sum(counts.values()) else Cell("–", number=True),
    ]
    if not before:
        names = [f"{side}_{name}" for name in _TODAY]
        cells += [number(found[name], scope.url("health_rows", name)) for name in names]
    return cells


def owed_sentence(scope: Scope, owed: int) -> Sentence:
    """Say how many promises of ours are past their date today, and since when the oldest is."""
    if not owed:
        return Sentence(_("We owe no promise that is past its date."), "", "good")
    url, said = scope.url("health_rows", "ours_owed"), {"n": format_number(owed)}
    oldest = counted_rows(scope, "ours_owed").order_by().aggregate(day=Min("due_on"))["day"]
    if oldest is None:  # it was settled a moment ago
        told = ngettext(
            "We owe %(n)s promise that is past its date.", "We owe %(n)s promises that are past their date.", owed
        )
        return Sentence(told % said, url, "bad")
    told = ngettext(
        "We owe %(n)s promise that is past its date, since %(day)s.",
        "We owe %(n)s promises that are past their date, the oldest since %(day)s.",
        owed,
    )
    day = date_format(oldest, "MONTH_DAY_FORMAT" if oldest.year == scope.day.year else "DATE_FORMAT")
    return Sentence(told % {**said, "day": day}, url, "bad")


def sentences_of(scope: Scope, found: dict[str, int]) -> list[Sentence]:
    broken, late = found["ours_missed"], found["ours_late"]
    told = ngettext("We missed %(n)s promise in %(period)s", "We missed %(n)s promises in %(period)s", broken)
    told %= {"n": format_number(broken), "period": scope.label}
    text = f"{told}, {change(broken, found['before_ours_missed'])}."
    if not broken:
        text = _("We missed no promise in %s.") % scope.label
    sentences = [
        owed_sentence(scope, found["ours_owed"]),
        Sentence(text, scope.url("health_rows", "ours_missed") if broken else "", "bad" if broken else "good"),
    ]
    if late:
        told = ngettext("%s more was kept, but late.", "%s more were kept, but late.", late)
        sentences.append(Sentence(told % format_number(late), scope.url("health_rows", "ours_late")))
    return sentences
