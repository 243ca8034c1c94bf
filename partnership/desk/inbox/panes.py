"""What the pane beside a list shows: a conversation with its reply, or a reason to see to a partner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import Case, Max, Q, Value, When
from django.http import QueryDict

from customers.models import Commitment, Customer, Goal
from interactions.models import Conversation, Interaction
from partnership.core.requests import posted
from partnership.desk.composer.base import Composer
from partnership.desk.composer.drafts import draft_fields, others_writing, writing_now
from partnership.desk.composer.tabs import COMPOSERS, composer_of
from partnership.desk.conversations.page import ThreadBar, thread_bar
from partnership.desk.inbox.forms import ThreadReplyForm
from partnership.desk.inbox.viewer import Viewer
from partnership.desk.models import Reminder
from partnership.desk.reminders.section import reminders_in
from partnership.desk.saved_replies.selection import fields_with_reply
from partnership.desk.scheduling.section import ScheduledLine, scheduled_in
from partnership.desk.timeline import WHOLE_TEXT_LENGTH, Day, days_of, rows_of
from partnership.desk.timeline.rows import Row
from partnership.focus.lanes.partnership_lane import Partner
from partnership.focus.lanes.waiting_lane import Waiting
from partnership.focus.models import FocusItem

AHEAD = 5  # rows among which first_free looks

_MOST_ENTRIES = 8
_MOST_PROMISES = 3


@dataclass(frozen=True, kw_only=True)
class Pane:
    """`here`: the URL of the page with this pane; `following`: the one that shows what comes next in the list; both
    with their query."""

    customer: Customer
    goal: Goal | None
    promises: Sequence[Commitment]
    form: Composer
    writing: Sequence[str]
    here: str
    following: str
    today: date

    @property
    def field_id(self) -> str:
        """The id of the field that is written in."""
        name = self.form.written or [field.name for field in self.form.main_fields()][-1]
        return self.form[name].id_for_label

    @property
    def ours(self) -> list[Commitment]:
        return [promise for promise in self.promises if promise.party == Commitment.Party.US]

    @property
    def theirs(self) -> list[Commitment]:
        return [promise for promise in self.promises if promise.party == Commitment.Party.THEM]


@dataclass(frozen=True, kw_only=True)
class ThreadPane(Pane):
    """A conversation, its newest entries last. `has_earlier`: there are more before them; `newest`: the key of the one
    that was recorded last."""

    thread: Conversation
    bar: ThreadBar
    waiting: Waiting | None
    days: list[Day]
    has_earlier: bool
    newest: str
    scheduled: list[ScheduledLine]
    reminders: list[Reminder]


@dataclass(frozen=True, kw_only=True)
class PartnerPane(Pane):
    """A reason to see to a partner; `promise`: the one that it is about."""

    partner: Partner
    promise: Commitment | None

    @property
    def item(self) -> FocusItem:
        return self.partner.item


@dataclass(frozen=True, kw_only=True)
class OpenPane:
    """The pane; `is_open`: it was asked for, so that a narrow screen shows it instead of the list at `queue_url`."""

    pane: Pane | None
    is_open: bool
    queue_url: str


def open_thread(
    viewer: Viewer, thread: Conversation, waiting: Waiting | None, *, here: str, following: str
) -> ThreadPane:
    customer, request = thread.customer, viewer.request
    draft = draft_fields(viewer.user, customer, ThreadReplyForm.tab)
    newest = _newest_entry(thread)
    given, inserted = _given(viewer, customer, ThreadReplyForm.written)
    form = ThreadReplyForm(
        given, request.FILES if given else None, customer=customer, by=viewer.user, auto_id=f"{ThreadReplyForm.tab}-%s",
        initial={**draft, **inserted, "conversation": str(thread.pk), "seen": newest},
    )  # fmt: skip
    days, has_earlier = _newest_days(thread)
    return ThreadPane(
        customer=customer,
        goal=_next_goal(customer),
        promises=_open_promises(customer, today=viewer.today),
        form=form,
        writing=writing_now(customer, viewer.user, at=viewer.now),
        here=here,
        following=following,
        today=viewer.today,
        thread=thread,
        bar=thread_bar(thread, viewer=viewer.user, today=viewer.today),
        waiting=waiting,
        days=days,
        has_earlier=has_earlier,
        newest=str(newest),
        scheduled=scheduled_in(thread),
        reminders=reminders_in(thread),
    )


def open_partner(viewer: Viewer, partner: Partner, tab: str, *, here: str, following: str) -> PartnerPane:
    customer, request = partner.customer, viewer.request
    given, inserted = _given(viewer, customer, COMPOSERS[tab].written)
    form = composer_of(
        customer, tab, by=viewer.user, given=given, files=request.FILES if given else None,
        initial={**draft_fields(viewer.user, customer, tab), **inserted},
    )  # fmt: skip
    promise = Commitment.objects.outstanding().filter(pk=partner.item.facts.get("promise"))
    return PartnerPane(
        customer=customer,
        goal=_next_goal(customer),
        promises=_open_promises(customer, today=viewer.today),
        form=form,
        writing=writing_now(customer, viewer.user, at=viewer.now),
        here=here,
        following=following,
        today=viewer.today,
        partner=partner,
        promise=promise.first(),
    )


def _given(viewer: Viewer, customer: Customer, written: str) -> tuple[QueryDict | None, dict[str, str]]:
    """Return what the form was sent with, or what it is shown again with, below it the saved reply to `insert`."""
    request = viewer.request
    if "insert" not in request.POST:
        return posted(request), {}
    return None, fields_with_reply(request.POST, written=written, customer=customer, by=viewer.user)


def _newest_days(thread: Conversation) -> tuple[list[Day], bool]:
    """Read the newest entries, the last of them at the end, and whether there are earlier ones."""
    found = rows_of(thread.customer, limit=WHOLE_TEXT_LENGTH).filter(conversation=thread)
    rows = cast("list[Row]", list(found[: _MOST_ENTRIES + 1]))
    settlements = thread.settlements.select_related("by")
    if len(rows) > _MOST_ENTRIES:
        settlements = settlements.filter(at__gte=rows[_MOST_ENTRIES - 1].occurred_at)
    days = days_of(rows[:_MOST_ENTRIES], thread.customer, settlements=settlements)
    for day in days:
        day.entries.reverse()
    return days[::-1], len(rows) > _MOST_ENTRIES


def _newest_entry(thread: Conversation) -> int:
    """Return the key of the entry that was recorded last, 0 without any."""
    return Interaction.objects.filter(conversation=thread).aggregate(newest=Max("pk"))["newest"] or 0


def _next_goal(customer: Customer) -> Goal | None:
    return customer.goals.filter(status=Goal.Status.ACTIVE).order_by("due_on", "pk").first()


def _open_promises(customer: Customer, *, today: date) -> list[Commitment]:
    """Return those that are due first, with what was missed and can still be kept; what we owe before all others."""
    outstanding = customer.commitments.outstanding()
    owed_by_us = Q(pk__in=outstanding.owed(today).filter(party=Commitment.Party.US).values("pk"))
    is_later = Case(When(owed_by_us, then=Value(0)), default=Value(1))
    return list(outstanding.order_by(is_later, "due_on", "pk")[:_MOST_PROMISES])


def first_free(viewer: Viewer, threads: Sequence[Conversation]) -> Conversation | None:
    """Return the first to whose customer no colleague is writing, else the first."""
    busy = others_writing([thread.customer_id for thread in threads], viewer.user, at=viewer.now)
    return next((thread for thread in threads if thread.customer_id not in busy), next(iter(threads), None))
