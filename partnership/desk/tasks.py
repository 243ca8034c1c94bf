from celery import shared_task
from django.utils import timezone

from interactions.actions.conversations import wake_conversations


@shared_task(name="desk.wake_snoozed")
def wake_snoozed_task() -> int:
    return wake_conversations(at=timezone.now())
