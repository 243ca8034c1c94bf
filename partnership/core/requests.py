"""What views share: the type of a request, the methods it may use, its form's data, the page that answers it."""

from typing import TypeVar

from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods
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
