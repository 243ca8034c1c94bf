from celery import shared_task
from django.utils import timezone

from interactions.actions.conversations import wake_snoozed
from partnership.notifications.digest import send_digests
from partnership.notifications.reminders import remind_of_promises


@shared_task(name="desk.wake_snoozed")
def wake_snoozed_task() -> int:
    return wake_snoozed(at=timezone.now())


@shared_task(name="desk.remind_of_promises")
def remind_of_promises_task() -> int:
    return remind_of_promises(at=timezone.now())


@shared_task(name="desk.send_digests")
def send_digests_task() -> int:
    return send_digests(at=timezone.now())
