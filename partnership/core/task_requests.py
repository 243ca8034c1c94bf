"""Asking a worker to run a task before the schedule does."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def request_on_commit(task: str, *arguments: str) -> None:
    """Ask a worker to run the task once the transaction commits; without the broker, it runs when it is next due."""
    # robust: nothing that fails here undoes what is committed
    transaction.on_commit(lambda: _request(task, *arguments), robust=True)


def _request(task: str, *arguments: str) -> None:
    try:
        current_app.send_task(task, args=arguments, retry=False, ignore_result=True)
    except OperationalError as error:
        logger.info("The request to run %s was lost: %s", task, error)
