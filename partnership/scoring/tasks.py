from celery import shared_task
from django.utils import timezone

from partnership.scoring.engine import freshness, score_audit
from partnership.scoring.engine.rescoring import rescore_stale
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.trials.runs import continue_runs, request_run


@shared_task(name="scoring.rescore_stale")
def rescore_stale_task() -> int:
    """Drain until a round finds none: what changed while a round ran is this worker's too."""
    total = 0
    while done := rescore_stale(at=timezone.now()):
        total += done
    return total


@shared_task(name="scoring.rescore_new_day")
def rescore_new_day_task() -> int:
    """Ask for the nightly full rescore, once the firm's local day is later than a score's; how many were asked for.

    Also when a score is another set's than the active one: the rescore that followed the activation was lost.
    """
    now = timezone.now()
    if not freshness.is_rescore_due(at=now):
        return 0
    request_run(Run.Kind.RESCORE, rule_set=RuleSet.objects.active(), by=None, at=now)
    return 1


@shared_task(name="scoring.carry_on_runs")
def carry_on_runs_task() -> int:
    """What was asked for, and what a worker left when it died."""
    return continue_runs(clock=timezone.now)


@shared_task(name="scoring.audit_scores")
def audit_scores_task() -> int:
    """Ask for the audit of the firm's day, once; how many were asked for."""
    now = timezone.now()
    if not score_audit.is_audit_due(at=now):
        return 0
    request_run(Run.Kind.AUDIT, rule_set=RuleSet.objects.active(), by=None, at=now)
    return 1
