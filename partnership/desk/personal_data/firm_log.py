"""What concerns one customer's data, for the firm's log."""

import logging

from partnership.staff.models import User

logger = logging.getLogger(__name__)


def log_data_act(kind: str, *, by: User | None, about: str, facts: dict[str, object]) -> None:
    """Note who did what. `about` and `facts` name nobody where the customer's data is gone."""
    logger.info("%s of %s by %s: %s", kind, about, by and by.pk, facts)
