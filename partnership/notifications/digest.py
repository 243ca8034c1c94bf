"""Unread notifications by e-mail, gathered once an hour or once a morning, never sent twice."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils.translation import ngettext

from partnership.core.mailing import automatic_message, send_claimed
from partnership.notifications.models import Notification
from partnership.notifications.notify import MAIL
from partnership.staff.mail.letterhead import attach_logo
from partnership.staff.mail.sender import automatic_sender
from partnership.staff.mail.transport import Transport, mail_transport
from partnership.staff.models import Firm, Preferences, User

logger = logging.getLogger(__name__)

HOURLY, DAILY, NEVER = Preferences.Digest.HOURLY, Preferences.Digest.DAILY, Preferences.Digest.NEVER
MORNING = timedelta(hours=8)  # after the firm's midnight; a daily digest has what happened until then
_OLDEST = timedelta(days=7)
_MOST_LINES = 50


@dataclass(frozen=True)
class Digest:
    user: User
    news: list[Notification]


def send_digests(*, at: datetime) -> int:
    """One mail to each who has news and wants it now. How many were handed over.

    A mail's news are marked as mailed before it is handed over: whoever comes second, or again after a crash, finds
    none. Where the mail server refuses it, and without one, they wait for the next round.
    """
    if mail_transport() is Transport.NONE:
        return 0
    firm = Firm.current()

    def record(digest: Digest, error: Exception | None) -> None:
        if error:
            logger.warning("The digest for %s was not sent: %r", digest.user.pk, error)
            pks = [notification.pk for notification in digest.news]
            Notification.objects.filter(pk__in=pks, mailed_at=at).update(mailed_at=None)

    claims = (claim(user, before=cutoff(user, firm, at), at=at) for user in _waiting_for_mail(at))
    return send_claimed(filter(None, claims), lambda digest: _letter_of(digest, firm), record)


def _waiting_for_mail(at: datetime) -> Iterable[User]:
    unread = Notification.objects.filter(read_at=None, mailed_at=None, made_at__gt=at - _OLDEST)
    users = User.objects.filter(is_active=True, pk__in=unread.values("user")).exclude(preferences__digest=NEVER)
    return users.select_related("preferences").order_by("pk")


def cutoff(user: User, firm: Firm, at: datetime) -> datetime:
    """News from before this moment are in the digest that is due by now."""
    if _rhythm_of(user) == HOURLY:
        return at
    morning = firm.start_of_day(firm.local_date(at)) + MORNING
    return morning if at >= morning else morning - timedelta(days=1)


def _rhythm_of(user: User) -> str:
    preferences = getattr(user, "preferences", None)
    return preferences.digest if preferences else DAILY


@transaction.atomic
def claim(user: User, *, before: datetime, at: datetime) -> Digest | None:
    """What goes into this user's mail, now marked as mailed; None when there is nothing, or another has claimed it."""
    preferences = getattr(user, "preferences", None)
    unwanted = [kind for kind, chosen in (preferences.notify if preferences else {}).items() if chosen != MAIL]
    news = (
        user.notifications.filter(read_at=None, mailed_at=None, made_at__lt=before, made_at__gt=at - _OLDEST)
        .exclude(kind__in=unwanted)
        .seen_by(user)
        .order_by("-made_at", "-id")
    )
    pks = list(news.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", flat=True))
    Notification.objects.filter(pk__in=pks, mailed_at=None).update(mailed_at=at)
    found = Notification.objects.filter(pk__in=pks).select_related("customer", "by")
    return Digest(user, list(found)) if pks else None


def _letter_of(digest: Digest, firm: Firm) -> EmailMultiAlternatives:
    count = len(digest.news)
    with firm.localized():
        context = {
            "user": digest.user,
            "firm": firm,
            "news": digest.news[:_MOST_LINES],
            "more": max(0, count - _MOST_LINES),
            "address": settings.SITE_URL,
        }
        message = automatic_message(
            "notifications/mail/digest",
            context,
            subject=ngettext("%d thing to know", "%d things to know", count) % count,
            sender=automatic_sender(firm),
            to=digest.user.email,
        )
    return attach_logo(message, firm)
