"""Results of runs as pages show them: figures in words, a matrix of tiers, a chart's coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from partnership.scoring.admin.formatting import (
    band_in_words,
    day_in_words,
    labels_of_predictors,
    outcome_in_words,
    points,
    reason_in_words,
    whole,
)
from partnership.scoring.models import Run
from partnership.scoring.rules.comparison import fingerprint
from partnership.scoring.trials.backtest import verdict

Figure = tuple[str, str]
"""What is measured, and the measure in words."""

COMPARABLE = 20
"""Runs that were asked the same, offered for comparison."""


def result_of(run: Run) -> "Result":
    """Of a finished run."""
    classes = {Run.Kind.PREVIEW: PreviewResult, Run.Kind.BACKTEST: BacktestResult, Run.Kind.AUDIT: AuditResult}
    return classes.get(Run.Kind(run.kind), Result)(run, run.result)


def comparable(run: Run) -> QuerySet[Run]:
    """Finished runs of the same kind that were asked the same, newest first."""
    alike = Run.objects.filter(kind=run.kind, settings=run.settings, status=Run.Status.DONE)
    return alike.exclude(pk=run.pk).select_related("rule_set", "by").defer("result").order_by("-id")[:COMPARABLE]


@dataclass(frozen=True)
class Row:
    """One measure of several results; an empty text where one has it not."""

    label: str
    texts: list[str]

    @property
    def differs(self) -> bool:
        return all(self.texts) and len(set(self.texts)) > 1


@dataclass(frozen=True)
class Sides:
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
        return day_in_words(self.data["as_of"])

    @cached_property
    def is_outdated(self) -> bool:
        """Whether its set has been edited since."""
        kept = self.data.get("fingerprint")
        return kept is not None and kept != fingerprint(self.run.rule_set)

    @property
    def figures(self) -> list[Figure]:
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
    def figures(self) -> list[Figure]:
        data, change = self.data, self.data["change"]
        means = data["means"]["partnership"]
        return [
            (_("As of"), day_in_words(data["as_of"])),
            (_("Compared with"), data["compared_with"]),
            (_("Customers"), whole(data["customers"])),
            (_("Change their tier"), whole(data["changed_tier"])),
            (_("Partnership rises"), whole(change["rose"])),
            (_("Partnership falls"), whole(change["fell"])),
            (_("Mean partnership"), f"{points(means['before'])} → {points(means['after'])}"),
            *((_("In “%(tier)s” afterwards") % {"tier": tier["name"]}, whole(tier["after"])) for tier in data["tiers"]),
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
        return [Band(band_in_words(band), band["customers"]) for band in self.data["change"]["distribution"]]

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
                "reasons": [reason_in_words(reason) for reason in one.get("reasons", [])],
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
        return place(self.auc)

    @property
    def left(self) -> float:
        return place(self.ci[0] if self.ci else self.auc)

    @property
    def right(self) -> float:
        return place(self.ci[1] if self.ci else self.auc)


AXIS_FROM, AXIS_TO, LINE, TOP = 140, 390, 26, 22
"""The chart's units: where its axis of 0 to 1 begins and ends, a line's height, the first line's middle."""


def place(auc: float) -> float:
    return round(AXIS_FROM + auc * (AXIS_TO - AXIS_FROM), 1)


class BacktestResult(Result):
    axis = tuple((place(mark), label) for mark, label in ((0, "0"), (0.5, "½"), (1, "1")))

    @property
    def height(self) -> int:
        return TOP + LINE * len(self.predictors)

    @property
    def predictors(self) -> list[Predictor]:
        """In one order: the database keeps none."""
        found = [(label, self.data["predictors"][name]) for name, label in labels_of_predictors().items()]
        return [
            Predictor(label, one["auc"], one["ci"], one["lift_top_tenth"], TOP + LINE * number)
            for number, (label, one) in enumerate(found)
        ]

    @property
    def figures(self) -> list[Figure]:
        told: list[Figure] = [
            (_("As of"), self.day),
            (_("Outcome"), outcome_in_words(self.data["outcome"])),
            (_("Customers asked about"), whole(self.data["n"])),
            (_("Had the outcome"), whole(self.data["positives"])),
        ]
        for one in self.predictors:
            interval = f" ({one.ci[0]:.2f}–{one.ci[1]:.2f})" if one.ci else ""
            told.append((_("AUC of %(what)s") % {"what": one.label}, f"{one.auc:.3f}{interval}"))
            told.append((_("Lift of %(what)s") % {"what": one.label}, f"{one.lift:.2f}"))
        return told

    @property
    def verdict(self) -> str:
        return verdict(self.data)

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
        return [{**one, "day": day_in_words(one["day"]), "person": people.get(one["id"])} for one in found]
