from celery import shared_task
from django.utils import timezone

from partnership.scoring.models import Score
from partnership.scoring.rescoring import rescore_all, rescore_stale
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
    """The nightly full rescore: everybody, once the firm's local day is later than a score's."""
    now = timezone.now()
    # An absorbed customer's score keeps its last day.
    if not Score.objects.filter(day__lt=Firm.current().local_date(now), customer__merged_into=None).exists():
        return 0
    return rescore_all(at=now)
