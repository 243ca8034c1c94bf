"""One thread on a page of its own: whose it is and how it stands, what was handed over, then its entries."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from interactions.models import Conversation, Interaction, Kind
from interactions.querysets import PAGE
from partnership.core.pagination import build_page, parse_key, parse_moment
from partnership.desk.timeline import Day, days_of, rows_of
from partnership.staff.access import staff_member
from partnership.staff.models import User


@dataclass(frozen=True)
class ThreadBar:
    """What can be done with a thread. `cover`: who does the assignee's work while they are away."""

    thread: Conversation
    viewer: User
    is_absent: bool
    cover: User | None
    colleagues: list[User]

    @property
    def is_mine(self) -> bool:
        return self.thread.assignee_id == self.viewer.pk

    @property
    def may_take(self) -> bool:
        return not self.is_mine and (self.thread.assignee is None or not self.thread.assignee.is_active)

    @property
    def may_take_over(self) -> bool:
        """From somebody who is away."""
        return self.is_absent and not self.is_mine and not self.may_take


def thread_bar(thread: Conversation, *, viewer: User, today: date) -> ThreadBar:
    assignee = thread.assignee
    absent = assignee is not None and not assignee.is_here(today)
    return ThreadBar(
        thread=thread,
        viewer=viewer,
        is_absent=absent,
        cover=assignee.covered_by(today) if assignee and absent else None,
        colleagues=list(User.objects.filter(is_active=True).only("name", "email")),
    )


def conversation_page(request: HttpRequest, thread: Conversation) -> dict[str, Any]:
    before = request.GET.get("before", "")
    handover = None if before else handover_of(thread)
    days, older = page_of_thread(thread, before, without=handover)
    return {
        "customer": thread.customer,
        "thread": thread,
        "bar": thread_bar(thread, viewer=staff_member(request), today=timezone.localdate()),
        "handover": handover,
        "days": days,
        "older": older,
        "is_first": not before,
    }


def page_of_thread(thread: Conversation, before: str, *, without: Interaction | None) -> tuple[list[Day], str | None]:
    """Newest first, but for the row that stands above. BadRequest when `before` is no place in it.

    Served by interactions_by_conversation.
    """
    rows: Any = rows_of(thread.customer).filter(conversation=thread)
    if without:
        rows = rows.exclude(pk=without.pk)
    moment = None
    if before:
        moment, pk = parse_key(before, parse_moment)
        rows = rows.before(moment, pk)
    page = build_page(rows[: PAGE + 1], size=PAGE, key=lambda row: (row.occurred_at, row.pk))
    days = days_of(page.rows, thread.customer)
    if moment and days:
        days[0].is_continued = days[0].day == timezone.localdate(moment)
    url = reverse("conversation", args=[thread.pk])
    return days, page.after and f"{url}?{urlencode({'before': page.after})}"


def handover_of(thread: Conversation) -> Interaction | None:
    """The last summary that was handed over, until whoever has the thread now has done something in it."""
    rows = Interaction.objects.filter(conversation=thread)
    last = rows.filter(kind=Kind.HANDOVER).select_related("author").order_by("-occurred_at", "-id").first()
    if last is None or thread.assignee_id is None:
        return last
    acted = rows.filter(author=thread.assignee_id, occurred_at__gte=last.occurred_at).exclude(pk=last.pk)
    return None if acted.exists() else last
