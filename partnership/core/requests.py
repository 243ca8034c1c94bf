"""What views share: the type of a request, the methods it may use, its form's data, and how it is answered."""

from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh, push_url, reselect, reswap, retarget
from django_htmx.middleware import HtmxDetails

M = TypeVar("M", bound=models.Model)

# For a view that shows a form and takes it in.
accepts_form = require_http_methods(["GET", "HEAD", "POST"])


class HtmxHttpRequest(HttpRequest):
    """A request as django_htmx's middleware leaves it."""

    htmx: HtmxDetails


def render_page(request: HttpRequest, template: str, context: object, *, status: int = 200) -> HttpResponse:
    """Render a template with the attributes of `context`, a dataclass."""
    return render(request, template, vars(context), status=status)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return the data that binds a form, also when nothing was filled in; None when the form is only shown."""
    return request.POST if request.method == "POST" else None


def held(request: HttpRequest, record: M) -> M:
    """Lock the record that a POST changes until the transaction ends, and return its row as it is now."""
    if request.method != "POST" or record.pk is None:
        return record
    model = type(record)
    return get_object_or_404(model._default_manager.select_for_update(no_key=True, of=("self",)), pk=record.pk)


def report_done(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say that an act is done; `undo`: the URL whose POST takes it back, offered beside the message."""
    messages.success(request, text, extra_tags=undo)


def with_messages(request: HttpRequest, fragment: HttpResponse) -> HttpResponse:
    """Add what was reported to a fragment; htmx puts it where the messages of the page stand."""
    fragment.write(render_to_string("components/messages_apart.html", request=request))
    return fragment


def stay(request: HtmxHttpRequest, *, fallback: str) -> HttpResponse:
    """Show the page again on which the user pressed a button, with all its numbers as they are now.

    From a form on a page of its own, go to `fallback`.
    """
    if request.htmx:
        return HttpResponseClientRefresh()
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    is_page = is_ours and urlsplit(came_from).path != request.path
    return redirect(came_from if is_page else fallback)


def next_page(request: HttpRequest) -> str:
    """Return the path that `next` in the query string names; empty without one of ours."""
    path = request.GET.get("next", "")
    return path if url_has_allowed_host_and_scheme(path, None) else ""


def query_to(page: str) -> str:
    """Return the query string by which next_page finds that path; empty without one."""
    return f"?{urlencode({'next': page})}" if page else ""


def in_place(response: HttpResponse, selector: str) -> HttpResponse:
    """Let htmx replace that element alone, whatever the form that asked would have replaced.

    The page's address stays: the form's own would take its place, and show the form alone after a reload.
    """
    return push_url(reswap(reselect(retarget(response, selector), selector), "outerHTML"), False)
