"""Warnings about valid but questionable rules, in words with an example."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from interactions.models import Interaction
from partnership.scoring.models import RuleSet
from partnership.scoring.rules.cautions import find_cautions
from partnership.scoring.rules.validation import find_overlaps


def list_warnings(rule_set: RuleSet) -> Iterator[str]:
    """Describe cautions and overlaps, each with the row that it is about."""
    rules = list(rule_set.rules.all())
    for caution in find_cautions(rule_set, rules, list(rule_set.tiers.all())):
        row = caution.rule or caution.tier
        yield f"{row}: {caution.text}" if row else caution.text
    for overlap in find_overlaps(rules):
        names = {"first": overlap.first.name, "second": overlap.second.name}
        if overlap.example is None:
            yield _("“%(first)s” and “%(second)s” can count an interaction twice, but have not done so yet.") % names
        else:
            text = _("“%(first)s” and “%(second)s” count an interaction twice, such as %(row)s.")
            yield text % {**names, "row": _describe_interaction(overlap.example)}


def _describe_interaction(row: Interaction) -> str:
    """Name an interaction, such as “the attendance of 12 May 2026, Ada Okafor”."""
    values = {
        "kind": row.get_kind_display(),
        "day": date_format(row.occurred_on, "SHORT_DATE_FORMAT"),
        "customer": row.customer.name,
    }
    return _("the %(kind)s of %(day)s, %(customer)s") % values
