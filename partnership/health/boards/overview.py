"""The overview: the sentences of the main dashboards, goals first."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.boards import attention, goals, promises
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Sentence, percent
from partnership.health.frame.wording import hours
from partnership.health.rollup.tier_sums import sum_of_tiers

NAMES = (
    *goals.NAMES, *(f"{side}_{end}" for side in ("ours", "theirs") for end in promises.ENDS), "ours_open",
    "recoveries_open", "free_for_nothing", "answered", "answered_late",
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
        "attention": attention.verdicts(scope, audit) if audit.minutes else [Sentence(_("No time entered yet."))],
        "answers": [_response_sentence(scope, found)],
        "recoveries": [recovery_sentence(scope, found)],
        "free": [_free_work_sentence(scope, found)],
    }
    titles = dict(boards())
    return [Part(titles[name], scope.url(f"health_{name}"), sentences) for name, sentences in told.items()]


def boards() -> list[tuple[str, str]]:
    """Return every dashboard's name and title, in the order of the tabs."""
    return [
        ("goals", _("Goals")), ("promises", _("Promises")), ("attention", _("Attention")),
        ("money", _("Money")), ("colleagues", _("Colleagues")), ("quadrant", _("Quadrant")),
        ("movers", _("Movers")), ("flow", _("Tier flow")), ("answers", _("Answers")),
        ("recoveries", _("Recoveries")), ("free", _("Free work")), ("network", _("Network")), ("grades", _("Grades")),
    ]  # fmt: skip


def _response_sentence(scope: Scope, found: dict[str, int]) -> Sentence:
    answered = found["answered"] + found["answered_late"]
    if not answered:
        return Sentence(_("No answers of ours in %s.") % scope.label)
    share = percent(found["answered"], answered)
    text = _("%(share)d%% of our answers came within the response target.") % {"share": share}
    return Sentence(text, scope.url("health_rows", "answered_late"), "good" if share >= 95 else "bad")


def recovery_sentence(scope: Scope, found: dict[str, int]) -> Sentence:
    still_open = found["recoveries_open"]
    if not still_open:
        return Sentence(_("No recovery is open."), "", "good")
    told = ngettext("%s recovery is open.", "%s recoveries are open.", still_open)
    return Sentence(told % format_number(still_open), scope.url("health_rows", "recoveries_open"), "bad")


def _free_work_sentence(scope: Scope, found: dict[str, int]) -> Sentence:
    lost = found["free_for_nothing"]
    if not lost:
        return Sentence(_("No free work that led nowhere."), "", "good")
    return Sentence(_("%s of free work led nowhere within a year.") % hours(lost),
                    scope.url("health_rows", "free_for_nothing"), "bad")  # fmt: skip
