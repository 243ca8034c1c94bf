from celery import shared_task
from django.utils import timezone

from interactions.actions.conversations import wake_snoozed


@shared_task(name="desk.wake_snoozed")
def wake_snoozed_task() -> int:
    return wake_snoozed(at=timezone.now())
