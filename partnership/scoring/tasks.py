from celery import shared_task
from django.utils import timezone

from partnership.core.refresh import drain
from partnership.scoring.engine import freshness, score_audit
from partnership.scoring.engine.rescoring import fill_in_trends, rescore_stale
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.trials.runs import CONTINUE_TASK, continue_runs, request_run


@shared_task(name="scoring.rescore_stale")
def rescore_stale_task() -> int:
    """Rescore batches until no score is stale; return the number rescored."""
    return drain(lambda: rescore_stale(at=timezone.now()))


@shared_task(name="scoring.fill_in_trends")
def fill_in_trends_task() -> int:
    """Write the weekly snapshots that imports left; return for how many customers."""
    return drain(lambda: fill_in_trends(at=timezone.now()))


@shared_task(name="scoring.rescore_new_day")
def rescore_new_day_task() -> int:
    """Request a full rescore, if scores are of an earlier day or of another rule set; return 1 if so.

    Scores of another set mean that the rescore after an activation was lost.
    """
    now = timezone.now()
    if not freshness.is_rescore_due(at=now):
        return 0
    request_run(Run.Kind.RESCORE, rule_set=RuleSet.objects.active(), by=None, at=now)
    return 1


@shared_task(name=CONTINUE_TASK)
def carry_on_runs_task() -> int:
    """Finish requested runs, and those whose worker died."""
    return continue_runs(clock=timezone.now)


@shared_task(name="scoring.audit_scores")
def audit_scores_task() -> int:
    """Request the audit of the firm's day, if it is due; return 1 if so."""
    now = timezone.now()
    if not score_audit.is_audit_due(at=now):
        return 0
    request_run(Run.Kind.AUDIT, rule_set=RuleSet.objects.active(), by=None, at=now)
    return 1
