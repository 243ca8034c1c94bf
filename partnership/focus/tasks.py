from celery import shared_task
from django.utils import timezone

from partnership.core.refresh import drain
from partnership.focus.actions import wake
from partnership.focus.refreshing import refresh_new_day, refresh_stale


@shared_task(name="focus.refresh_stale")
def refresh_stale_task() -> int:
    return drain(lambda: refresh_stale(at=timezone.now()))


@shared_task(name="focus.refresh_new_day")
def refresh_new_day_task() -> int:
    return refresh_new_day(at=timezone.now())


@shared_task(name="focus.wake")
def wake_task() -> int:
    return wake(at=timezone.now())
