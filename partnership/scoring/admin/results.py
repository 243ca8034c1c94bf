"""Results of runs as pages show them: figures in words, a matrix of tiers, a chart's coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from partnership.scoring.admin.formatting import (
    describe_band,
    describe_outcome,
    describe_reason,
    format_count,
    format_day,
    format_points,
    predictor_labels,
)
from partnership.scoring.models import Run
from partnership.scoring.rules.comparison import fingerprint
from partnership.scoring.trials.backtest import describe_verdict

_Figure = tuple[str, str]
"""What is measured, and the measure in words."""

_MAX_COMPARABLE = 20
"""Runs that were asked the same, offered for comparison."""


def build_result(run: Run) -> "Result":
    """Of a finished run."""
    classes = {Run.Kind.PREVIEW: PreviewResult, Run.Kind.BACKTEST: BacktestResult, Run.Kind.AUDIT: AuditResult}
    return classes.get(Run.Kind(run.kind), Result)(run, run.result)


def list_comparable_runs(run: Run) -> QuerySet[Run]:
    """Finished runs of the same kind that were asked the same, newest first."""
    alike = Run.objects.filter(kind=run.kind, settings=run.settings, status=Run.Status.DONE)
    return alike.exclude(pk=run.pk).select_related("rule_set", "by").defer("result").order_by("-id")[:_MAX_COMPARABLE]


@dataclass(frozen=True)
class Row:
    """One measure of several results; an empty text where one has it not."""

    label: str
    texts: list[str]

    @property
    def differs(self) -> bool:
        return all(self.texts) and len(set(self.texts)) > 1


@dataclass(frozen=True)
class SideBySide:
    """Results beside each other, None where there is none."""

    results: "Sequence[Result | None]"

    @property
    def rows(self) -> list[Row]:
        columns = [dict(result.figures) if result else {} for result in self.results]
        labels = dict.fromkeys(label for column in columns for label in column)
        return [Row(label, [column.get(label, "") for column in columns]) for label in labels]


@dataclass
class Result:
    """`data` is the run's JSON."""

    run: Run
    data: Any

    @property
    def day(self) -> str:
        return format_day(self.data["as_of"])

    @cached_property
    def is_outdated(self) -> bool:
        """Whether its set has been edited since."""
        kept = self.data.get("fingerprint")
        return kept is not None and kept != fingerprint(self.run.rule_set)

    @property
    def figures(self) -> list[_Figure]:
        """What can be told of any result: its plain values."""
        plain = {name: value for name, value in self.data.items() if isinstance(value, str | int | float)}
        return [(name.replace("_", " ").capitalize(), str(value)) for name, value in plain.items()]


@dataclass(frozen=True)
class Cell:
    customers: int
    stays: bool


@dataclass(frozen=True)
class Band:
    label: str
    customers: int


class PreviewResult(Result):
    @property
    def figures(self) -> list[_Figure]:
        data, change = self.data, self.data["change"]
        means = data["means"]["partnership"]
        return [
            (_("As of"), format_day(data["as_of"])),
            (_("Compared with"), data["compared_with"]),
            (_("Customers"), format_count(data["customers"])),
            (_("Change their tier"), format_count(data["changed_tier"])),
            (_("Partnership rises"), format_count(change["rose"])),
            (_("Partnership falls"), format_count(change["fell"])),
            (_("Mean partnership"), f"{format_points(means['before'])} → {format_points(means['after'])}"),
            *(
                (_("In “%(tier)s” afterwards") % {"tier": tier["name"]}, format_count(tier["after"]))
                for tier in data["tiers"]
            ),
        ]

    @property
    def columns(self) -> list[str]:
        """Tiers afterwards, lowest first."""
        return [tier["name"] for tier in self.data["tiers"]]

    @property
    def matrix(self) -> list[tuple[str, list[Cell]]]:
        """A row for each tier before: how many of it come into each."""
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
        """Customers of the fullest band."""
        return max([1, *(band.customers for band in self.bands)])

    @cached_property
    def people(self) -> dict[int, Customer]:
        named = [*self.data["winners"], *self.data["losers"], *self.data["movers"]]
        return Customer.objects.in_bulk({one["id"] for one in named})

    def told(self, name: str) -> list[dict[str, Any]]:
        """winners, losers or movers, each with the customer as they are now; None who is there no more."""
        return [
            {
                **one,
                "person": self.people.get(one["id"]),
                "reasons": [describe_reason(reason) for reason in one.get("reasons", [])],
            }
            for one in self.data[name]
        ]

    @property
    def winners(self) -> list[dict[str, Any]]:
        return self.told("winners")

    @property
    def losers(self) -> list[dict[str, Any]]:
        return self.told("losers")

    @property
    def movers(self) -> list[dict[str, Any]]:
        return self.told("movers")


@dataclass(frozen=True)
class Predictor:
    """`x`, `left`, `right`: its AUC and interval on the chart, `y`: its line there."""

    label: str
    auc: float
    ci: list[float] | None
    lift: float
    y: int

    @property
    def x(self) -> float:
        return _chart_x(self.auc)

    @property
    def left(self) -> float:
        return _chart_x(self.ci[0] if self.ci else self.auc)

    @property
    def right(self) -> float:
        return _chart_x(self.ci[1] if self.ci else self.auc)


_AXIS_FROM, _AXIS_TO, _LINE, _TOP = 140, 390, 26, 22
"""The chart's units: where its axis of 0 to 1 begins and ends, a line's height, the first line's middle."""


def _chart_x(auc: float) -> float:
    return round(_AXIS_FROM + auc * (_AXIS_TO - _AXIS_FROM), 1)


class BacktestResult(Result):
    axis = tuple((_chart_x(mark), label) for mark, label in ((0, "0"), (0.5, "½"), (1, "1")))

    @property
    def height(self) -> int:
        return _TOP + _LINE * len(self.predictors)

    @property
    def predictors(self) -> list[Predictor]:
        """In one order: the database keeps none."""
        found = [(label, self.data["predictors"][name]) for name, label in predictor_labels().items()]
        return [
            Predictor(label, one["auc"], one["ci"], one["lift_top_tenth"], _TOP + _LINE * number)
            for number, (label, one) in enumerate(found)
        ]

    @property
    def figures(self) -> list[_Figure]:
        told: list[_Figure] = [
            (_("As of"), self.day),
            (_("Outcome"), describe_outcome(self.data["outcome"])),
            (_("Customers asked about"), format_count(self.data["n"])),
            (_("Had the outcome"), format_count(self.data["positives"])),
        ]
        for one in self.predictors:
            interval = f" ({one.ci[0]:.2f}–{one.ci[1]:.2f})" if one.ci else ""
            told.append((_("AUC of %(what)s") % {"what": one.label}, f"{one.auc:.3f}{interval}"))
            told.append((_("Lift of %(what)s") % {"what": one.label}, f"{one.lift:.2f}"))
        return told

    @property
    def verdict(self) -> str:
        return describe_verdict(self.data)

    @property
    def method(self) -> str:
        return _(self.data["method"])

    @property
    def is_no_better_than_loudness(self) -> bool:
        return not any(one["better"] for one in self.data["against_loudness"].values())


class AuditResult(Result):
    @property
    def customers(self) -> list[dict[str, Any]]:
        """Whose stored scores differ, each with the customer as they are now; None who is there no more."""
        people = Customer.objects.in_bulk([one["id"] for one in self.data["customers"]])
        found = self.data["customers"]
        return [{**one, "day": format_day(one["day"]), "person": people.get(one["id"])} for one in found]
