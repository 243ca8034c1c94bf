"""How well a number predicts an outcome: pure statistics over lists of numbers.

`has` are the values of customers with the outcome, `lacks` of those without; or `values` and `had`, side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from statistics import NormalDist, fmean, variance

from django.utils.translation import gettext_noop

METHOD = gettext_noop(
    "AUC by Mann-Whitney, ties at half. 95 per cent interval by DeLong, DeLong and Clarke-Pearson (Biometrics 1988), "
    "by midranks as in Sun and Xu (2014), cut at 0 and 1."
)
Z = NormalDist().inv_cdf(0.975)

_Interval = tuple[float, float]


@dataclass(frozen=True)
class Discrimination:
    """The AUC: the chance that a customer with the outcome has a higher value than one without.

    `of_has` and `of_lacks` are its structural components: for each value, the share of the other side that it is
    ordered correctly against.
    """

    auc: float
    of_has: list[float]
    of_lacks: list[float]

    def interval(self) -> _Interval | None:
        """Return the 95% interval; None with fewer than two values on either side."""
        return _interval_around(self.auc, self.of_has, self.of_lacks, low=0)

    def mirrored(self) -> "Discrimination":
        """Return the same for the negative value."""
        return Discrimination(1 - self.auc, [1 - part for part in self.of_has], [1 - part for part in self.of_lacks])

    def minus(self, other: "Discrimination") -> _Interval | None:
        """Return DeLong's paired interval of the difference; both have the same customers in the same order."""
        of_has, of_lacks = (
            [mine - theirs for mine, theirs in zip(*pair, strict=True)]
            for pair in ((self.of_has, other.of_has), (self.of_lacks, other.of_lacks))
        )
        return _interval_around(self.auc - other.auc, of_has, of_lacks, low=-1)


def _interval_around(
    middle: float, of_has: Sequence[float], of_lacks: Sequence[float], *, low: float
) -> _Interval | None:
    if min(len(of_has), len(of_lacks)) < 2:
        return None
    half = Z * sqrt(variance(of_has) / len(of_has) + variance(of_lacks) / len(of_lacks))
    return max(low, middle - half), min(1, middle + half)


def measure_discrimination(values: Sequence[float], had: Sequence[bool]) -> Discrimination:
    """Measure the AUC in n log n steps. ValueError when all or none had the outcome."""
    has = [value for value, outcome in zip(values, had, strict=True) if outcome]
    lacks = [value for value, outcome in zip(values, had, strict=True) if not outcome]
    if not (has and lacks):
        raise ValueError("there must be customers with the outcome and without it")
    ranks = compute_midranks([*has, *lacks])
    of_has = [
        (rank - own) / len(lacks) for rank, own in zip(ranks[: len(has)], compute_midranks(has), strict=True)
    ]  # how many of the other side are below
    of_lacks = [
        1 - (rank - own) / len(has) for rank, own in zip(ranks[len(has) :], compute_midranks(lacks), strict=True)
    ]  # how many of the other side are above
    return Discrimination(fmean(of_has), of_has, of_lacks)


def compute_midranks(values: Sequence[float]) -> list[float]:
    """Rank values from 1, in the order given; equal values share the mean of their ranks."""
    ranks, below = [0.0] * len(values), 0
    order = sorted(range(len(values)), key=values.__getitem__)
    for _, tied in groupby(order, key=values.__getitem__):
        positions = list(tied)
        for position in positions:
            ranks[position] = below + (len(positions) + 1) / 2
        below += len(positions)
    return ranks


def compute_lift(values: Sequence[float], had: Sequence[bool], *, share: float = 0.1) -> float:
    """Compute how many times as common the outcome is among the highest `share` as among all.

    A tenth of 361 is 36.1: customers count in fractions, and ties at the border share the rest.
    """
    left = most = share * len(values)
    found = 0.0
    by_value = sorted(zip(values, had, strict=True), key=lambda pair: -pair[0])
    for _, tied in groupby(by_value, key=lambda pair: pair[0]):
        outcomes = [outcome for _, outcome in tied]
        part = min(1.0, left / len(outcomes))
        found += part * sum(outcomes)
        left -= part * len(outcomes)
        if left <= 0:
            break
    return (found / most) / (sum(had) / len(had))


def assign_fifths(values: Sequence[float]) -> list[int]:
    """Assign 1 to the lowest fifth and 5 to the highest; equal values share the fifth of their mean rank."""
    return [min(5, 1 + int(5 * (rank - 0.5) / len(values))) for rank in compute_midranks(values)]
