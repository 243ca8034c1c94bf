"""The board of colleagues: who carries how much, by name. It ranks nobody and colours nobody."""

from datetime import date
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Head, Sentence, Table, number, time_cell, time_head
from partnership.health.workload.work import FIGURES, Load, load_figures, loads
from partnership.staff.models import User

NOBODY = "nobody"
"""In a URL: whose figure it is."""


def colleagues(scope: Scope) -> Board:
    found = loads(scope)
    title = _("Colleagues")
    text = _(
        "What each of us carries, by name. A conversation is its assignee's, else the customer owner's. Time is all"
        " that they entered, service and delivery. Thanks are praise and testimonials from the customers they own."
    )
    if all(load.is_empty for load in found):
        return Board(title, text, empty=_("No colleague carries anything yet. Add customers and choose their owners."))
    rows = [_row(scope, load) for load in found]
    heads: list[str | Head] = [
        _("Colleague"), _("Customers"), _("Waiting"), _("Late answers"), _("Late promises"),
        time_head(_("Time entered")), _("Thanks"), _("Here or away"),
    ]  # fmt: skip
    return Board(title, text, _sentences(scope, found), [Table("colleagues", _("Who carries what"), heads, rows)])


def workload_sentence(scope: Scope) -> Sentence:
    """Name the colleague with most late answers, with a link to them; say so where none is late."""
    figures = load_figures(scope)
    staff = {user.pk: user for user in User.objects.filter(pk__in=[pk for pk in figures if pk])}
    found = [Load(staff[pk], carried) for pk, carried in figures.items() if pk in staff]
    return _late_sentence(scope, [*found, Load(None, figures[None])])


class _Rank(NamedTuple):
    late: int
    waiting: int


def _late_sentence(scope: Scope, found: list[Load]) -> Sentence:
    """Of equals, take who has more waiting, then the first by name."""
    staff = sorted((load for load in found if load.user), key=lambda load: str(load.user))
    most = max(staff, key=lambda load: _Rank(load.figures["overdue"], load.figures["waiting"]), default=None)
    late = most.figures["overdue"] if most else 0
    if most is None or most.user is None or not late:
        nobodys = found[-1].figures["overdue"]
        return _unassigned_sentence(scope, nobodys) if nobodys else Sentence(_("No answer is late."), "", "good")
    if most.user.is_available(scope.day):
        told = ngettext(
            "%(name)s has %(n)s late answer: help, or hand it over.",
            "%(name)s has %(n)s late answers: hand some over.",
            late,
        )
    else:
        told = ngettext(
            "%(name)s is away and has %(n)s late answer: hand it over.",
            "%(name)s is away and has %(n)s late answers: hand them over.",
            late,
        )
    text = told % {"name": most.user, "n": format_number(late)}
    return Sentence(text, _url(scope, most.user, "overdue"))


def _unassigned_sentence(scope: Scope, late: int) -> Sentence:
    told = ngettext(
        "%s late answer has no assignee and no owner: assign it.",
        "%s late answers have no assignee and no owner: assign them.",
        late,
    )
    return Sentence(told % format_number(late), _url(scope, None, "overdue"), "bad")


def _sentences(scope: Scope, found: list[Load]) -> list[Sentence]:
    sentences = [_late_sentence(scope, found)]
    waiting = found[-1].figures["waiting"]
    if waiting:
        told = ngettext(
            "%s conversation waits without an assignee or an owner.",
            "%s conversations wait without an assignee or an owner.",
            waiting,
        )
        sentences.append(Sentence(told % format_number(waiting), _url(scope, None, "waiting"), "bad"))
    if unowned := found[-1].figures["customers"]:
        told = ngettext("%s customer has no owner.", "%s customers have no owner.", unowned)
        sentences.append(Sentence(told % format_number(unowned), _url(scope, None, "customers")))
    return sentences


def _url(scope: Scope, user: User | None, name: str) -> str:
    return scope.url("health_colleague_rows", user.pk if user else NOBODY, name)


def _row(scope: Scope, load: Load) -> list[Cell]:
    who = load.user
    figures = {name: number(load.figures[name], _url(scope, who, name)) for name in FIGURES if name != "minutes"}
    minutes = load.figures["minutes"]
    entered = time_cell(minutes, _url(scope, who, "minutes") if minutes else "")
    return [
        Cell(who.name if who else _("no owner, no assignee")),
        *(figures[name] for name in ("customers", "waiting", "overdue", "promises")),
        entered,
        figures["thanks"],
        Cell(_presence(who, scope.day), hint=_cover(who, scope.day)) if who else Cell("–"),
    ]


def _presence(user: User, today: date) -> str:
    if not user.is_active:
        return _("has left")
    if user.is_available(today):
        return _("here")
    day = date_format(user.away_to, "DAY_FORMAT") if user.away_to else ""
    return _("away until %(day)s") % {"day": day} if day else _("away")


def _cover(user: User, today: date) -> str:
    """Say who stands in for a colleague who is away."""
    if not user.is_active or user.is_available(today):
        return ""
    return _("%(name)s covers") % {"name": user.cover} if user.cover else _("no cover")
