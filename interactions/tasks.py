from celery import shared_task
from django.utils import timezone

from interactions.actions import promises


@shared_task(name="interactions.miss_overdue")
def miss_overdue_task() -> int:
    return promises.miss_overdue(at=timezone.now())
