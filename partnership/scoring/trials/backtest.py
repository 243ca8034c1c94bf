"""Backtests: how well scores as of a past day predicted an outcome, compared with contact volume and RFM."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.merging.fields import read_attributes
from customers.models import Customer
from interactions.errors import ActionRefused
from partnership.core.formats import format_number
from partnership.core.translatable_text import TranslatableText
from partnership.scoring.engine.rescoring import customer_chunks
from partnership.scoring.models import RuleSet
from partnership.scoring.trials.outcomes import Question, find_customers_with, parse_answer
from partnership.scoring.trials.predictors import (
    CONTACT_MEASURES,
    SCORES,
    compute_rfm,
    compute_scores_as_of,
    measure_contact,
)
from partnership.scoring.trials.progress import Progress
from partnership.scoring.trials.statistics import METHOD, Discrimination, compute_lift, measure_discrimination
from partnership.staff.models import Firm


class Predictor(TypedDict):
    """The AUC with its 95% interval (None with fewer than two on either side), and the lift: 1 is chance."""

    auc: float
    ci: list[float] | None
    lift_top_tenth: float


class _LoudnessComparison(TypedDict):
    """How much further from ½ an AUC is than loudness's, in either direction, with DeLong's paired 95% interval."""

    difference: float
    ci: list[float] | None
    better: bool


class Backtest(TypedDict):
    """The result of a backtest: of `n` customers, `positives` had the outcome; `excluded` counts others by reason.

    `horizon` is in days, and None for an attribute, which has no date.
    """

    as_of: str
    outcome: str
    horizon: int | None
    present: str | None
    ruleset: str
    n: int
    positives: int
    excluded: dict[str, int]
    predictors: dict[str, Predictor]
    against_loudness: dict[str, _LoudnessComparison]
    method: str


@dataclass
class _Sample:
    """Parallel lists with one place per customer: whether they had the outcome, and the value of each predictor."""

    had: list[bool] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in (*SCORES, *CONTACT_MEASURES)})
    excluded: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: bool, values: dict[str, float]) -> None:
        self.had.append(outcome)
        for name, column in self.values.items():
            column.append(values[name])


def run_backtest(question: Question, *, rule_set: RuleSet, today: date, progress: Progress) -> Backtest:
    """Backtest a rule set. ActionRefused when the question has no answer; its message says why and what to do."""
    question.check(today=today)
    sample = _gather_sample(question, rule_set, progress)
    if not sample.had:
        text = gettext_noop("No customers are left: %(why)s.")
        raise ActionRefused(TranslatableText(text, {"why": _describe_excluded(sample.excluded)}))
    positives = sum(sample.had)
    if positives in (0, len(sample.had)):
        text = _ALL_HAD if positives else _NONE_HAD
        raise ActionRefused(TranslatableText(text, {"n": len(sample.had)}))
    return _build_backtest(question, rule_set, sample)


def _gather_sample(question: Question, rule_set: RuleSet, progress: Progress) -> _Sample:
    sample, currency = _Sample(), Firm.current().currency
    done, total = 0, Customer.objects.unmerged().count()
    for chunk in customer_chunks():
        outcomes = _choose_customers(question, chunk, sample.excluded)
        contact = measure_contact(question.as_of, outcomes, currency)
        sample.excluded["no_history"] += len(outcomes) - len(contact)
        for pk, scores in compute_scores_as_of(question.as_of, contact, rule_set).items():
            sample.add(outcomes[pk], {**scores, **contact[pk]})
        done += len(chunk)
        progress(done, total)
    return sample


def _choose_customers(question: Question, customer_ids: list[int], excluded: Counter[str]) -> dict[int, bool]:
    """Return for each customer whether they had the outcome; count those excluded by reason."""
    had = (
        find_customers_with(question.kind, customer_ids, after=question.as_of, days=question.horizon)
        if question.kind
        else set()
    )
    found = {}
    for pk, stored in Customer.objects.filter(pk__in=customer_ids).order_by("pk").values_list("pk", "attributes"):
        attributes = read_attributes(stored)
        there = question.is_present(attributes.get(question.present)) if question.present else True
        value = attributes.get(question.attribute)
        outcome = parse_answer(value) if question.attribute else pk in had
        if there and outcome is not None:
            found[pk] = outcome
        elif not there:
            excluded["present_unclear" if there is None else "not_present"] += 1
        else:
            excluded["without_outcome" if value in (None, "") else "outcome_unclear"] += 1
    return found


def _build_backtest(question: Question, rule_set: RuleSet, sample: _Sample) -> Backtest:
    values = {name: sample.values[name] for name in (*SCORES, "contact_volume")} | {"rfm": compute_rfm(sample.values)}
    found = {name: measure_discrimination(column, sample.had) for name, column in values.items()}
    compared = {name: _compare_with_loudness(found[name], found["loudness"]) for name in ("commitment", "partnership")}
    return {
        "as_of": str(question.as_of),
        "outcome": question.outcome,
        "horizon": question.horizon or None,
        "present": f"attribute:{question.present}" if question.present else None,
        "ruleset": rule_set.name,
        "n": len(sample.had),
        "positives": sum(sample.had),
        "excluded": {reason: number for reason, number in sorted(sample.excluded.items()) if number},
        "predictors": {
            name: {
                "auc": one.auc,
                "ci": _list_bounds(one.interval()),
                "lift_top_tenth": compute_lift(values[name], sample.had),
            }
            for name, one in found.items()
        },
        "against_loudness": compared,
        "method": METHOD,
    }


def _compare_with_loudness(one: Discrimination, loudness: Discrimination) -> _LoudnessComparison:
    """Compare distances from ½, so that a score that predicts the opposite, as of a cancellation, counts too."""
    mine, theirs = (it.mirrored() if it.auc < 0.5 else it for it in (one, loudness))
    interval = mine.minus(theirs)
    better = interval is not None and interval[0] > 0
    return {"difference": mine.auc - theirs.auc, "ci": _list_bounds(interval), "better": better}


def _list_bounds(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else list(interval)


def describe_verdict(found: Backtest) -> str:
    """Sum up a backtest in a sentence, in the reader's language."""
    aucs = {name: found["predictors"][name]["auc"] for name in ("commitment", "partnership", "loudness")}
    figures = {name: format_number(auc, 2) for name, auc in aucs.items()}
    better = [name for name in ("commitment", "partnership") if found["against_loudness"][name]["better"]]
    if not better:
        return (
            _("This rule set predicts the outcome no better than loudness does: commitment %(commitment)s and "
              "partnership %(partnership)s against %(loudness)s (paired DeLong, 95%%).") % figures
        )  # fmt: skip
    sentence = {
        ("commitment", "partnership"): _(
            "Commitment (%(commitment)s) and partnership (%(partnership)s) predict the outcome better than loudness "
            "(%(loudness)s; paired DeLong, 95%%)."
        ),
        ("commitment",): _(
            "Commitment (%(commitment)s) predicts the outcome better than loudness (%(loudness)s; paired DeLong, "
            "95%%); partnership (%(partnership)s) does not."
        ),
        ("partnership",): _(
            "Partnership (%(partnership)s) predicts the outcome better than loudness (%(loudness)s; paired DeLong, "
            "95%%); commitment (%(commitment)s) does not."
        ),
    }[tuple(better)] % figures
    if all(aucs[name] < 0.5 for name in better):
        sentence += " " + _("Below 0.5 it predicts the opposite: customers with the outcome scored lower.")
    return sentence


_EXCLUSION_REASONS = {
    "no_history": gettext_noop("%(n)d had no history by then"),
    "not_present": gettext_noop("%(n)d had left by then"),
    "present_unclear": gettext_noop("for %(n)d the attribute of presence is no date"),
    "without_outcome": gettext_noop("%(n)d lack the attribute"),
    "outcome_unclear": gettext_noop("for %(n)d the attribute means neither yes nor no"),
}


def _describe_excluded(excluded: Counter[str]) -> TranslatableText:
    texts = [TranslatableText(_EXCLUSION_REASONS[reason], {"n": n}) for reason, n in sorted(excluded.items()) if n]
    if not texts:
        return TranslatableText(gettext_noop("there are no customers"))
    return reduce(
        lambda first, next_one: TranslatableText(gettext_noop("%(one)s; %(other)s"), {"one": first, "other": next_one}),
        texts,
    )


_ALL_HAD = gettext_noop(
    "All %(n)d customers had the outcome, so there is nothing to predict: choose another day or outcome."
)
_NONE_HAD = gettext_noop(
    "None of %(n)d customers had the outcome, so there is nothing to predict: choose another day or outcome."
)
