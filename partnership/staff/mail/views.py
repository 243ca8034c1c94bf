from dataclasses import dataclass
from itertools import islice

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from partnership.core.requests import render_page
from partnership.staff.mail.outbox import KeptMail, find_mail, kept_mails
from partnership.staff.mail.transport import Transport, mail_transport

_SHOWN = 100


@dataclass(frozen=True)
class _OutboxPage:
    mails: list[KeptMail]


@dataclass(frozen=True)
class _KeptMailPage:
    mail: KeptMail


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """List the mail that a demo keeps, newest first."""
    if mail_transport() is not Transport.OUTBOX:
        return redirect("mail_settings")
    return render_page(request, "staff/mail/outbox.html", _OutboxPage(list(islice(kept_mails(), _SHOWN))))


@require_safe
def outbox_mail(request: HttpRequest, mail: str) -> HttpResponse:
    if mail_transport() is not Transport.OUTBOX:
        return redirect("mail_settings")
    found = find_mail(mail)
    if found is None:
        raise Http404
    return render_page(request, "staff/mail/outbox_mail.html", _KeptMailPage(found))
