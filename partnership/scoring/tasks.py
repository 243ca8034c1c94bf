from celery import shared_task
from django.utils import timezone

from partnership.scoring.auditing import is_due
from partnership.scoring.models import RuleSet, Run, Score
from partnership.scoring.rescoring import rescore_all, rescore_stale
from partnership.scoring.runs import UNFINISHED, ask_for, carry_on_all
from partnership.scoring.signals import everybody_rescored
from partnership.staff.models import Firm


@shared_task(name="scoring.rescore_stale")
def rescore_stale_task() -> int:
    """Drain until a round finds none: what changed while a round ran is this worker's too."""
    total = 0
    while done := rescore_stale(at=timezone.now()):
        total += done
    return total


@shared_task(name="scoring.rescore_new_day")
def rescore_new_day_task() -> int:
    """The nightly full rescore: everybody, once the firm's local day is later than a score's.

    Also when a score is another set's than the active one and no rescore is under way that will come to it: the one
    that followed the activation was lost, and nobody has heard yet of what the new rules changed.
    """
    now = timezone.now()
    # An absorbed customer's score keeps its last day, and its set.
    scores = Score.objects.filter(customer__merged_into=None)
    another_day = scores.filter(day__lt=Firm.current().local_date(now))
    another_set = scores.exclude(rule_set=RuleSet.objects.active()).exclude(day=None)
    rescoring = Run.objects.filter(kind=Run.Kind.RESCORE, status__in=UNFINISHED)
    lost = another_set.exists() and not rescoring.exists()
    if not (lost or another_day.exists()):
        return 0
    done = rescore_all(at=now)
    if lost:
        everybody_rescored.send(sender=Run, rule_set=RuleSet.objects.active(), at=now)
    return done


@shared_task(name="scoring.carry_on_runs")
def carry_on_runs_task() -> int:
    """What was asked for, and what a worker left when it died."""
    return carry_on_all(clock=timezone.now)


@shared_task(name="scoring.audit_scores")
def audit_scores_task() -> int:
    """Ask for the audit of the firm's day, once; how many were asked for."""
    now = timezone.now()
    if not is_due(at=now):
        return 0
    ask_for(Run.Kind.AUDIT, rule_set=RuleSet.objects.active(), by=None, at=now)
    return 1
