"""What is done to the customers who were chosen in the list, after a question that says how many they are."""

import io
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from customers.lookups import visible_customers
from customers.querysets import CustomerQuerySet
from interactions.imports.export import export_history
from partnership.desk.bulk.operations import BULK, chosen
from partnership.desk.customer_list.choices import forget
from partnership.desk.customer_list.export import table
from partnership.desk.saved_views.forms import understood
from partnership.desk.saved_views.selection import Shelf, view_named
from partnership.staff.access import staff_member

BYTE_ORDER_MARK = "\ufeff"
"""By which a spreadsheet knows UTF-8."""

MOST_HISTORIES = 1000
"""Customers whose whole history is written while somebody waits for it."""


def chosen_by(request: HttpRequest) -> CustomerQuerySet:
    return chosen(visible_customers(request), request.POST, viewer=staff_member(request), at=timezone.localtime())


def back(request: HttpRequest) -> str:
    view = view_named(request.POST)
    parts = [understood(request.POST.get("query", "")), f"view={view}" if view else ""]
    return f"{reverse('customers')}?{'&'.join(filter(None, parts))}"


@require_POST
def bulk(request: HttpRequest, action: str) -> HttpResponse:
    """First asked, then done: `sure` says that the question was seen."""
    if action not in BULK:
        raise Http404(action)
    customers, doing = chosen_by(request), BULK[action]
    number = customers.count()
    if not number:
        return nobody(request)
    form = doing.form(request.POST if request.POST.get("sure") else None)
    if form.is_valid():
        changed = doing.apply(customers, **form.cleaned_data)
        forget()
        text = ngettext("%(number)s customer changed.", "%(number)s customers changed.", changed)
        messages.success(request, text % {"number": f"{changed:,}"})
        return redirect(back(request))
    context = {"form": form, "action": doing.label, "number": number, "back": back(request), "given": request.POST}
    context["pks"] = [] if request.POST.get("everyone") else request.POST.getlist("pk")
    return render(request, "desk/bulk/bulk.html", context, status=422 if form.is_bound else 200)


@require_POST
def bulk_export(request: HttpRequest) -> HttpResponseBase:
    """The list's columns of those who were chosen, as CSV."""
    customers = chosen_by(request)
    if not customers.exists():
        return nobody(request)
    columns = Shelf.of(staff_member(request), view_named(request.POST)).columns
    pieces = chain([BYTE_ORDER_MARK], table(customers, columns, at=timezone.localtime()))
    headers = {"Content-Disposition": 'attachment; filename="customers.csv"'}
    return StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def bulk_history(request: HttpRequest) -> HttpResponseBase:
    """Everything of those who were chosen, in the interchange format: whom it names is seen by managers alone."""
    refs = [":".join(ref) for ref in chosen_by(request).values_list("source", "external_id")[: MOST_HISTORIES + 1]]
    if not refs:
        return nobody(request)
    if len(refs) > MOST_HISTORIES:
        messages.error(
            request,
            _("The history of at most %(most)s customers is exported here: choose fewer, or use export_history.")
            % {"most": f"{MOST_HISTORIES:,}"},
        )
        return redirect(back(request))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.jsonl.gz"
        export_history(path, customers=refs)
        written = io.BytesIO(path.read_bytes())
    return FileResponse(written, as_attachment=True, filename="history.jsonl.gz", content_type="application/gzip")


def nobody(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("Nobody was chosen: tick the customers first."))
    return redirect(back(request))
