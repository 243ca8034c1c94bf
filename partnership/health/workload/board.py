"""The board of colleagues: who carries how much, by name, without ranking or colouring anyone."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.actions.goodwill import RemainingBudget, joint_allowance, remaining_budgets
from partnership.core.formats import format_number
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import (
    Board,
    Cell,
    Head,
    Sentence,
    Table,
    money_cell,
    number,
    time_cell,
    time_head,
    total_row,
)
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
        " Goodwill left is what they may still give without approval."
    )
    if all(load.is_empty for load in found):
        return Board(title, text, empty=_("No colleague carries anything yet. Add customers and choose their owners."))
    left = remaining_budgets(day=scope.day)
    rows = [_row(scope, load, left) for load in found]
    heads: list[str | Head] = [
        _("Colleague"), _("Late promises"), _("Late answers"), _("Waiting"), _("Customers"),
        time_head(_("Time entered")), _("Thanks"), time_head(_("Goodwill left: time")),
        Head(_("Goodwill left: money"), scope.firm.currency), _("Here or away"),
    ]  # fmt: skip
    table = Table("colleagues", _("Who carries what"), heads, rows, total=_total(scope, found, left))
    return Board(title, text, _sentences(scope, found), [table])


def workload_sentence(scope: Scope) -> Sentence:
    """Name the colleague with most that is late, with a link to it; say so where nothing is late."""
    figures = load_figures(scope, "promises")
    staff = {user.pk: user for user in User.objects.filter(pk__in=[pk for pk in figures if pk])}
    found = [Load(staff[pk], carried) for pk, carried in figures.items() if pk in staff]
    return _late_sentence(scope, [*found, Load(None, figures[None])])


class _Late(NamedTuple):
    """A colleague's late promises and answers, or those without a colleague."""

    promises: int
    answers: int

    @classmethod
    def of(cls, load: Load) -> "_Late":
        return cls(load.figures["promises"], load.figures["overdue"])

    @property
    def number(self) -> int:
        return self.promises + self.answers

    @property
    def most(self) -> str:
        """Return the larger figure; of equals the answers, as a customer waits for each now."""
        return "promises" if self.promises > self.answers else "overdue"

    @property
    def text(self) -> str:
        promises = ngettext("%s late promise", "%s late promises", self.promises) % format_number(self.promises)
        answers = ngettext("%s late answer", "%s late answers", self.answers) % format_number(self.answers)
        if self.promises and self.answers:
            return _("%(promises)s and %(answers)s") % {"promises": promises, "answers": answers}
        return promises if self.promises else answers


class _Rank(NamedTuple):
    late: int
    waiting: int


def _late_sentence(scope: Scope, found: list[Load]) -> Sentence:
    """Of equals, take who has more waiting, then the first by name."""
    staff = sorted((load for load in found if load.user), key=lambda load: str(load.user))
    most = max(staff, key=lambda load: _Rank(_Late.of(load).number, load.figures["waiting"]), default=None)
    late = _Late.of(most) if most else _Late(0, 0)
    if most is None or most.user is None or not late.number:
        return _unassigned_sentence(scope, _Late.of(found[-1]))
    if most.user.is_available(scope.day):
        told = ngettext(
            "%(name)s has %(late)s: help, or hand it over.", "%(name)s has %(late)s: hand some over.", late.number
        )
    else:
        told = ngettext(
            "%(name)s is away and has %(late)s: hand it over.",
            "%(name)s is away and has %(late)s: hand them over.",
            late.number,
        )
    return Sentence(told % {"name": most.user, "late": late.text}, _url(scope, most.user, late.most))


def _unassigned_sentence(scope: Scope, late: _Late) -> Sentence:
    if not late.number:
        return Sentence(_("No answer and no promise is late."), "", "good")
    if late.answers:
        told = ngettext(
            "%s late answer has no assignee and no owner: assign it.",
            "%s late answers have no assignee and no owner: assign them.",
            late.answers,
        )
        return Sentence(told % format_number(late.answers), _url(scope, None, "overdue"), "bad")
    return _unowned_promises_sentence(scope, late.promises)


def _unowned_promises_sentence(scope: Scope, late: int) -> Sentence:
    told = ngettext("%s late promise has no owner: choose one.", "%s late promises have no owner: choose one.", late)
    return Sentence(told % format_number(late), _url(scope, None, "promises"), "bad")


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
    promises = found[-1].figures["promises"]
    if promises and (told_so := _unowned_promises_sentence(scope, promises)) not in sentences:
        sentences.append(told_so)
    if unowned := found[-1].figures["customers"]:
        told = ngettext("%s customer has no owner.", "%s customers have no owner.", unowned)
        sentences.append(Sentence(told % format_number(unowned), _url(scope, None, "customers")))
    return sentences


def _url(scope: Scope, user: User | None, name: str) -> str:
    return scope.url("health_colleague_rows", user.pk if user else NOBODY, name)


_COUNTED = ("promises", "overdue", "waiting", "customers")


def _row(scope: Scope, load: Load, left: dict[int, RemainingBudget]) -> list[Cell]:
    who = load.user
    figures = {name: number(load.figures[name], _url(scope, who, name)) for name in (*_COUNTED, "thanks")}
    minutes = load.figures["minutes"]
    entered = time_cell(minutes, _url(scope, who, "minutes") if minutes else "")
    return [
        Cell(who.name if who else _("no owner, no assignee")),
        *(figures[name] for name in _COUNTED),
        entered,
        figures["thanks"],
        *_goodwill_cells(scope, who, left),
        Cell(_presence(who, scope.day), hint=_cover(who, scope.day)) if who else Cell("–"),
    ]


def _goodwill_cells(scope: Scope, who: User | None, left: dict[int, RemainingBudget]) -> list[Cell]:
    """Return what they may still give: time, and money."""
    if who is None or not who.is_active:
        return [Cell("–", number=True), Cell("–", number=True)]
    unlimited, rest = Cell(_("no limit"), number=True), left.get(who.pk)
    if rest is None:
        return [unlimited, unlimited]
    return [
        unlimited if rest.minutes is None else time_cell(max(rest.minutes, 0)),
        money_cell(max(rest.amount, Decimal(0)), scope.firm.currency),
    ]


def _total(scope: Scope, found: list[Load], left: dict[int, RemainingBudget]) -> list[Cell]:
    sums = {name: sum(load.figures[name] for load in found) for name in FIGURES}
    rests = [left[load.user.pk] for load in found if load.user and load.user.pk in left]
    may_give = joint_allowance(rests)
    none = Cell("–", number=True)
    return total_row(
        *(number(sums[name]) for name in _COUNTED), time_cell(sums["minutes"]), number(sums["thanks"]),
        none if may_give.minutes is None else time_cell(may_give.minutes),
        money_cell(may_give.amount, scope.firm.currency) if rests else none,
        Cell(""),
    )  # fmt: skip


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
