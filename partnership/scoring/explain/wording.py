"""Reasons as sentences, made from what a rule counts rather than from its name."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext_lazy

from interactions.models import Direction, Kind
from partnership.scoring.explain.evidence import Evidence
from partnership.scoring.explain.explanation import Explanation, Line
from partnership.scoring.models import ValueRule

# How often each kind happened.
COUNT_LABELS = {
    Kind.MESSAGE: ngettext_lazy("%d message", "%d messages"),
    Kind.CALL: ngettext_lazy("%d call", "%d calls"),
    Kind.MEETING: ngettext_lazy("%d meeting", "%d meetings"),
    Kind.NOTE: ngettext_lazy("%d note", "%d notes"),
    Kind.HANDOVER: ngettext_lazy("%d handover", "%d handovers"),
    Kind.FORWARD: ngettext_lazy("%d forwarded e-mail", "%d forwarded e-mails"),
    Kind.QUESTION: ngettext_lazy("%d question", "%d questions"),
    Kind.REQUEST: ngettext_lazy("%d request", "%d requests"),
    Kind.COMPLAINT: ngettext_lazy("%d complaint", "%d complaints"),
    Kind.REFUND_REQUEST: ngettext_lazy("%d refund asked for", "%d refunds asked for"),
    Kind.WORK_DONE: ngettext_lazy("%d piece of work done", "%d pieces of work done"),
    Kind.ATTENDANCE: ngettext_lazy("came once", "came %d times"),
    Kind.CHECK_IN: ngettext_lazy("%d check-in", "%d check-ins"),
    Kind.GOAL_SET: ngettext_lazy("%d goal set", "%d goals set"),
    Kind.GOAL_ACHIEVED: ngettext_lazy("%d goal achieved", "%d goals achieved"),
    Kind.GOAL_DROPPED: ngettext_lazy("%d goal dropped", "%d goals dropped"),
    Kind.COMMITMENT_MADE: ngettext_lazy("%d promise made", "%d promises made"),
    Kind.COMMITMENT_KEPT: ngettext_lazy("kept %d promise", "kept %d promises"),
    Kind.COMMITMENT_MISSED: ngettext_lazy("missed %d promise", "missed %d promises"),
    Kind.COMMITMENT_RELEASED: ngettext_lazy("%d promise released", "%d promises released"),
    Kind.PURCHASE: ngettext_lazy("%d purchase", "%d purchases"),
    Kind.RENEWAL: ngettext_lazy("renewed once", "renewed %d times"),
    Kind.PAYMENT: ngettext_lazy("%d payment", "%d payments"),
    Kind.LATE_PAYMENT: ngettext_lazy("%d late payment", "%d late payments"),
    Kind.REFUND: ngettext_lazy("%d refund", "%d refunds"),
    Kind.CANCELLATION: ngettext_lazy("%d cancellation", "%d cancellations"),
    Kind.GESTURE: ngettext_lazy("%d gesture", "%d gestures"),
    Kind.FREE_WORK: ngettext_lazy("%d piece of free work", "%d pieces of free work"),
    Kind.INTRODUCTION: ngettext_lazy("%d introduction", "%d introductions"),
    Kind.REFERRAL: ngettext_lazy("%d referral", "%d referrals"),
    Kind.TESTIMONIAL: ngettext_lazy("%d testimonial", "%d testimonials"),
    Kind.FEEDBACK: ngettext_lazy("gave feedback once", "gave feedback %d times"),
    Kind.PRAISE: ngettext_lazy("%d word of praise", "%d words of praise"),
    Kind.SURVEY_RESPONSE: ngettext_lazy("%d survey answered", "%d surveys answered"),
    Kind.DECLINE: ngettext_lazy("declined once", "declined %d times"),
    Kind.NUDGE: ngettext_lazy("%d nudge", "%d nudges"),
    Kind.MISTAKE: ngettext_lazy("%d mistake of ours", "%d mistakes of ours"),
    Kind.RECOVERY: ngettext_lazy("%d recovery", "%d recoveries"),
    Kind.FORGIVENESS: ngettext_lazy("forgave us once", "forgave us %d times"),
}

MISSING_LABELS = {
    Kind.MESSAGE: gettext_lazy("no message yet"),
    Kind.CALL: gettext_lazy("no call yet"),
    Kind.MEETING: gettext_lazy("no meeting yet"),
    Kind.NOTE: gettext_lazy("no note yet"),
    Kind.HANDOVER: gettext_lazy("no handover yet"),
    Kind.FORWARD: gettext_lazy("no forwarded e-mail yet"),
    Kind.QUESTION: gettext_lazy("no question yet"),
    Kind.REQUEST: gettext_lazy("no request yet"),
    Kind.COMPLAINT: gettext_lazy("no complaint yet"),
    Kind.REFUND_REQUEST: gettext_lazy("no refund asked for yet"),
    Kind.WORK_DONE: gettext_lazy("no work done yet"),
    Kind.ATTENDANCE: gettext_lazy("has not come yet"),
    Kind.CHECK_IN: gettext_lazy("no check-in yet"),
    Kind.GOAL_SET: gettext_lazy("no goal set yet"),
    Kind.GOAL_ACHIEVED: gettext_lazy("no goal achieved yet"),
    Kind.GOAL_DROPPED: gettext_lazy("no goal dropped yet"),
    Kind.COMMITMENT_MADE: gettext_lazy("no promise made yet"),
    Kind.COMMITMENT_KEPT: gettext_lazy("no promise kept yet"),
    Kind.COMMITMENT_MISSED: gettext_lazy("no promise missed yet"),
    Kind.COMMITMENT_RELEASED: gettext_lazy("no promise released yet"),
    Kind.PURCHASE: gettext_lazy("no purchase yet"),
    Kind.RENEWAL: gettext_lazy("no renewal yet"),
    Kind.PAYMENT: gettext_lazy("no payment yet"),
    Kind.LATE_PAYMENT: gettext_lazy("no late payment yet"),
    Kind.REFUND: gettext_lazy("no refund yet"),
    Kind.CANCELLATION: gettext_lazy("no cancellation yet"),
    Kind.GESTURE: gettext_lazy("no gesture yet"),
    Kind.FREE_WORK: gettext_lazy("no free work yet"),
    Kind.INTRODUCTION: gettext_lazy("no introduction yet"),
    Kind.REFERRAL: gettext_lazy("no referral yet"),
    Kind.TESTIMONIAL: gettext_lazy("no testimonial yet"),
    Kind.FEEDBACK: gettext_lazy("no feedback yet"),
    Kind.PRAISE: gettext_lazy("no praise yet"),
    Kind.SURVEY_RESPONSE: gettext_lazy("no survey answered yet"),
    Kind.DECLINE: gettext_lazy("nothing declined yet"),
    Kind.NUDGE: gettext_lazy("no nudge yet"),
    Kind.MISTAKE: gettext_lazy("no mistake of ours yet"),
    Kind.RECOVERY: gettext_lazy("no recovery yet"),
    Kind.FORGIVENESS: gettext_lazy("nothing forgiven yet"),
}

# Parts of a score change: partnership.scoring.explain.score_changes.
CHANGE_PART_LABELS = {
    "rule_change": gettext_lazy("other rules"),
    "fading": pgettext_lazy("reason of a change", "fading"),
    "late": gettext_lazy("recorded late"),
    "corrected": gettext_lazy("corrected"),
    "new_evidence": gettext_lazy("new evidence"),
}

_KEPT, _MISSED = {Kind.COMMITMENT_KEPT}, {Kind.COMMITMENT_MISSED}
DAYS_LATE = "days_late"


def describe_line(line: Line, evidence: Evidence, explanation: Explanation) -> str:
    """Say what a rule counted, such as “kept 5 of 6 promises” or “2 referrals and 1 testimonial”."""
    rule = line.rule
    if rule is None:
        return _("more than balanced: 100 is the maximum")
    if set(rule.kinds) == _KEPT and rule.payload_key == DAYS_LATE:
        return _describe_kept_promises(rule, line.count, explanation)
    return _describe_kinds(rule, evidence)


def describe_new_evidence(rule: ValueRule, evidence: Evidence) -> str:
    """Say what a rule counted in a period, such as “kept 2 promises”."""
    kept = evidence.kinds[Kind.COMMITMENT_KEPT]
    if kept and set(rule.kinds) == _KEPT and _counts_late_promises(rule):
        return _describe_late_promises(kept)
    return _describe_kinds(rule, evidence)


def _describe_kinds(rule: ValueRule, evidence: Evidence) -> str:
    words = describe_kinds(evidence.kinds)
    return _("%(what)s, by us") % {"what": words} if _counts_our_side(rule) else words


def describe_kinds(counted: Counter[str]) -> str:
    """Say how often each kind happened, the most frequent first."""
    return get_text_list([COUNT_LABELS[Kind(kind)] % n for kind, n in counted.most_common()], _("and"))


def _counts_our_side(rule: ValueRule) -> bool:
    """Say whether a rule counts our side of something that both sides can do."""
    return rule.direction == Direction.OUTBOUND and bool(set(rule.kinds) & _EITHER_SIDE_KINDS)


_EITHER_SIDE_KINDS = {
    *_KEPT,
    *_MISSED,
    Kind.COMMITMENT_MADE,
    Kind.COMMITMENT_RELEASED,
    Kind.MESSAGE,
    Kind.CALL,
    Kind.CHECK_IN,
}


def _describe_kept_promises(rule: ValueRule, kept: int, explanation: Explanation) -> str:
    """Say how many of all promises due were kept in time, or how many were kept late."""
    if _counts_late_promises(rule):
        return _describe_late_promises(kept)
    missed = sum(
        line.count
        for line in explanation.lines
        if line.rule and set(line.rule.kinds) == _MISSED and line.rule.direction == rule.direction
    )
    due = kept + missed
    return ngettext("kept %(kept)d of %(due)d promise", "kept %(kept)d of %(due)d promises", due) % {
        "kept": kept, "due": due,
    }  # fmt: skip


def _counts_late_promises(rule: ValueRule) -> bool:
    return rule.payload_key == DAYS_LATE and rule.payload == ValueRule.Payload.HAS


def _describe_late_promises(kept: int) -> str:
    return ngettext("kept %d promise late", "kept %d promises late", kept) % kept


def describe_fading(line: Line, evidence: Evidence, day: date) -> str:
    """Say whether a line's points are fresh, fading, or almost faded."""
    if line.rule is None or not line.points or evidence.last_on is None:
        return ""
    if line.decayed >= 0.9 * line.points:
        return _("fresh")
    newest = 2 ** -((day - evidence.last_on).days / line.rule.half_life)
    if newest >= 0.5:
        return _("oldest fading")
    return _("fading") if newest >= 0.1 else _("almost faded")


def describe_missing_kinds(rules: Iterable[ValueRule]) -> dict[Kind, str]:
    """Map each kind that would add to a score and has not happened to words for it."""
    kinds = dict.fromkeys(Kind(kind) for rule in rules if _adds_to_score(rule) for kind in rule.kinds)
    return {kind: str(MISSING_LABELS[kind]) for kind in kinds}


def _adds_to_score(rule: ValueRule) -> bool:
    return rule.sum not in (ValueRule.Sum.MISSED, ValueRule.Sum.GIVEN) and rule.payload != ValueRule.Payload.HAS
