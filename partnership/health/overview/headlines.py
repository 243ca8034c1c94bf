"""The headlines: one sentence for each thing that a manager asks first, with the rows behind it and its trend."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from interactions.actions.goodwill import joint_allowance, remaining_budgets
from partnership.core.formats import format_number
from partnership.health.boards import attention, free_work, goals, promises, recoveries, response_times, tier_flow
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Sentence
from partnership.health.frame.tier_paths import TierPaths
from partnership.health.frame.wording import hours
from partnership.health.overview.weeks import Trend, draw_trends
from partnership.health.renewals.board import renewal_sentence
from partnership.health.workload.board import workload_sentence

NAMES = (*goals.NAMES, "ours_owed", "recoveries_open", "free_for_nothing", "answered", "answered_late", "bought")


@dataclass(frozen=True)
class Headline:
    """`title` and `url` are of the board that says more; `trend` is None where the number has no weeks."""

    title: str
    url: str
    sentence: Sentence
    trend: Trend | None = None


def headlines(scope: Scope, audit: attention.Audit, found: Counter[str], paths: TierPaths) -> list[Headline]:
    """Return them, what we owe first. `found`: the sums of NAMES; `paths`: between tiers, of the scope."""
    reached, stalled = goals.sentences_of(scope, found)
    no_time = Sentence(_("No service time entered yet."))
    time = next(iter(attention.verdicts(scope, audit)), no_time) if audit.minutes else no_time
    within, late = found["answered"], found["answered_late"]
    told: list[tuple[str, str, Sentence | None, str]] = [
        (_("What we owe"), "promises", promises.owed_sentence(scope, found["ours_owed"]), "ours_missed"),
        (_("Answers"), "answers", response_times.target_sentence(scope, within, late), "answered_late"),
        (_("Colleagues"), "colleagues", workload_sentence(scope), ""),
        (_("Money"), "money", renewal_sentence(scope), ""),
        (_("Goals"), "goals", reached, "goals_reached"),
        (_("Stalled goals"), "goals", stalled, ""),
        (_("Tier flow"), "flow", tier_flow.sentence_of(scope, paths), ""),
        (_("Our time"), "attention", time, ""),
        (_("Goodwill"), "colleagues", _goodwill_sentence(scope), "gestures"),
        (_("Recoveries"), "recoveries", recoveries.open_sentence(scope, found["recoveries_open"]), "mistakes"),
        (_("Free work"), "free", free_work.lost_sentence(scope, found["free_for_nothing"]), ""),
    ]
    weeks = draw_trends(scope, *(metric for *_others, metric in told if metric))
    return [
        Headline(title, scope.url(f"health_{board}"), sentence, weeks.get(metric))
        for title, board, sentence, metric in told
        if sentence
    ]


def _goodwill_sentence(scope: Scope) -> Sentence:
    """Say what all colleagues together may still give, minutes and money, without asking."""
    left = remaining_budgets(day=scope.day).values()
    if not left:
        return Sentence(_("No goodwill budget limits what colleagues may give."), scope.url("health_rows", "gestures"))
    url, together = scope.url("health_colleagues"), joint_allowance(left)
    amount = f"{format_number(together.amount)} {scope.firm.currency}"
    if together.minutes is None:
        return Sentence(_("Colleagues may still give %(amount)s of goodwill.") % {"amount": amount}, url)
    told = _("Colleagues may still give %(hours)s and %(amount)s of goodwill.")
    return Sentence(told % {"hours": hours(together.minutes), "amount": amount}, url)
