"""The goodwill budget: what staff may give without approval."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.errors import ActionRefused
from interactions.models import Interaction, Kind
from interactions.querysets import InteractionQuerySet
from partnership.core.formats import format_number
from partnership.staff.models import Firm, GoodwillBudget, User

_MONTHS = {GoodwillBudget.Period.MONTH: 1, GoodwillBudget.Period.QUARTER: 3, GoodwillBudget.Period.YEAR: 12}

_PERIODS = {
    GoodwillBudget.Period.MONTH: gettext_lazy("this month"),
    GoodwillBudget.Period.QUARTER: gettext_lazy("this quarter"),
    GoodwillBudget.Period.YEAR: gettext_lazy("this year"),
}


@dataclass(frozen=True)
class RemainingBudget:
    """The rest of a period's budget; negative if overdrawn. `minutes` is None where the budget does not limit them."""

    amount: Decimal
    currency: str
    minutes: int | None
    period: str

    @property
    def overdrawn(self) -> bool:
        return self.amount < 0 or (self.minutes or 0) < 0

    def sentence(self) -> str:
        named: dict[str, object] = {
            "amount": format_number(max(self.amount, Decimal(0)), 2),
            "currency": self.currency,
            "period": self.period,
        }
        if self.minutes is None:
            return _("You have %(amount)s %(currency)s left to give %(period)s.") % named
        named["minutes"] = max(self.minutes, 0)
        return _("You have %(amount)s %(currency)s and %(minutes)s minutes left to give %(period)s.") % named


class Allowance(NamedTuple):
    """What several colleagues together may still give; `minutes` is None where no budget limits them."""

    amount: Decimal
    minutes: int | None


def _budget_for(user: User, *, lock: bool = False) -> GoodwillBudget | None:
    """Return the user's own budget, else the one for everyone, else None: no limit."""
    budgets = GoodwillBudget.objects.filter(Q(staff_member=user) | Q(staff_member=None)).order_by("staff_member_id")
    return (budgets.select_for_update(no_key=True) if lock else budgets).first()


def remaining_budget(user: User, *, day: date, lock: bool = False) -> RemainingBudget | None:
    """Return the rest of the budget for the period with `day`."""
    budget, firm = _budget_for(user, lock=lock), Firm.current()
    if budget is None:
        return None
    spent = _gestures(budget.period, day).filter(author=user).aggregate(**_sums(firm))
    return _rest(budget, spent, firm)


def remaining_budgets(*, day: date) -> dict[int, RemainingBudget]:
    """Return the rest of the budget of each active colleague who has one, for the period with `day`."""
    firm, budgets = Firm.current(), {budget.staff_member_id: budget for budget in GoodwillBudget.objects.all()}
    active = User.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)
    found = {pk: budget for pk in active if (budget := budgets.get(pk) or budgets.get(None))}
    spent: dict[tuple[str, int | None], dict[str, Any]] = {}
    for period in {budget.period for budget in found.values()}:
        by_author = _gestures(period, day).order_by().values("author").annotate(**_sums(firm))
        spent |= {(period, row["author"]): row for row in by_author}
    nothing: dict[str, Any] = {"given_amount": 0, "given_minutes": 0}
    return {pk: _rest(budget, spent.get((budget.period, pk), nothing), firm) for pk, budget in found.items()}


def joint_allowance(budgets: Iterable[RemainingBudget]) -> Allowance:
    """Sum up the rest of each budget; an overdrawn one counts as 0."""
    found = list(budgets)
    minutes = [max(one.minutes, 0) for one in found if one.minutes is not None]
    return Allowance(sum((max(one.amount, Decimal(0)) for one in found), Decimal(0)), sum(minutes) if minutes else None)


def _gestures(period: str, day: date) -> InteractionQuerySet:
    """Return the gestures of the period with `day`."""
    months = _MONTHS[GoodwillBudget.Period(period)]
    start = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = start.replace(year=start.year + (start.month + months > 12), month=(start.month + months - 1) % 12 + 1)
    return Interaction.objects.filter(kind=Kind.GESTURE, occurred_on__gte=start, occurred_on__lt=after)


def _sums(firm: Firm) -> dict[str, Sum]:
    # Not by the columns' names, which may not be shadowed.
    return {"given_amount": Sum("amount", filter=Q(currency=firm.currency)), "given_minutes": Sum("minutes")}


def _rest(budget: GoodwillBudget, spent: dict[str, Any], firm: Firm) -> RemainingBudget:
    return RemainingBudget(
        amount=budget.amount - (spent["given_amount"] or 0),
        currency=firm.currency,
        minutes=None if budget.minutes is None else budget.minutes - (spent["given_minutes"] or 0),
        period=str(_PERIODS[GoodwillBudget.Period(budget.period)]),
    )


def enforce_budget(gesture: Interaction, *, by: User) -> None:
    """Raise ActionRefused if a gesture exceeds the budget. Managers may exceed it.

    Call it after recording the gesture, in the same transaction.
    """
    left = remaining_budget(by, day=gesture.occurred_on, lock=True)
    if left is None or not left.overdrawn or by.is_manager:
        return
    before = RemainingBudget(
        amount=left.amount + (gesture.amount or 0),
        currency=left.currency,
        minutes=None if left.minutes is None else left.minutes + (gesture.minutes or 0),
        period=left.period,
    )
    raise ActionRefused(before.sentence() + " " + _("Give less, or ask a manager to give it."))
