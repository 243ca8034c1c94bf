"""Whether stored scores are outdated, so that all customers need a rescore."""

from datetime import datetime, timedelta

from partnership.scoring.models import RuleSet, Run, Score
from partnership.staff.models import Firm

_RETRY_PAUSE = timedelta(hours=1)  # after a failed rescore


def is_rescore_due(*, at: datetime) -> bool:
    """Say whether to request a full rescore: scores are outdated, none is under way, none failed within the pause."""
    rescores = Run.objects.filter(kind=Run.Kind.RESCORE)
    failed = rescores.filter(
        status=Run.Status.FAILED, rule_set=RuleSet.objects.active(), finished_at__gt=at - _RETRY_PAUSE
    )
    under_way = rescores.filter(status__in=Run.UNFINISHED)
    return not under_way.exists() and not failed.exists() and _are_scores_outdated(at=at)


def _are_scores_outdated(*, at: datetime) -> bool:
    # The score of an absorbed customer keeps its last day and rule set.
    today = Firm.current().local_date(at)
    return are_scores_of_other_rules() or Score.objects.filter(customer__merged_into=None, day__lt=today).exists()


def are_scores_of_other_rules() -> bool:
    scored = Score.objects.filter(customer__merged_into=None).exclude(day=None)
    return scored.exclude(rule_set=RuleSet.objects.active()).exists()


def find_failed_rescore(*, at: datetime) -> Run | None:
    """Return the last rescore when it failed and scores are still outdated."""
    finished = Run.objects.filter(kind=Run.Kind.RESCORE, status__in=(Run.Status.DONE, Run.Status.FAILED))
    last = finished.order_by("-finished_at", "-pk").first()
    return last if last is not None and last.status == Run.Status.FAILED and _are_scores_outdated(at=at) else None
