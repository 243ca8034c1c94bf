"""The result of a preview: figures, a matrix of tiers, bands of changes and customers."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from django.utils.translation import gettext as _

from customers.models import Customer
from partnership.core.formats import format_number
from partnership.scoring.admin.formatting import (
    describe_band,
    describe_reason,
    format_day,
    format_points,
)
from partnership.scoring.admin.results.base import Figure, Result
from partnership.scoring.explain.differences import Reason
from partnership.scoring.trials.preview import Mover, Preview


@dataclass(frozen=True)
class Cell:
    customers: int
    stays: bool


@dataclass(frozen=True)
class Band:
    label: str
    customers: int


@dataclass(frozen=True)
class _ShownMover:
    """A customer whose score changes; `person` is None once deleted."""

    customer: str
    person: Customer | None
    before: float
    after: float
    tier_before: str
    tier_after: str
    reasons: list[str]


class PreviewResult(Result):
    @property
    def data(self) -> Preview:
        return cast("Preview", self.run.result)

    @property
    def figures(self) -> list[Figure]:
        data, change = self.data, self.data["change"]
        means = data["means"]["partnership"]
        return [
            (_("As of"), format_day(data["as_of"])),
            (_("Compared with"), data["compared_with"]),
            (_("Customers"), format_number(data["customers"])),
            (_("Change tier"), format_number(data["changed_tier"])),
            (_("Partnership rises"), format_number(change["rose"])),
            (_("Partnership falls"), format_number(change["fell"])),
            (_("Mean partnership"), f"{format_points(means['before'])} → {format_points(means['after'])}"),
            *(
                (_("In “%(tier)s” afterwards") % {"tier": tier["name"]}, format_number(tier["after"]))
                for tier in data["tiers"]
            ),
        ]

    @property
    def columns(self) -> list[str]:
        """List tiers by name, lowest first."""
        return [tier["name"] for tier in self.data["tiers"]]

    @property
    def matrix(self) -> list[tuple[str, list[Cell]]]:
        """List a row for each tier before, with the number of its customers in each tier after."""
        moves = {(move["before"], move["after"]): move["customers"] for move in self.data["moves"]}
        befores = [name for name in self.columns if any(before == name for before, _after in moves)]
        return [
            (before, [Cell(moves.get((before, after), 0), before == after) for after in self.columns])
            for before in befores
        ]

    @property
    def bands(self) -> list[Band]:
        return [Band(describe_band(band), band["customers"]) for band in self.data["change"]["distribution"]]

    @property
    def most(self) -> int:
        """Return the number of customers of the largest band."""
        return max([1, *(band.customers for band in self.bands)])

    @cached_property
    def _people(self) -> dict[int, Customer]:
        named = [*self.data["winners"], *self.data["losers"], *self.data["movers"]]
        return Customer.objects.in_bulk({one["id"] for one in named})

    def _show(self, mover: Mover, reasons: Iterable[Reason] = ()) -> _ShownMover:
        return _ShownMover(
            customer=mover["customer"],
            person=self._people.get(mover["id"]),
            before=mover["before"],
            after=mover["after"],
            tier_before=mover["tier_before"],
            tier_after=mover["tier_after"],
            reasons=[describe_reason(reason) for reason in reasons],
        )

    @property
    def winners(self) -> list[_ShownMover]:
        return [self._show(one, one["reasons"]) for one in self.data["winners"]]

    @property
    def losers(self) -> list[_ShownMover]:
        return [self._show(one, one["reasons"]) for one in self.data["losers"]]

    @property
    def movers(self) -> list[_ShownMover]:
        return [self._show(one) for one in self.data["movers"]]
