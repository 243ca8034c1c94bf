"""The page of one conversation: its assignee and status, the last handover, then its entries."""

from dataclasses import dataclass
from datetime import date
from typing import cast
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from customers.lookups import colleagues_for
from customers.models import Customer
from interactions.models import Conversation, Interaction, Kind
from interactions.querysets import PAGE_SIZE, InteractionQuerySet
from partnership.core.pagination import build_page, parse_key, parse_moment
from partnership.desk.models import Reminder
from partnership.desk.reminders.section import reminders_in
from partnership.desk.scheduling.section import ScheduledLine, scheduled_in
from partnership.desk.timeline import Day, days_of, rows_of
from partnership.desk.timeline.rows import Row
from partnership.focus.lanes.waiting_lane import Waiting, waits_of
from partnership.staff.models import User


@dataclass(frozen=True)
class ThreadBar:
    """The conversation's facts and actions. `cover`: who does the absent assignee's work."""

    thread: Conversation
    viewer: User
    is_absent: bool
    cover: User | None

    @property
    def colleagues(self) -> QuerySet[User]:
        return colleagues_for(self.thread.customer).only("name", "email")

    @property
    def is_mine(self) -> bool:
        return self.thread.assignee_id == self.viewer.pk

    @property
    def may_take(self) -> bool:
        return not self.is_mine and (self.thread.assignee is None or not self.thread.assignee.is_active)

    @property
    def may_take_over(self) -> bool:
        """Whether a colleague has it, who is told when the viewer takes it."""
        return not self.is_mine and not self.may_take


@dataclass(frozen=True)
class ConversationPage:
    """A page of entries.

    `wait`: None when it awaits no answer; `handover`: the last one, shown on the first page alone; `older`: the URL of
    the next page.
    """

    customer: Customer
    thread: Conversation
    bar: ThreadBar
    wait: Waiting | None
    handover: Interaction | None
    scheduled: list[ScheduledLine]
    reminders: list[Reminder]
    days: list[Day]
    older: str | None
    is_first: bool


def conversation_page(thread: Conversation, before: str, *, viewer: User, today: date) -> ConversationPage:
    """Read the page before the key `before`. BadRequest when it is none."""
    handover = None if before else _last_handover(thread)
    days, older = _read_days(thread, before, exclude=handover)
    return ConversationPage(
        customer=thread.customer,
        thread=thread,
        bar=thread_bar(thread, viewer=viewer, today=today),
        wait=waits_of(thread.customer, [thread], at=timezone.now()).get(thread.pk),
        handover=handover,
        scheduled=[] if before else scheduled_in(thread),
        reminders=[] if before else reminders_in(thread),
        days=days,
        older=older,
        is_first=not before,
    )


def thread_bar(thread: Conversation, *, viewer: User, today: date) -> ThreadBar:
    assignee = thread.assignee
    is_absent = assignee is not None and not assignee.is_available(today)
    return ThreadBar(
        thread=thread,
        viewer=viewer,
        is_absent=is_absent,
        cover=assignee.stand_in(today) if assignee and is_absent else None,
    )


def _read_days(thread: Conversation, before: str, *, exclude: Interaction | None) -> tuple[list[Day], str | None]:
    """Read a page of entries and settlements newest first, and the URL of the next.

    Served by interactions_by_conversation and settlements_of_conversation.
    """
    rows = cast("InteractionQuerySet", rows_of(thread.customer).filter(conversation=thread))
    if exclude:
        rows = rows.exclude(pk=exclude.pk)
    moment = None
    if before:
        moment, pk = parse_key(before, parse_moment)
        rows = rows.before(moment, pk)
    page = build_page(rows[: PAGE_SIZE + 1], size=PAGE_SIZE, key=lambda row: (row.occurred_at, row.pk))
    settlements = thread.settlements.select_related("by")
    if moment:
        settlements = settlements.filter(at__lt=moment)
    if page.after:
        settlements = settlements.filter(at__gte=page.rows[-1].occurred_at)
    days = days_of(cast("list[Row]", page.rows), thread.customer, settlements=settlements)
    if moment and days:
        days[0].is_continued = days[0].day == timezone.localdate(moment)
    url = reverse("conversation", args=[thread.pk])
    return days, f"{url}?{urlencode({'before': page.after})}" if page.after else None


def _last_handover(thread: Conversation) -> Interaction | None:
    """Find the last handover, until the new assignee has done something in the conversation."""
    rows = Interaction.objects.filter(conversation=thread)
    last = rows.filter(kind=Kind.HANDOVER).select_related("author").order_by("-occurred_at", "-id").first()
    if last is None or thread.assignee_id is None:
        return last
    acted = rows.filter(author=thread.assignee_id, occurred_at__gte=last.occurred_at).exclude(pk=last.pk)
    return None if acted.exists() else last
