"""The largest reasons why partnership changed, with points that add up to the change as the pages show it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from partnership.scoring.engine.formulas import compute_scores
from partnership.scoring.explain.evidence import Evidence, count_new_evidence
from partnership.scoring.explain.score_changes import MILLIONTHS, ScoreChange, explain_score_changes
from partnership.scoring.explain.wording import CHANGE_PART_LABELS, describe_new_evidence
from partnership.scoring.models import RuleSet

_PARTNERSHIP = "partnership"
_MOST = 3  # reasons beside those that are always named
_ALWAYS_NAMED = ("rule_change", "late", "corrected")
_TENTH = MILLIONTHS // 10


@dataclass(frozen=True)
class ChangeReason:
    """`tenths`: of a point; `is_new`: it happened in the period."""

    text: str
    tenths: int
    is_new: bool = False


@dataclass(frozen=True)
class ChangeSummary:
    """Partnership in whole points, as the pages show it, and the reasons of the difference, the largest first.

    The reasons add up to it: the last one is the sum of all smaller ones and of the rounding, or the rounding alone.
    """

    start: int
    end: int
    reasons: list[ChangeReason]

    @property
    def difference(self) -> int:
        return self.end - self.start


def summarize_changes(customer_ids: Sequence[int], *, since: date, until: date) -> dict[int, ChangeSummary]:
    """Summarize what explain_score_change() says of each customer, by a fixed number of statements."""
    if not customer_ids:
        return {}
    rule_set = RuleSet.objects.active()
    changes = explain_score_changes(customer_ids, since=since, until=until, rule_set=rule_set)
    evidence = count_new_evidence(customer_ids, rule_set, since=since, until=until)
    split = _split_new_evidence(changes, rule_set)
    return {pk: _summarize(change, split[pk], evidence[pk], rule_set) for pk, change in changes.items()}


def _split_new_evidence(changes: Mapping[int, ScoreChange], rule_set: RuleSet) -> dict[int, dict[int, int]]:
    """Split the part of new evidence by rule, in millionths: what each adds after those before it in the set."""
    owners: list[tuple[int, int]] = []
    sums: list[dict[str, int]] = []
    for pk, change in changes.items():
        running = dict(change.known_sums)
        for rule in rule_set.rules.all():
            if units := change.new_points.get(rule.pk):
                running[rule.sum] += units
                owners.append((pk, rule.pk))
                sums.append(dict(running))
    reached = {
        pk: change.end[_PARTNERSHIP] - change.parts["new_evidence"][_PARTNERSHIP] for pk, change in changes.items()
    }
    split: dict[int, dict[int, int]] = defaultdict(dict)
    for (pk, rule_pk), scores in zip(owners, compute_scores(rule_set, sums) if sums else [], strict=True):
        now = round(scores[_PARTNERSHIP] * MILLIONTHS)
        split[pk][rule_pk] = now - reached[pk]
        reached[pk] = now
    return split


def _summarize(
    change: ScoreChange, by_rule: dict[int, int], evidence: dict[int, Evidence], rule_set: RuleSet
) -> ChangeSummary:
    shown = change.round(_PARTNERSHIP)
    parts = {part: scores[_PARTNERSHIP] for part, scores in change.parts.items() if part != "new_evidence"}
    always = [_reason(str(CHANGE_PART_LABELS[part]), parts.pop(part)) for part in _ALWAYS_NAMED]
    rest = [_reason(str(CHANGE_PART_LABELS[part]), millionths) for part, millionths in parts.items()]
    rest += [
        _reason(describe_new_evidence(rule, evidence[rule.pk]), by_rule[rule.pk], is_new=True)
        for rule in rule_set.rules.all()
        if rule.pk in by_rule
    ]
    named = [one for one in always if one.tenths]
    largest = sorted((one for one in rest if one.tenths), key=lambda one: -abs(one.tenths))
    most = max(_MOST - len(named), 1)
    named = sorted([*named, *largest[:most]], key=lambda one: -abs(one.tenths))
    if remainder := 10 * shown.difference - sum(one.tenths for one in named):
        named.append(ChangeReason(_("other") if largest[most:] else _("rounding"), remainder))
    return ChangeSummary(shown.start, shown.end, named)


def _reason(text: str, millionths: int, *, is_new: bool = False) -> ChangeReason:
    return ChangeReason(text, round(millionths / _TENTH), is_new)
