from celery import shared_task
from django.utils import timezone

from interactions.actions.conversations import wake_conversations
from partnership.desk.reminders.actions import ring_reminders
from partnership.desk.scheduling.delivery import send_due


@shared_task(name="desk.wake_snoozed")
def wake_snoozed_task() -> int:
    return wake_conversations(at=timezone.now())


@shared_task(name="desk.send_scheduled")
def send_scheduled_task() -> int:
    """Send the scheduled mails that are due. Return how many were sent."""
    return send_due(clock=timezone.now)


@shared_task(name="desk.ring_reminders")
def ring_reminders_task() -> int:
    """Bring back what was not answered. Return how many reminders rang."""
    return ring_reminders(at=timezone.now())
