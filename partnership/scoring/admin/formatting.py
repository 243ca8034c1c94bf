"""Figures, days and reasons of results as text, in the reader's language."""

from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partnership.scoring.explain.differences import Reason
from partnership.scoring.models import Run
from partnership.scoring.trials.outcomes import OUTCOME_KINDS
from partnership.scoring.trials.tally import Band


def predictor_labels() -> dict[str, str]:
    return {
        "commitment": pgettext("score", "commitment"), "reciprocity": _("reciprocity"), "partnership": _("partnership"),
        "loudness": _("loudness"), "contact_volume": _("contact volume"), "rfm": _("RFM"),
    }  # fmt: skip


def describe_reason(reason: Reason) -> str:
    """Describe a reason, such as “Referral (reciprocity): 12.5 → 23.1”."""
    values = {
        "what": {"": _("starting point"), None: _("beyond balance")}.get(reason["rule"], reason["rule"]),
        "score": predictor_labels()[reason["feeds"]],
        "before": format_points(reason["before"]),
        "after": format_points(reason["after"]),
    }
    return _("%(what)s (%(score)s): %(before)s → %(after)s") % values


def describe_outcome(outcome: str) -> str:
    kind, _colon, name = outcome.partition(":")
    return str(OUTCOME_KINDS[kind].label) if kind in OUTCOME_KINDS else name


def describe_band(band: Band) -> str:
    low, high = band["low"], band["high"]
    if low == high:
        return _("no change")
    return _("%(low)s to %(high)s points") % {"low": _format_signed(low), "high": _format_signed(high)}


def _format_signed(number: int) -> str:
    return f"−{-number}" if number < 0 else f"+{number}" if number else "0"


def describe_request(run: Run) -> str:
    """Describe what a run was to do beyond its kind, such as “goal achieved, as of 26 May 2026”."""
    if run.kind != Run.Kind.BACKTEST:
        return ""
    values = {"outcome": describe_outcome(run.settings["outcome"]), "day": format_day(run.settings["as_of"])}
    return _("%(outcome)s, as of %(day)s") % values


def format_day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "SHORT_DATE_FORMAT")


def format_points(number: float) -> str:
    """Format with one decimal place, and a minus as wide as a plus."""
    return str(number_format(round(number, 1) + 0.0, 1)).replace("-", "−")
