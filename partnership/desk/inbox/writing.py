"""What a request for the page, for its pane or with something written in it is answered."""

from django.http import HttpResponse

from interactions.actions.conversations import close_conversation
from interactions.models import Conversation
from partnership.core.requests import HtmxHttpRequest, in_place, render_page, report_done
from partnership.desk.composer.recording import record_written
from partnership.desk.inbox.panes import OpenPane, Pane, PartnerPane, ThreadPane
from partnership.desk.inbox.viewer import Viewer
from partnership.focus.actions import finish

# What htmx asks for by itself: the pane, or the messages in it when there are new ones.
PARTS = ("pane", "pane-thread")

_NO_CONTENT = 204


def show_part(request: HtmxHttpRequest, opened: OpenPane) -> HttpResponse:
    """Show the pane; 204 where the messages are asked for and none has come since `seen`."""
    is_asked_for_news = request.htmx.target == "pane-thread"
    if is_asked_for_news and isinstance(opened.pane, ThreadPane) and opened.pane.newest == request.GET.get("seen"):
        return HttpResponse(status=_NO_CONTENT)
    return render_page(request, "desk/inbox/pane.html", opened)


def is_recorded(viewer: Viewer, pane: Pane) -> bool:
    """Record what is written; with `close` close the conversation, with `done` finish the item."""
    entry = record_written(pane.form, at=viewer.now)
    if entry is None:
        return False
    if "close" in viewer.request.POST and isinstance(pane, ThreadPane):
        pane.thread.refresh_from_db()
        if pane.thread.status != Conversation.Status.CLOSED:
            close_conversation(pane.thread, by=viewer.user, at=viewer.now)
    if "done" in viewer.request.POST and isinstance(pane, PartnerPane):
        finish(pane.item, outcome="", by=viewer.user, at=viewer.now)
    report_done(viewer.request, pane.form.done, undo=pane.form.undo_url(entry))
    return True


def show_page(request: HtmxHttpRequest, template: str, page: object) -> HttpResponse:
    """Show a page; after a post, the pane with the form that was refused and what has come meanwhile."""
    if request.method != "POST":
        return render_page(request, template, page)
    response = render_page(request, template, page, status=422)
    return in_place(response, "#pane") if request.htmx else response
