from celery import shared_task
from django.utils import timezone

from interactions.actions import promises
from interactions.mailboxes import outbox


@shared_task(name="interactions.miss_overdue")
def miss_overdue_task() -> int:
    return promises.miss_overdue(at=timezone.now())


@shared_task(name="interactions.send_outgoing")
def send_outgoing_task() -> int:
    """Send what waits in the outbox. Return how many mails were handed over."""
    outbox.give_up_lost(at=timezone.now())
    handed = 0
    while mail := outbox.claim(at=timezone.now()):
        outbox.settle(mail, error=outbox.hand_over(mail), at=timezone.now())
        handed += 1
    return handed
