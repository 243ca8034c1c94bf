"""What changed of how somebody signs in: written into the log of the firm, and told to whom it concerns by mail."""

from partnership.core.task_requests import request_on_commit
from partnership.staff.audit_log import Kind, record
from partnership.staff.models import User


def record_factor_change(change: str, *, by: User | None, about: User, factor: str = "") -> None:
    """Write down a change of second factors, and tell their owner. `change`: one of mails.NOTICES."""
    facts = {"change": change, "factor": factor} if factor else {"change": change}
    record(Kind.SECOND_FACTOR, by=by, about=about, facts=facts)
    request_on_commit("partnership.staff.tasks.send_security_notice", str(about.pk), change)
