"""Focus: answers due and partnerships, each row opened in the pane beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from interactions.models import Conversation
from partnership.core.pagination import Page
from partnership.core.params import parse_number
from partnership.core.requests import HtmxHttpRequest, accepts_form, render_page
from partnership.desk.composer.tabs import COMPOSERS
from partnership.desk.inbox.panes import AHEAD, OpenPane, Pane, first_free, open_partner, open_thread
from partnership.desk.inbox.viewer import Viewer
from partnership.desk.inbox.writing import PARTS, is_recorded, show_page, show_part
from partnership.desk.scheduling.section import prefetch_scheduled
from partnership.desk.web.lookups import conversation_or_404
from partnership.focus.lanes.partnership_lane import Partner, partners, partnership_lane
from partnership.focus.lanes.waiting_lane import MOST_COUNTED, AtRisk, Waiting, at_risk, one_waiting, waiting_lane
from partnership.focus.models import FocusItem
from partnership.staff.models import Firm

_TABS = {FocusItem.Reason.GOAL: "check-ins", FocusItem.Reason.THEIR_PROMISE: "nudges"}


@dataclass(frozen=True, kw_only=True)
class _FocusPage(OpenPane):
    scope: str
    has_team: bool
    firm: Firm
    due: AtRisk
    many: int
    waiting: Page[Waiting]
    partners: Page[Partner]


@dataclass(frozen=True, kw_only=True)
class _Lane:
    """The next page of one lane, for htmx."""

    scope: str
    waiting: Page[Waiting] | None = None
    partners: Page[Partner] | None = None


@accepts_form
@vary_on_headers("HX-Request")
def focus(request: HtmxHttpRequest) -> HttpResponse:
    """Show both lanes and a pane; a post records what is written in it. htmx may ask for the pane or a lane alone."""
    viewer = Viewer(request)
    if lane := _requested_lane(request):
        return _show_lane(viewer, lane)
    pane = _requested_pane(viewer)
    if request.method == "POST":
        if pane is None:
            raise BadRequest("nothing is open to write to")
        if is_recorded(viewer, pane):
            return redirect(pane.following)
    elif request.htmx.target in PARTS:
        return show_part(request, OpenPane(pane=pane, is_open=pane is not None, queue_url=_focus_url(viewer)))
    return show_page(request, "desk/inbox/focus.html", _focus_page(viewer, pane))


def _focus_page(viewer: Viewer, pane: Pane | None) -> _FocusPage:
    scope, given = viewer.scope, viewer.request.GET
    waiting = waiting_lane(viewer.visible, clock=viewer.clock, scope=scope, after=given.get("waiting", ""))
    after = given.get("partners", "")
    prefetch_scheduled(row.thread for row in waiting.rows)
    partners_page = partnership_lane(viewer.visible, as_of=viewer.today, scope=scope, after=after)
    return _FocusPage(
        pane=pane or _first_pane(viewer, waiting.rows, partners_page.rows),
        is_open=pane is not None,
        queue_url=_focus_url(viewer),
        scope=scope.name,
        has_team=viewer.user.department_id is not None,
        firm=viewer.firm,
        due=at_risk(viewer.visible, clock=viewer.clock, scope=scope),
        many=MOST_COUNTED,
        waiting=waiting,
        partners=partners_page,
    )


def _requested_lane(request: HtmxHttpRequest) -> str | None:
    """Return the lane of which htmx asks for the next page."""
    lanes = [name for name in ("partners", "waiting") if name in request.GET]
    return lanes[0] if request.htmx and lanes else None


def _show_lane(viewer: Viewer, lane: str) -> HttpResponse:
    scope, after = viewer.scope, viewer.request.GET[lane]
    if lane == "waiting":
        rows = waiting_lane(viewer.visible, clock=viewer.clock, scope=scope, after=after)
        prefetch_scheduled(row.thread for row in rows.rows)
        more = _Lane(scope=scope.name, waiting=rows)
    else:
        found = partnership_lane(viewer.visible, as_of=viewer.today, scope=scope, after=after)
        more = _Lane(scope=scope.name, partners=found)
    return render_page(viewer.request, f"desk/inbox/focus.html#{lane}", more)


def _requested_pane(viewer: Viewer) -> Pane | None:
    if pk := parse_number(viewer.request.GET.get("conversation", "")):
        thread = conversation_or_404(viewer.request, pk)
        return _waiting_pane(viewer, thread, one_waiting(viewer.visible, pk, clock=viewer.clock))
    if pk := parse_number(viewer.request.GET.get("item", "")):
        items = FocusItem.objects.exclude(state=FocusItem.State.DONE).filter(customer__in=viewer.visible.unmerged())
        found = partners(items.filter(pk=pk), as_of=viewer.today)  # none where it was seen to meanwhile
        return _partner_pane(viewer, found[0]) if found else None
    return None


def _first_pane(viewer: Viewer, waiting: Sequence[Waiting], partner_rows: Sequence[Partner]) -> Pane | None:
    """Return the pane of what comes first, which a wide screen shows at once."""
    if waiting:
        return _waiting_pane(viewer, waiting[0].thread, waiting[0])
    return _partner_pane(viewer, partner_rows[0]) if partner_rows else None


def _waiting_pane(viewer: Viewer, thread: Conversation, waiting: Waiting | None) -> Pane:
    here = _focus_url(viewer, conversation=str(thread.pk))
    following = _next_url(viewer, lane="waiting", after=waiting.key if waiting else "")
    return open_thread(viewer, thread, waiting, here=here, following=following)


def _partner_pane(viewer: Viewer, partner: Partner) -> Pane:
    tab = viewer.request.GET.get("tab", "")
    if tab not in COMPOSERS:
        tab = _TABS.get(FocusItem.Reason(partner.item.reason), "replies")
    here = _focus_url(viewer, item=str(partner.item.pk), tab=tab)
    following = _next_url(viewer, lane="partners", after=partner.key)
    return open_partner(viewer, partner, tab, here=here, following=following)


def _focus_url(viewer: Viewer, **opened: str) -> str:
    return f"{reverse('focus')}?{urlencode({'whose': viewer.scope.name, **opened})}"


def _next_url(viewer: Viewer, *, lane: str, after: str) -> str:
    return f"{reverse('focus_next')}?{urlencode({'lane': lane, 'after': after, 'whose': viewer.scope.name})}"


@require_safe
def focus_next(request: HtmxHttpRequest) -> HttpResponse:
    """Go on to what comes after a place in a lane, and from its end to its beginning."""
    viewer = Viewer(request)
    find = _next_partner if request.GET.get("lane") == "partners" else _next_conversation
    places = dict.fromkeys([request.GET.get("after", ""), ""])
    opened = next((found for place in places if (found := find(viewer, place))), {})
    return redirect(_focus_url(viewer, **opened))


def _next_partner(viewer: Viewer, after: str) -> dict[str, str]:
    page = partnership_lane(viewer.visible, as_of=viewer.today, scope=viewer.scope, after=after, size=1)
    return {"item": str(page.rows[0].item.pk)} if page.rows else {}


def _next_conversation(viewer: Viewer, after: str) -> dict[str, str]:
    page = waiting_lane(viewer.visible, clock=viewer.clock, scope=viewer.scope, after=after, size=AHEAD)
    thread = first_free(viewer, [row.thread for row in page.rows])
    return {"conversation": str(thread.pk)} if thread else {}
