"""What is sound and still odd in a set of rules, in words with an example."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from interactions.models import Interaction
from partnership.scoring.models import RuleSet
from partnership.scoring.rules.validation import find_cautions, find_overlaps


def list_warnings(rule_set: RuleSet) -> Iterator[str]:
    rules = list(rule_set.rules.all())
    for caution in find_cautions(rules):
        yield f"{caution.rule}: {caution.text}"
    for overlap in find_overlaps(rules):
        said = {"first": overlap.first.name, "second": overlap.second.name}
        if overlap.example is None:
            yield _("“%(first)s” and “%(second)s” can count one thing twice, though nothing has been so far.") % said
        else:
            text = _("“%(first)s” and “%(second)s” count one thing twice, such as %(row)s.")
            yield text % {**said, "row": _describe_interaction(overlap.example)}


def _describe_interaction(row: Interaction) -> str:
    """Such as “attendance of 12 May 2026, Ada Okafor”."""
    said = {
        "kind": row.get_kind_display(),
        "day": date_format(row.occurred_on, "j M Y"),
        "customer": row.customer.name,
    }
    return _("the %(kind)s of %(day)s, %(customer)s") % said
