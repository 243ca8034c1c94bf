from celery import shared_task
from django.utils import timezone

from partnership.core.refresh import drain
from partnership.scoring.engine import freshness, score_audit
from partnership.scoring.engine.rescoring import rescore_stale
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.trials.runs import CARRY_ON_TASK, ask_for, carry_on_all


@shared_task(name="scoring.rescore_stale")
def rescore_stale_task() -> int:
    return drain(lambda: rescore_stale(at=timezone.now()))


@shared_task(name="scoring.rescore_new_day")
def rescore_new_day_task() -> int:
    """Ask for the nightly full rescore, once the firm's local day is later than a score's; how many were asked for.

    Also when a score is another set's than the active one: the rescore that followed the activation was lost.
    """
    now = timezone.now()
    if not freshness.is_due(at=now):
        return 0
    ask_for(Run.Kind.RESCORE, rule_set=RuleSet.objects.active(), by=None, at=now)
    return 1


@shared_task(name=CARRY_ON_TASK)
def carry_on_runs_task() -> int:
    """What was asked for, and what a worker left when it died."""
    return carry_on_all(clock=timezone.now)


@shared_task(name="scoring.audit_scores")
def audit_scores_task() -> int:
    """Ask for the audit of the firm's day, once; how many were asked for."""
    now = timezone.now()
    if not score_audit.is_due(at=now):
        return 0
    ask_for(Run.Kind.AUDIT, rule_set=RuleSet.objects.active(), by=None, at=now)
    return 1
