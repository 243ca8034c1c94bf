"""The only upward channel: declared here, received above."""

from typing import Any

from django.dispatch import Signal

history_changed = Signal()
"""Sent with customer_ids (a collection of primary keys), once per batch, inside the transaction that changed them."""


def announce_newcomer(*, instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
    """A customer has a history from the first day, though an empty one."""
    if created:
        history_changed.send(sender=type(instance), customer_ids=[instance.pk])
