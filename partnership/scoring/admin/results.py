"""Results of runs as pages show them: figures as text, a matrix of tiers, coordinates of a chart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

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
from partnership.scoring.engine.score_audit import Audit
from partnership.scoring.explain.differences import Reason
from partnership.scoring.models import Run
from partnership.scoring.trials.backtest import Backtest, describe_verdict
from partnership.scoring.trials.preview import Mover, Preview

_Figure = tuple[str, str]  # a label and its value as text
_MAX_COMPARABLE = 20


def build_result(run: Run) -> "Result":
    """Build the result of a finished run."""
    classes = {Run.Kind.PREVIEW: PreviewResult, Run.Kind.BACKTEST: BacktestResult, Run.Kind.AUDIT: AuditResult}
    return classes.get(Run.Kind(run.kind), Result)(run)


def list_comparable_runs(run: Run) -> QuerySet[Run]:
    """List finished runs of the same kind and request, newest first."""
    alike = Run.objects.filter(kind=run.kind, settings=run.settings, status=Run.Status.DONE)
    return alike.exclude(pk=run.pk).select_related("rule_set", "by").defer("result").order_by("-id")[:_MAX_COMPARABLE]


@dataclass(frozen=True)
class Row:
    """One figure of several results; the text is empty where a result lacks it."""

    label: str
    texts: list[str]

    @property
    def differs(self) -> bool:
        return all(self.texts) and len(set(self.texts)) > 1


@dataclass(frozen=True)
class SideBySide:
    """Results side by side, None where there is none."""

    results: "Sequence[Result | None]"

    @property
    def rows(self) -> list[Row]:
        columns = [dict(result.figures) if result else {} for result in self.results]
        labels = dict.fromkeys(label for column in columns for label in column)
        return [Row(label, [column.get(label, "") for column in columns]) for label in labels]


@dataclass
class Result:
    """A result of any kind; subclasses read the run's JSON as the type it was stored with."""

    run: Run

    @property
    def data(self) -> Mapping[str, object]:
        return cast("Mapping[str, object]", self.run.result)

    @property
    def day(self) -> str:
        return format_day(str(self.data["as_of"]))

    @cached_property
    def is_outdated(self) -> bool:
        """Say whether the rule set was edited since."""
        fingerprint = self.data.get("fingerprint")
        return fingerprint is not None and fingerprint != self.run.rule_set.fingerprint()

    @property
    def figures(self) -> list[_Figure]:
        """List the plain values of a result."""
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


@dataclass(frozen=True)
class ShownMover:
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
    def figures(self) -> list[_Figure]:
        data, change = self.data, self.data["change"]
        means = data["means"]["partnership"]
        return [
            (_("As of"), format_day(data["as_of"])),
            (_("Compared with"), data["compared_with"]),
            (_("Customers"), format_count(data["customers"])),
            (_("Change tier"), format_count(data["changed_tier"])),
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

    def _show(self, mover: Mover, reasons: Iterable[Reason] = ()) -> ShownMover:
        return ShownMover(
            customer=mover["customer"],
            person=self._people.get(mover["id"]),
            before=mover["before"],
            after=mover["after"],
            tier_before=mover["tier_before"],
            tier_after=mover["tier_after"],
            reasons=[describe_reason(reason) for reason in reasons],
        )

    @property
    def winners(self) -> list[ShownMover]:
        return [self._show(one, one["reasons"]) for one in self.data["winners"]]

    @property
    def losers(self) -> list[ShownMover]:
        return [self._show(one, one["reasons"]) for one in self.data["losers"]]

    @property
    def movers(self) -> list[ShownMover]:
        return [self._show(one) for one in self.data["movers"]]


@dataclass(frozen=True)
class Predictor:
    """A predictor of a backtest; `x`, `left` and `right` are its AUC and interval on the chart, `y` its line."""

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


# In units of the chart: the ends of its axis from 0 to 1, the height of a line, the middle of the first line.
_AXIS_FROM, _AXIS_TO, _LINE, _TOP = 140, 390, 26, 22


def _chart_x(auc: float) -> float:
    return round(_AXIS_FROM + auc * (_AXIS_TO - _AXIS_FROM), 1)


class BacktestResult(Result):
    @property
    def data(self) -> Backtest:
        return cast("Backtest", self.run.result)

    axis = tuple((_chart_x(mark), label) for mark, label in ((0, "0"), (0.5, "½"), (1, "1")))

    @property
    def height(self) -> int:
        return _TOP + _LINE * len(self.predictors)

    @property
    def predictors(self) -> list[Predictor]:
        """List predictors in a fixed order, since JSON in the database keeps none."""
        found = [(label, self.data["predictors"][name]) for name, label in predictor_labels().items()]
        return [
            Predictor(label, one["auc"], one["ci"], one["lift_top_tenth"], _TOP + _LINE * number)
            for number, (label, one) in enumerate(found)
        ]

    @property
    def figures(self) -> list[_Figure]:
        figures: list[_Figure] = [
            (_("As of"), self.day),
            (_("Outcome"), describe_outcome(self.data["outcome"])),
            (_("Customers"), format_count(self.data["n"])),
            (_("Had the outcome"), format_count(self.data["positives"])),
        ]
        for one in self.predictors:
            interval = f" ({one.ci[0]:.2f}–{one.ci[1]:.2f})" if one.ci else ""
            figures.append((_("AUC of %(what)s") % {"what": one.label}, f"{one.auc:.3f}{interval}"))
            figures.append((_("Lift of %(what)s") % {"what": one.label}, f"{one.lift:.2f}"))
        return figures

    @property
    def verdict(self) -> str:
        return describe_verdict(self.data)

    @property
    def method(self) -> str:
        return _(self.data["method"])

    @property
    def is_no_better_than_loudness(self) -> bool:
        return not any(one["better"] for one in self.data["against_loudness"].values())


@dataclass(frozen=True)
class ShownDifference:
    """A customer with a wrong stored score; `person` is None once deleted."""

    customer: str
    person: Customer | None
    day: str
    ruleset: str
    fields: list[str]


class AuditResult(Result):
    @property
    def data(self) -> Audit:
        return cast("Audit", self.run.result)

    @property
    def customers(self) -> list[ShownDifference]:
        people = Customer.objects.in_bulk([one["id"] for one in self.data["customers"]])
        return [
            ShownDifference(
                customer=one["customer"],
                person=people.get(one["id"]),
                day=format_day(one["day"]),
                ruleset=one["ruleset"],
                fields=list(one["fields"]),
            )
            for one in self.data["customers"]
        ]
