"""The lists of conversations, each row opened in the pane beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from partnership.core.pagination import Page
from partnership.core.params import parse_number
from partnership.core.requests import HtmxHttpRequest, accepts_form
from partnership.desk.inbox.lists import LISTS, SIZE, ListedThread, list_conversations
from partnership.desk.inbox.panes import AHEAD, OpenPane, ThreadPane, first_free, open_thread
from partnership.desk.inbox.viewer import Viewer
from partnership.desk.inbox.writing import PARTS, is_recorded, show_page, show_part
from partnership.desk.scheduling.section import prefetch_scheduled
from partnership.desk.web.lookups import conversation_or_404
from partnership.focus.lanes.waiting_lane import Waiting, due_soon, one_waiting, waiting_lane


@dataclass(frozen=True, kw_only=True)
class _ConversationsPage(OpenPane):
    chosen: str
    due_alone: bool
    rows: Sequence[ListedThread] | Sequence[Waiting]
    older: str | None
    empty: str | Promise


class _Place:
    """A list. `due_alone`: only what is overdue or due soon, of those whom Focus shows for `whose`."""

    def __init__(self, viewer: Viewer) -> None:
        given = viewer.request.GET
        self.viewer, self.name = viewer, given.get("list", "mine")
        if self.name not in LISTS:
            raise Http404
        self.due_alone = "due" in given

    def url(self, page: str = "conversations", **more: str) -> str:
        narrowed = {"due": "1", "whose": self.viewer.scope.name} if self.due_alone else {}
        return f"{reverse(page)}?{urlencode({'list': self.name, **narrowed, **more})}"

    def read(self, *, after: str = "", size: int = SIZE) -> Page[ListedThread] | Page[Waiting]:
        visible, user = self.viewer.visible, self.viewer.user
        if not self.due_alone and not LISTS[self.name].waits:
            return list_conversations(visible, self.name, viewer=user, after=after, size=size)
        clock, scope = self.viewer.clock, self.viewer.scope
        if LISTS[self.name].waits:
            return waiting_lane(visible, clock=clock, scope=scope, after=after, size=size, are_due=self.due_alone)
        due = due_soon(visible, clock=clock, scope=scope)
        return list_conversations(visible, self.name, viewer=user, among=due, after=after, size=size)


@accepts_form
@vary_on_headers("HX-Request")
def conversations(request: HtmxHttpRequest) -> HttpResponse:
    """Show a list and a pane; a post records what is written in it. htmx may ask for the pane or more rows alone."""
    viewer = Viewer(request)
    place = _Place(viewer)
    after = request.GET.get("after", "")
    pane = _open(viewer, place, parse_number(request.GET.get("conversation", "")))
    if request.method == "POST":
        if pane is None:
            raise BadRequest("nothing is open to write to")
        if is_recorded(viewer, pane):
            return redirect(pane.following)
    elif request.htmx.target in PARTS:
        return show_part(request, OpenPane(pane=pane, is_open=pane is not None, queue_url=place.url()))
    found = place.read(after=after)
    prefetch_scheduled(row.thread for row in found.rows)
    first = found.rows[0].thread.pk if found.rows else None
    is_fragment = request.htmx and after and request.method != "POST"
    page = _ConversationsPage(
        pane=None if is_fragment else pane or _open(viewer, place, first),
        is_open=pane is not None,
        queue_url=place.url(),
        chosen=place.name,
        due_alone=place.due_alone,
        rows=found.rows,
        older=place.url(after=found.after) if found.after else None,
        empty=LISTS[place.name].empty,
    )
    return show_page(request, f"desk/inbox/conversations.html{'#rows' if is_fragment else ''}", page)


def _open(viewer: Viewer, place: _Place, pk: int | None) -> ThreadPane | None:
    if pk is None:
        return None
    thread = conversation_or_404(viewer.request, pk)
    waiting = one_waiting(viewer.visible, pk, clock=viewer.clock)
    here = place.url(conversation=str(pk))
    following = place.url("conversations_next", conversation=str(pk))
    return open_thread(viewer, thread, waiting, here=here, following=following)


@require_safe
def conversations_next(request: HtmxHttpRequest) -> HttpResponse:
    """Go on to the first of the list that is not the one just seen to."""
    viewer = Viewer(request)
    place = _Place(viewer)
    seen = parse_number(request.GET.get("conversation", ""))
    rows = place.read(size=AHEAD).rows
    thread = first_free(viewer, [row.thread for row in rows if row.thread.pk != seen])
    return redirect(place.url(**({"conversation": str(thread.pk)} if thread else {})))
