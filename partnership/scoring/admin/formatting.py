"""Figures, days and reasons of results in words, in the language of whoever reads them."""

from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from partnership.scoring.explain.differences import Reason
from partnership.scoring.models import Run
from partnership.scoring.trials.outcomes import KINDS


def labels_of_predictors() -> dict[str, str]:
    return {
        "commitment": _("commitment"), "reciprocity": _("reciprocity"), "partnership": _("partnership"),
        "loudness": _("loudness"), "contact_volume": _("contact volume"), "rfm": _("RFM"),
    }  # fmt: skip


def reason_in_words(reason: Reason) -> str:
    """Such as “Referral (reciprocity): 12.5 → 23.1”."""
    said = {
        "what": {"": _("where everybody starts"), None: _("beyond balance")}.get(reason["rule"], reason["rule"]),
        "score": labels_of_predictors()[reason["feeds"]],
        "before": points(reason["before"]),
        "after": points(reason["after"]),
    }
    return _("%(what)s (%(score)s): %(before)s → %(after)s") % said


def outcome_in_words(outcome: str) -> str:
    kind, _colon, name = outcome.partition(":")
    return str(KINDS[kind].label) if kind in KINDS else name


def band_in_words(band: dict[str, int]) -> str:
    low, high = band["low"], band["high"]
    if low == high:
        return _("no change")
    return _("%(low)s to %(high)s points") % {"low": signed(low), "high": signed(high)}


def signed(number: int) -> str:
    return f"−{-number}" if number < 0 else f"+{number}" if number else "0"


def asked_in_words(run: Run) -> str:
    """What a run was asked, beyond its kind: such as “goal achieved, as of 26 May 2026”."""
    if run.kind != Run.Kind.BACKTEST:
        return ""
    said = {"outcome": outcome_in_words(run.settings["outcome"]), "day": day_in_words(run.settings["as_of"])}
    return _("%(outcome)s, as of %(day)s") % said


def day_in_words(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "j M Y")


def whole(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def points(number: float) -> str:
    """In tenths, with a minus as wide as a plus."""
    return str(number_format(round(number, 1) + 0.0, 1)).replace("-", "−")
