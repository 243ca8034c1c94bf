"""The result of a backtest: figures, a verdict and the coordinates of a chart."""

from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext as _

from partnership.core.formats import format_number
from partnership.scoring.admin.formatting import describe_outcome, predictor_labels
from partnership.scoring.admin.results.base import Figure, Result
from partnership.scoring.trials.backtest import Backtest, describe_verdict


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
    def figures(self) -> list[Figure]:
        figures: list[Figure] = [
            (_("As of"), self.day),
            (_("Outcome"), describe_outcome(self.data["outcome"])),
            (_("Customers"), format_number(self.data["n"])),
            (_("Had the outcome"), format_number(self.data["positives"])),
        ]
        for one in self.predictors:
            interval = f" ({format_number(one.ci[0], 2)}–{format_number(one.ci[1], 2)})" if one.ci else ""
            figures.append((_("AUC of %(what)s") % {"what": one.label}, f"{format_number(one.auc, 3)}{interval}"))
            figures.append((_("Lift of %(what)s") % {"what": one.label}, format_number(one.lift, 2)))
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
