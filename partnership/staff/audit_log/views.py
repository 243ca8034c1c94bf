"""The page of the firm's log."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from partnership.core.requests import HtmxHttpRequest, render_page
from partnership.staff.audit_log import lines
from partnership.staff.audit_log.exports import logged_csv
from partnership.staff.audit_log.forms import LogFilterForm
from partnership.staff.models import AuditRecord, Firm


@dataclass(frozen=True)
class _LogPage:
    """`older`: the URL of the next page, or None; `file`: that of all lines found, as CSV; `narrowed`: how many filters
    are set."""

    form: LogFilterForm
    lines: list[lines.Line]
    older: str | None
    file: str
    narrowed: int


@require_safe
@vary_on_headers("HX-Request")
def audit_log(request: HtmxHttpRequest) -> HttpResponseBase:
    """Show the log, newest first, or what a search and filters find of it; as a file where `csv` is asked for."""
    form = LogFilterForm(request.GET)
    is_valid = form.is_valid()
    found = AuditRecord.objects.filter(form.condition(Firm.current())) if is_valid else AuditRecord.objects.none()
    if is_valid and "csv" in request.GET:
        return logged_csv(request, "log", lines.file_heads(), lines.file_rows(found), chosen=urlencode(form.chosen))
    before = request.GET.get("before", "")
    page = lines.page_of_lines(found, before=before)
    here, chosen = reverse("audit_log"), form.chosen
    shown = _LogPage(
        form=form,
        lines=page.rows,
        older=f"{here}?{urlencode({**chosen, 'before': page.after})}" if page.after else None,
        file=f"{here}?{urlencode({**chosen, 'csv': 1})}",
        narrowed=len(chosen),
    )
    fragment = "#lines" if request.htmx and before else ""
    response: HttpResponse = render_page(
        request, f"staff/audit_log/log.html{fragment}", shown, status=200 if is_valid else 422
    )
    return response
