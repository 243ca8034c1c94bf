"""Scores that are not of today, or not of the rules in force: when everybody is rescored for them."""

from datetime import datetime, timedelta

from partnership.scoring.models import RuleSet, Run, Score
from partnership.staff.models import Firm

_RETRY_PAUSE = timedelta(hours=1)
"""Until a rescore that failed is asked for anew: what was passing has passed then, and what was not costs little."""


def is_rescore_due(*, at: datetime) -> bool:
    """Whether to rescore everybody: scores are behind, nobody is at it, and it did not fail just now."""
    rescores = Run.objects.filter(kind=Run.Kind.RESCORE)
    failed = rescores.filter(
        status=Run.Status.FAILED, rule_set=RuleSet.objects.active(), finished_at__gt=at - _RETRY_PAUSE
    )
    under_way = rescores.filter(status__in=Run.UNFINISHED)
    return not under_way.exists() and not failed.exists() and _are_scores_outdated(at=at)


def _are_scores_outdated(*, at: datetime) -> bool:
    """An absorbed customer's score keeps its last day, and its set."""
    today = Firm.current().local_date(at)
    return are_scores_of_other_rules() or Score.objects.filter(customer__merged_into=None, day__lt=today).exists()


def are_scores_of_other_rules() -> bool:
    scored = Score.objects.filter(customer__merged_into=None).exclude(day=None)
    return scored.exclude(rule_set=RuleSet.objects.active()).exists()


def find_failed_rescore(*, at: datetime) -> Run | None:
    """The last rescore, when it failed and scores are behind since."""
    over = Run.objects.filter(kind=Run.Kind.RESCORE, status__in=(Run.Status.DONE, Run.Status.FAILED))
    last = over.order_by("-finished_at", "-pk").first()
    return last if last is not None and last.status == Run.Status.FAILED and _are_scores_outdated(at=at) else None
