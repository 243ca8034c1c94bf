from celery import shared_task
from django.utils import timezone

from interactions.actions import promises
from interactions.imports.unfinished import finish_dead_imports
from interactions.mailboxes import outbox
from interactions.personal_data import worker


@shared_task(name="interactions.miss_overdue")
def miss_overdue_task() -> int:
    return promises.miss_overdue(at=timezone.now())


@shared_task(name=outbox.SEND_TASK)
def send_outgoing_task() -> int:
    """Send the queued mails. Return how many were sent."""
    return outbox.send_queued(clock=timezone.now)


@shared_task(name="interactions.finish_imports")
def finish_imports_task() -> int:
    """Do what imports that were killed owe. Return how many there were."""
    return finish_dead_imports(at=timezone.now())


@shared_task(name=worker.TASK)
def continue_erasures_task() -> int:
    """Carry on the erasures that were begun. Return how many were finished."""
    return worker.continue_erasures(clock=timezone.now)
