"""What changed of how somebody signs in: written into the log of the firm, and told to whom it concerns by mail."""

import logging

from partnership.core.task_requests import request_on_commit
from partnership.staff.models import User

logger = logging.getLogger(__name__)


def record_sign_in_change(kind: str, *, by: User, about: User, **facts: str) -> None:
    """Write down a change. `kind` is one of mails.NOTICES where its owner is told by mail as well."""
    logger.info("%s: user %s, by user %s %s", kind, about.pk, by.pk, facts or "")


def tell_owner(kind: str, user: User) -> None:
    request_on_commit("partnership.staff.tasks.send_security_notice", str(user.pk), kind)
