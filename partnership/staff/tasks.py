from celery import shared_task
from django.utils import timezone

from partnership.staff.sign_in import owed_mails


@shared_task(name=owed_mails.SEND_TASK)
def send_owed_mails_task() -> int:
    """Send mail about sign-ins. Return how many were sent."""
    return owed_mails.send_owed(at=timezone.now())
