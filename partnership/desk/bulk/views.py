"""Actions on the customers ticked in the list, each after a question that says how many they are."""

import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from customers.bulk import undo
from customers.lookups import visible_customers
from customers.querysets import CustomerQuerySet
from interactions.imports.export import export_history as export_history
from partnership.core.formats import format_number
from partnership.core.requests import HtmxHttpRequest, accepts_form, render_page, report_done, stay
from partnership.desk.bulk.operations import ACTIONS, chosen_customers
from partnership.desk.customer_list.choices import forget_choices
from partnership.desk.customer_list.export import export_heads, export_rows
from partnership.desk.saved_views.forms import clean_query
from partnership.desk.saved_views.selection import requested_view, select_view
from partnership.staff.access import staff_member
from partnership.staff.audit import current_change
from partnership.staff.audit_log.exports import log_export, logged_csv
from partnership.staff.models import Firm

# The browser waits while these customers' histories are written.
MOST_HISTORIES = 1000


@dataclass(frozen=True)
class _BulkPage:
    """The question. `pks`, `query`, `view` and `everyone` are posted again with the answer."""

    form: forms.Form
    action: str | Promise
    number: int
    back: str
    pks: list[str]
    query: str
    view: str
    everyone: str


@accepts_form
def bulk(request: HttpRequest, action: str) -> HttpResponse:
    """Ask how the customers shall be changed; change them once `sure` says that the question was seen.

    Opened by its address alone, it knows no customers and shows the list.
    """
    if action not in ACTIONS:
        raise Http404(action)
    if request.method != "POST":
        return redirect("customers")
    customers, operation = _chosen_customers(request), ACTIONS[action]
    number = customers.count()
    if not number:
        return _refuse_empty(request)
    data = request.POST
    form = operation.form(data if data.get("sure") else None)
    if form.is_valid():
        changed = operation.apply(customers, **form.cleaned_data)
        forget_choices()
        text = ngettext("%(number)s customer changed.", "%(number)s customers changed.", changed)
        way_back = reverse("bulk_undo", args=[action, current_change()]) if changed else ""
        report_done(request, text % {"number": format_number(changed)}, undo=way_back)
        return redirect(_list_url(request))
    everyone = data.get("everyone", "")
    page = _BulkPage(
        form=form,
        action=operation.label,
        number=number,
        back=_list_url(request),
        pks=[] if everyone else data.getlist("pk"),
        query=data.get("query", ""),
        view=data.get("view", ""),
        everyone=everyone,
    )
    return render_page(request, "desk/bulk/bulk.html", page, status=422 if form.is_bound else 200)


@require_POST
def bulk_undo(request: HtmxHttpRequest, act: str, change: UUID) -> HttpResponse:
    """Take back a bulk action on the customers that were not changed since."""
    if act not in ACTIONS:
        raise Http404(act)
    restored, left = undo(visible_customers(request), action=act, change=change, by=staff_member(request))
    forget_choices()
    if restored:
        text = ngettext("%(number)s customer is as before.", "%(number)s customers are as before.", restored)
        report_done(request, text % {"number": format_number(restored)})
    if left or not restored:
        text = ngettext(
            "%(number)s customer has changed since then and stays as it is.",
            "%(number)s customers have changed since then and stay as they are.",
            left,
        )
        messages.warning(request, text % {"number": format_number(left)})
    return stay(request, fallback=reverse("customers"))


@require_POST
def bulk_export(request: HttpRequest) -> HttpResponseBase:
    """Export the columns of the list for the chosen customers, as CSV."""
    customers = _chosen_customers(request)
    if not customers.exists():
        return _refuse_empty(request)
    columns = select_view(staff_member(request), requested_view(request.POST)).columns
    firm = Firm.current()
    rows = export_rows(customers, columns, firm, at=timezone.localtime())
    return logged_csv(request, "customers", export_heads(columns, firm), rows, chosen=_chosen_by(request))


@require_POST
def bulk_history(request: HttpRequest) -> HttpResponseBase:
    """Export the chosen customers' whole history in the interchange format. Managers only: it names other customers."""
    customers = _chosen_customers(request)
    refs = [":".join(ref) for ref in customers.values_list("source", "external_id")[: MOST_HISTORIES + 1]]
    if not refs:
        return _refuse_empty(request)
    if len(refs) > MOST_HISTORIES:
        messages.error(
            request,
            _(
                "You can export the history of at most %(most)s customers here. Choose fewer, or ask an administrator"
                " to export it on the server."
            )
            % {"most": format_number(MOST_HISTORIES)},
        )
        return redirect(_list_url(request))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.jsonl.gz"
        export_history(path, customers=refs)
        content = io.BytesIO(path.read_bytes())
    log_export(request, "history.jsonl.gz", rows=len(refs), chosen=_chosen_by(request))
    return FileResponse(content, as_attachment=True, filename="history.jsonl.gz", content_type="application/gzip")


def _chosen_customers(request: HttpRequest) -> CustomerQuerySet:
    return chosen_customers(
        visible_customers(request), request.POST, viewer=staff_member(request), at=timezone.localtime()
    )


def _chosen_by(request: HttpRequest) -> str:
    """Say for the firm's log how the customers were chosen: by the list's filter, or one by one."""
    if request.POST.get("everyone"):
        return clean_query(request.POST.get("query", "")) or "all"
    return f"pk={','.join(request.POST.getlist('pk'))}"


def _list_url(request: HttpRequest) -> str:
    """The list that the request came from."""
    view = requested_view(request.POST)
    parts = [clean_query(request.POST.get("query", "")), f"view={view}" if view else ""]
    return f"{reverse('customers')}?{'&'.join(filter(None, parts))}"


def _refuse_empty(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("No customers are chosen: tick them in the list first."))
    return redirect(_list_url(request))
