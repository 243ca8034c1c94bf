from celery import shared_task
from django.utils import timezone

from interactions.actions.conversations import wake_conversations
from partnership.desk.backups.overdue import notify_of_trouble
from partnership.desk.backups.runs import TASK, run_backups
from partnership.desk.reminders.actions import ring_reminders
from partnership.desk.retention.nightly import apply_retention
from partnership.desk.scheduling.delivery import send_due


@shared_task(name="desk.wake_snoozed")
def wake_snoozed_task() -> int:
    return wake_conversations(at=timezone.now())


@shared_task(name="desk.send_scheduled")
def send_scheduled_task() -> int:
    """Send the scheduled mails that are due. Return how many were sent."""
    return send_due(clock=timezone.now)


@shared_task(name="desk.apply_retention")
def apply_retention_task() -> bool:
    """Delete what is kept no longer, once a night. Return whether it was this time."""
    return apply_retention(at=timezone.now())


@shared_task(name="desk.ring_reminders")
def ring_reminders_task() -> int:
    """Bring back what was not answered. Return how many reminders rang."""
    return ring_reminders(at=timezone.now())


@shared_task(name=TASK)
def run_backups_task() -> int:
    """Make the backups and try the restores that are due. Return how many were done."""
    return run_backups(clock=timezone.now)


@shared_task(name="desk.notify_of_backups")
def notify_of_backups_task() -> int:
    """Tell administrators of a backup that failed or is overdue. Return how many were told."""
    return notify_of_trouble(at=timezone.now())
