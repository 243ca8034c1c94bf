from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from partnership.desk.entries.email_html import mail_page, mail_policy
from partnership.desk.web.lookups import entry_or_404


@require_safe
def entry_mail(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Show the mail alone, for a frame; with `pictures` remote ones are fetched too."""
    entry, pictures = entry_or_404(request, pk, entry_pk), "pictures" in request.GET
    if not entry.html:
        raise Http404
    response = HttpResponse(mail_page(entry, pictures=pictures))
    response["Content-Security-Policy"] = mail_policy(pictures=pictures)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
