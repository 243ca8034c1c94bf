"""The headlines: one sentence for each thing that a manager asks first, with the rows behind it and its trend."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.actions.goodwill import remaining_budgets
from partnership.core.formats import format_number
from partnership.health.boards import attention, goals, tier_flow
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Sentence, percent
from partnership.health.frame.wording import hours
from partnership.health.overview.weeks import Trend, draw_trends

NAMES = (*goals.NAMES, "ours_owed", "recoveries_open", "free_for_nothing", "answered", "answered_late", "bought")


@dataclass(frozen=True)
class Headline:
    """`title` and `url` are of the board that says more; `trend` is None where the number has no weeks."""

    title: str
    url: str
    sentence: Sentence
    trend: Trend | None = None


def headlines(scope: Scope, audit: attention.Audit, found: Counter[str]) -> Iterator[Headline]:
    """Yield them, what we owe first. `found`: the sums of NAMES."""
    weeks = draw_trends(scope, "ours_missed", "answered_late", "goals_reached", "gestures", "mistakes")
    goals_said = goals.sentences_of(scope, found)
    time = attention.verdicts(scope, audit) if audit.minutes else []
    yield Headline(_("What we owe"), scope.url("health_promises"), owed_sentence(scope, found),
                   weeks["ours_missed"])  # fmt: skip
    yield Headline(_("Answers"), scope.url("health_answers"), _response_sentence(scope, found),
                   weeks["answered_late"])  # fmt: skip
    yield Headline(_("Goals"), scope.url("health_goals"), goals_said[0], weeks["goals_reached"])
    yield Headline(_("Stalled goals"), scope.url("health_goals"), goals_said[1])
    yield Headline(_("Tier flow"), scope.url("health_flow"), tier_flow.sentence_of(scope))
    yield Headline(
        _("Our time"), scope.url("health_attention"), time[0] if time else Sentence(_("No time entered yet."))
    )
    yield Headline(_("Goodwill"), scope.url("health_rows", "gestures"), _goodwill_sentence(scope),
                   weeks["gestures"])  # fmt: skip
    yield Headline(_("Recoveries"), scope.url("health_recoveries"), recovery_sentence(scope, found),
                   weeks["mistakes"])  # fmt: skip
    yield Headline(_("Free work"), scope.url("health_free"), _free_work_sentence(scope, found))


def owed_sentence(scope: Scope, found: dict[str, int]) -> Sentence:
    owed = found["ours_owed"]
    if not owed:
        return Sentence(_("No promise of ours is past its date."), "", "good")
    told = ngettext("We owe %s promise that is past its date.", "We owe %s promises that are past their date.", owed)
    return Sentence(told % format_number(owed), scope.url("health_rows", "ours_owed"), "bad")


def _response_sentence(scope: Scope, found: dict[str, int]) -> Sentence:
    late = found["answered_late"]
    answered = found["answered"] + late
    if not answered:
        return Sentence(_("No answers of ours in %s.") % scope.label)
    if not late:
        text = ngettext(
            "Our answer in %(period)s came within the response target.",
            "All %(all)s answers of ours in %(period)s came within the response target.",
            answered,
        )
        said = {"all": format_number(answered), "period": scope.label}
        return Sentence(text % said, scope.url("health_rows", "answered"), "good")
    text = ngettext("%(late)s of %(all)s answers of ours in %(period)s was late.",
                    "%(late)s of %(all)s answers of ours in %(period)s were late.", late)  # fmt: skip
    said = {"late": format_number(late), "all": format_number(answered), "period": scope.label}
    tone = "" if percent(found["answered"], answered) >= 95 else "bad"
    return Sentence(text % said, scope.url("health_rows", "answered_late"), tone)


def _goodwill_sentence(scope: Scope) -> Sentence:
    """Say what all colleagues together may still give, minutes and money, without asking."""
    left = remaining_budgets(day=scope.day).values()
    url = scope.url("health_rows", "gestures")
    if not left:
        return Sentence(_("No goodwill budget limits what colleagues may give."), url)
    minutes = [max(one.minutes, 0) for one in left if one.minutes is not None]
    named = {
        "amount": f"{format_number(sum(max(one.amount, Decimal(0)) for one in left))} {scope.firm.currency}",
        "hours": hours(sum(minutes)),
    }
    if not minutes:
        return Sentence(_("Colleagues may still give %(amount)s of goodwill.") % named, url)
    return Sentence(_("Colleagues may still give %(hours)s and %(amount)s of goodwill.") % named, url)


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
