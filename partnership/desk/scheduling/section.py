"""What is scheduled or held, as a list shows it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from customers.models import Customer
from interactions.models import Conversation
from partnership.desk.models import ScheduledMail
from partnership.desk.scheduling.delivery import DISCARDED, HELD
from partnership.desk.scheduling.moments import describe_moment, zone_of
from partnership.staff.models import Firm, User

_MOST = 100


@dataclass(frozen=True)
class ScheduledLine:
    """`leaves`: the moment by both clocks."""

    mail: ScheduledMail
    leaves: str

    @property
    def is_held(self) -> bool:
        return self.mail.status == HELD

    @property
    def why(self) -> str:
        return " ".join(filter(None, [str(ScheduledMail.Cause(self.mail.cause).label), self.mail.refusal]))


def scheduled_in(thread: Conversation) -> list[ScheduledLine]:
    """List what is scheduled or held in a conversation, and in those joined to it."""
    return _lines(ScheduledMail.objects.filter(Q(conversation=thread) | Q(conversation__joined_into=thread)))


def prefetch_scheduled(threads: Iterable[Conversation]) -> None:
    """Read what is scheduled or held in each of these conversations, for `thread.scheduled_mails.all()` in a list."""
    mails = ScheduledMail.objects.exclude(status=DISCARDED).order_by("leaves_at", "pk")
    shown = mails.only("conversation_id", "status", "leaves_at")
    prefetch_related_objects(list(threads), Prefetch("scheduled_mails", queryset=shown))


def scheduled_to(customer: Customer) -> list[ScheduledLine]:
    return _lines(ScheduledMail.objects.filter(customer=customer.pk))


def scheduled_by(user: User) -> list[ScheduledLine]:
    """List the user's own, to customers whom they may see: what is held first."""
    visible = Customer.objects.visible_to(user).unmerged()
    return _lines(ScheduledMail.objects.filter(by=user, customer__in=visible))


def _lines(mails: "QuerySet[ScheduledMail]") -> list[ScheduledLine]:
    found = mails.exclude(status=DISCARDED).select_related("customer", "conversation", "by", "to")
    rows = list(found.order_by("status", "leaves_at", "pk")[:_MOST])
    if not rows:
        return []
    firm = Firm.current()
    return [
        ScheduledLine(mail, describe_moment(mail.leaves_at, zone=zone_of(mail.customer, firm=firm))) for mail in rows
    ]
