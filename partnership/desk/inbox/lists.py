"""The lists of conversations: whose they are, what they wait for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from customers.querysets import CustomerQuerySet
from interactions.first_words import first_words
from interactions.models import Conversation, Direction, Interaction, Kind
from interactions.models.kinds import ANSWERS, AWAITS_ANSWER, NOT_SENT
from interactions.querysets import WAS_SENT, ConversationQuerySet
from partnership.core.pagination import Page, build_page, format_key, parse_key, parse_moment
from partnership.desk.models import Reminder
from partnership.focus.lanes.waiting_lane import UNSHOWN_OF_CUSTOMER
from partnership.staff.models import User

OPEN, SNOOZED, CLOSED = Conversation.Status.OPEN, Conversation.Status.SNOOZED, Conversation.Status.CLOSED

SIZE = 25

_WORDS = [*AWAITS_ANSWER, *ANSWERS, Kind.NUDGE]


@dataclass(frozen=True)
class ConversationList:
    """A list, the newest first; templates/desk/inbox/lists.html names it.

    `query` narrows to it; `empty`: what it says without rows; `waits`: it is the lane of answers due, in its order.
    """

    empty: str | Promise
    query: Callable[[ConversationQuerySet, User], ConversationQuerySet]
    waits: bool = False


@dataclass(frozen=True)
class ListedThread:
    """A row: the newest message, with `unsent`, whether it is a mail that did not leave, and when it was; `key`: its
    place in the list."""

    thread: Conversation
    newest: Interaction | None
    moment: datetime | None
    key: str

    @property
    def words(self) -> str:
        return first_words(self.newest.body or self.newest.subject) if self.newest else ""

    @property
    def is_ours(self) -> bool:
        return self.newest is not None and self.newest.direction == Direction.OUTBOUND

    @property
    def day(self) -> str:
        return date_format(localtime(self.moment), "DAY_FORMAT") if self.moment else ""


def _last_word() -> Subquery:
    """The direction of the newest message or call, empty if it was not sent. Served by interactions_by_conversation."""
    said = Interaction.objects.filter(conversation=OuterRef("pk"), kind__in=_WORDS)
    word = said.annotate(word=Case(When(WAS_SENT, then=F("direction")), default=Value("")))
    return Subquery(word.order_by("-occurred_at", "-id").values("word")[:1])


def _unanswered(threads: ConversationQuerySet, viewer: User) -> ConversationQuerySet:
    """Keep those that a reminder of the viewer's brought back."""
    rung = Reminder.objects.waiting().filter(by=viewer, rung_at__isnull=False)
    return threads.filter(status=OPEN, pk__in=rung.values("interaction__conversation"))


def _waiting_for_them(threads: ConversationQuerySet, viewer: User) -> ConversationQuerySet:
    unanswered = threads.filter(status=OPEN, waiting_since=None)
    return unanswered.annotate(last_word=_last_word()).filter(last_word=Direction.OUTBOUND)


LISTS: dict[str, ConversationList] = {
    "mine": ConversationList(
        _("No open conversation is assigned to you."),
        lambda threads, viewer: threads.filter(status=OPEN, assignee=viewer),
    ),
    "unassigned": ConversationList(
        _("Every open conversation has an assignee."),
        lambda threads, viewer: threads.filter(status=OPEN, assignee=None),
    ),
    "waiting": ConversationList(
        _("Every message is answered."),
        lambda threads, viewer: threads.filter(status=OPEN, waiting_since__isnull=False), waits=True,
    ),
    "snoozed": ConversationList(
        _("No conversation is snoozed."),
        lambda threads, viewer: threads.filter(status=SNOOZED),
    ),
    "sent": ConversationList(_("No open conversation waits for a customer."), _waiting_for_them),
    "unanswered": ConversationList(_("No reminder of yours has brought a conversation back."), _unanswered),
    "closed": ConversationList(
        _("No conversation is closed yet."), lambda threads, viewer: threads.filter(status=CLOSED)
    ),
}  # fmt: skip


def list_conversations(
    visible: CustomerQuerySet,
    name: str,
    *,
    viewer: User,
    among: ConversationQuerySet | None = None,
    after: str = "",
    size: int = SIZE,
) -> Page[ListedThread]:
    """Return a page of the list, of those `among` alone. BadRequest when `after` is no position in it."""
    threads = Conversation.objects.filter(customer__in=visible.unmerged(), joined_into=None)
    found = LISTS[name].query(threads, viewer).exclude(last_interaction_at=None)
    if among is not None:
        found = found.filter(pk__in=among.order_by().values("pk"))
    if after:
        moment, pk = parse_key(after, parse_moment)
        found = found.filter(Q(last_interaction_at__lt=moment) | Q(last_interaction_at=moment, pk__lt=pk))
    rows = found.order_by("-last_interaction_at", "-id").only("last_interaction_at")[: size + 1]
    page = build_page(rows, size=size, key=_place)
    return Page(_read(page.rows), page.after)


def _place(thread: Conversation) -> tuple[object, int]:
    return thread.last_interaction_at, thread.pk


def _read(threads: list[Conversation]) -> list[ListedThread]:
    """Read what the list shows of these conversations, in two statements."""
    unshown = (f"customer__{name}" for name in UNSHOWN_OF_CUSTOMER)
    found = Conversation.objects.filter(pk__in=[thread.pk for thread in threads])
    shown = found.select_related("customer__score__tier", "assignee").defer("source_snapshot", *unshown).in_bulk()
    said = Interaction.objects.filter(conversation=OuterRef("pk"), kind__in=_WORDS)
    newest = found.order_by().annotate(newest=Subquery(said.order_by("-occurred_at", "-id").values("pk")[:1]))
    unsent = ExpressionWrapper(Q(payload__has_key=NOT_SENT), BooleanField())
    messages = Interaction.objects.filter(pk__in=newest.values("newest")).annotate(unsent=unsent)
    messages = messages.only("conversation_id", "direction", "subject", "body")
    by_thread = {message.conversation_id: message for message in messages}
    return [
        ListedThread(shown[one.pk], by_thread.get(one.pk), one.last_interaction_at, format_key(*_place(one)))
        for one in threads
        if one.pk in shown
    ]
