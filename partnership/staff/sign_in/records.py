"""What changed of how somebody signs in: written into the log of the firm, and told to whom it concerns by mail."""

from partnership.staff.audit_log import Kind, record
from partnership.staff.models import OwedMail, User
from partnership.staff.sign_in.owed_mails import owe


def record_factor_change(change: str, *, by: User | None, about: User, factor: str = "") -> None:
    """Write down a change of second factors, and tell their owner. `change`: one of mails.NOTICES."""
    facts = {"change": change, "factor": factor} if factor else {"change": change}
    record(Kind.SECOND_FACTOR, by=by, about=about, facts=facts)
    owe(OwedMail.Kind.SECURITY_NOTICE, about.pk, change)
