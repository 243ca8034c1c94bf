"""Under whose address mail leaves."""

from email.utils import formataddr, parseaddr

from django.conf import settings

from partnership.staff.models import Firm


def sender_address(firm: Firm) -> str:
    """Return the address of all mail of ours: the environment's, the one of the mail settings, or the firm's first."""
    if settings.MAIL_SENDER:
        return parseaddr(settings.MAIL_SENDER)[1]
    return firm.mail_address or next(iter(firm.own_addresses), "") or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def automatic_sender(firm: Firm) -> str:
    """Write the sender of a mail that no person wrote."""
    named = parseaddr(settings.MAIL_SENDER)[0]
    return formataddr((named or firm.mail_name or "Partnership", sender_address(firm)))
