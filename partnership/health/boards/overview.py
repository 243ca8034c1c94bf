"""The overview: the sentences of the main dashboards, goals first."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from partnership.health.boards import attention, free_work, goals, promises, recoveries, response_times
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Sentence
from partnership.health.rollup.tier_sums import sum_of_tiers

NAMES = (
    *goals.NAMES, *promises.NAMES, "recoveries_open", "free_for_nothing", "answered", "answered_late",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    title: str
    url: str
    sentences: list[Sentence]


def overview(scope: Scope) -> list[Part]:
    audit = attention.audit_of(scope, *NAMES)
    found = Counter(sum_of_tiers(audit.tiers))
    told = {
        "goals": goals.sentences_of(scope, found),
        "promises": promises.sentences_of(scope, found),
        "attention": attention.verdicts(scope, audit)
        if audit.minutes
        else [Sentence(_("No service time entered yet."))],
        "answers": [response_times.target_sentence(scope, found["answered"], found["answered_late"])],
        "recoveries": [recoveries.open_sentence(scope, found["recoveries_open"])],
        "free": [free_work.lost_sentence(scope, found["free_for_nothing"])],
    }
    titles = dict(boards())
    return [Part(titles[name], scope.url(f"health_{name}"), sentences) for name, sentences in told.items()]


def boards() -> list[tuple[str, str]]:
    """Return every dashboard's name and title, in the order of the tabs."""
    return [
        ("goals", _("Goals")), ("promises", _("Promises")), ("attention", _("Attention")),
        ("quadrant", _("Quadrant")), ("movers", _("Movers")), ("flow", _("Tier flow")), ("answers", _("Answers")),
        ("recoveries", _("Recoveries")), ("free", _("Free work")), ("network", _("Network")), ("grades", _("Grades")),
    ]  # fmt: skip
