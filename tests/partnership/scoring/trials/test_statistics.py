"""The fast statistics of a backtest, against their definitions written out slowly."""

from itertools import product
from math import sqrt
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership.scoring.trials.statistics import (
    Z,
    assign_fifths,
    compute_lift,
    compute_midranks,
    measure_discrimination,
)
from tests.examples import CHEAP

values = st.one_of(st.integers(0, 5).map(float), st.floats(0, 100))
people = st.lists(st.tuples(values, values, st.booleans()), min_size=4, max_size=40).filter(
    lambda drawn: 1 < sum(had for *_, had in drawn) < len(drawn) - 1
)
Drawn = list[tuple[float, float, bool]]


def wins(above: float, below: float) -> float:
    return 1.0 if above > below else 0.5 if above == below else 0.0


def by_pairs(values: list[float], had: list[bool]) -> float:
    pairs = product(
        [v for v, h in zip(values, had, strict=True) if h], [v for v, h in zip(values, had, strict=True) if not h]
    )
    return fmean(wins(*pair) for pair in pairs)


def covariance(one: list[float], other: list[float]) -> float:
    a, b = fmean(one), fmean(other)
    return sum((x - a) * (y - b) for x, y in zip(one, other, strict=True)) / (len(one) - 1)


def components(values: list[float], had: list[bool]) -> tuple[list[float], list[float]]:
    """Compute DeLong's V10 and V01 from every pair."""
    has = [v for v, h in zip(values, had, strict=True) if h]
    lacks = [v for v, h in zip(values, had, strict=True) if not h]
    return [fmean(wins(x, y) for y in lacks) for x in has], [fmean(wins(x, y) for x in has) for y in lacks]


@CHEAP
@given(people)
def test_auc_is_the_share_of_pairs_won(drawn: Drawn) -> None:
    values, _, had = map(list, zip(*drawn, strict=True))
    found = measure_discrimination(values, had)
    assert found.auc == pytest.approx(by_pairs(values, had), abs=1e-12)
    assert found.mirrored().auc == pytest.approx(by_pairs([-value for value in values], had), abs=1e-12)


@CHEAP
@given(people)
def test_the_interval_is_delongs(drawn: Drawn) -> None:
    values, others, had = map(list, zip(*drawn, strict=True))
    (v10, v01), (w10, w01) = components(values, had), components(others, had)
    low, high = measure_discrimination(values, had).interval()
    half = Z * sqrt(covariance(v10, v10) / len(v10) + covariance(v01, v01) / len(v01))
    assert (low, high) == pytest.approx((max(0, fmean(v10) - half), min(1, fmean(v10) + half)), abs=1e-9)
    paired = sum(
        (covariance(x, x) + covariance(y, y) - 2 * covariance(x, y)) / len(x) for x, y in ((v10, w10), (v01, w01))
    )
    difference, half = fmean(v10) - fmean(w10), Z * sqrt(max(0, paired))
    bounds = (max(-1, difference - half), min(1, difference + half))
    assert measure_discrimination(values, had).minus(measure_discrimination(others, had)) == pytest.approx(
        bounds, abs=1e-6
    )


def test_the_interval_is_near_the_jackknifes() -> None:
    """The jackknife estimates the same variance."""
    values = [float((7 * n) % 23 + 9 * (n % 3 == 0)) for n in range(90)]
    had = [n % 3 == 0 for n in range(90)]
    left_out = [by_pairs(values[:n] + values[n + 1 :], had[:n] + had[n + 1 :]) for n in range(90)]
    spread = 0.0
    for side in (True, False):
        of_side = [auc for auc, outcome in zip(left_out, had, strict=True) if outcome is side]
        spread += (len(of_side) - 1) / len(of_side) * sum((auc - fmean(of_side)) ** 2 for auc in of_side)
    low, high = measure_discrimination(values, had).interval()
    assert (high - low) / 2 == pytest.approx(Z * sqrt(spread), rel=1e-6)


def test_known_ones() -> None:
    assert measure_discrimination([1, 2, 3, 4], [False, False, True, True]).auc == 1
    assert measure_discrimination([1, 2, 3, 4], [False, False, True, True]).interval() == (1, 1)
    assert measure_discrimination([3, 3, 3], [True, False, False]).auc == 0.5
    assert measure_discrimination([3, 3, 3], [True, False, False]).interval() is None
    with pytest.raises(ValueError, match="with the outcome and without"):
        measure_discrimination([1, 2], [True, True])


@CHEAP
@given(people)
def test_lift_shares_the_border_fairly(drawn: Drawn) -> None:
    """Repeat each value ten times: then a tenth is a whole number, and ties are averaged."""
    values, _, had = map(list, zip(*drawn, strict=True))
    left, found = len(values), 0.0
    for value in sorted(set(values), reverse=True):
        outcomes = [outcome for one, outcome in zip(values, had, strict=True) if one == value for _ in range(10)]
        taken = min(left, len(outcomes))
        found += taken * fmean(outcomes)
        left -= taken
    assert compute_lift(values, had) == pytest.approx(found / len(values) / fmean(had))


def test_lift_known() -> None:
    had = [True] * 10 + [False] * 90
    assert compute_lift(list(range(100, 0, -1)), had) == pytest.approx(10)
    assert compute_lift(list(range(100)), had) == 0
    assert compute_lift([1.0] * 100, had) == pytest.approx(1)


def test_equal_values_share_a_fifth() -> None:
    assert assign_fifths([10, 20, 30, 40, 50]) == [1, 2, 3, 4, 5]
    assert assign_fifths([0, 0, 0, 0]) == [3, 3, 3, 3]
    assert assign_fifths([0, 0, 0, 0, 7]) == [3, 3, 3, 3, 5]
    assert compute_midranks([5, 1, 5]) == [2.5, 1, 2.5]
