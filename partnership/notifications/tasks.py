from celery import shared_task
from django.utils import timezone

from partnership.notifications.digest import send_digests
from partnership.notifications.reminders import remind_of_promises


@shared_task(name="notifications.remind_of_promises")
def remind_of_promises_task() -> int:
    return remind_of_promises(at=timezone.now())


@shared_task(name="notifications.send_digests")
def send_digests_task() -> int:
    return send_digests(at=timezone.now())
