from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.lookups import customer_or_404
from interactions.errors import ActionRefused
from interactions.mailboxes.outbox import send_again
from interactions.models import Outgoing
from partnership.core.requests import accepts_form
from partnership.staff.access import staff_member


def outgoing_or_404(request: HttpRequest, pk: int, entry_pk: int) -> Outgoing:
    mails = Outgoing.objects.filter(interaction__customer=customer_or_404(request, pk))
    return get_object_or_404(mails, interaction=entry_pk)


@require_safe
@never_cache
def outgoing(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """How far a mail of ours is: a fragment, which asks again by itself until it is known."""
    mail = outgoing_or_404(request, pk, entry_pk)
    context = {"customer_pk": pk, "entry_pk": entry_pk, "status": mail.status, "error": mail.error}
    return render(request, "components/outgoing.html", context)


@accepts_form
def outgoing_retry(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    mail = outgoing_or_404(request, pk, entry_pk)
    entry = reverse("entry", args=[pk, entry_pk])
    if request.method == "POST":
        try:
            send_again(mail, by=staff_member(request), at=timezone.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("It is on its way again."))
        return redirect(entry)
    context = {
        "question": _("Send it again to %s?") % ", ".join(mail.to),
        "text": mail.error,
        "effect": _("What may have gone out already would reach them twice."),
        "action": _("Send it again"),
        "url": request.path,
        "back": entry,
    }
    return render(request, "confirm.html", context)
