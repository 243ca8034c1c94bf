"""What is scheduled: the user's list, and what can be done with each mail where it is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from customers.lookups import visible_customers
from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest, render_page, report_done, stay
from partnership.desk.models import ScheduledMail
from partnership.desk.scheduling.actions import cancel_mail, discard_mail, restore_mail, send_now
from partnership.desk.scheduling.section import ScheduledLine, scheduled_by
from partnership.staff.access import staff_member
from partnership.staff.mail.notices import MailNotice, departure_message, mail_notice


@dataclass(frozen=True)
class _ScheduledPage:
    lines: list[ScheduledLine]
    mail_notice: MailNotice | None


def _mail_or_404(request: HttpRequest, pk: int) -> ScheduledMail:
    visible = ScheduledMail.objects.filter(customer__in=visible_customers(request).unmerged())
    return get_object_or_404(visible.select_related("customer"), pk=pk)


@require_safe
def scheduled(request: HttpRequest) -> HttpResponse:
    user = staff_member(request)
    page = _ScheduledPage(scheduled_by(user), mail_notice(user))
    return render_page(request, "desk/scheduling/scheduled.html", page)


def _act(
    request: HtmxHttpRequest, mail: ScheduledMail, verb: Callable[..., object], message: str, undo: str
) -> HttpResponse:
    """Call the verb, say what became of it, and stay where the button was pressed."""
    try:
        verb(mail, by=staff_member(request), at=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        report_done(request, message, undo=undo)
    return stay(request, fallback=mail.customer.get_absolute_url())


@require_POST
def sending(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    mail = _mail_or_404(request, pk)
    try:
        entry = send_now(mail, by=staff_member(request), at=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        undo = reverse("outgoing_undo", args=[entry.customer_id, entry.pk]) if settings.MAIL_UNDO_SECONDS else ""
        report_done(request, departure_message(", ".join(entry.outgoing.to)), undo=undo)
    return stay(request, fallback=mail.customer.get_absolute_url())


@require_POST
def cancellation(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    mail = _mail_or_404(request, pk)
    message = _("It will not be sent. What you wrote is a draft again.")
    return _act(request, mail, cancel_mail, message, undo="")


@require_POST
def editing(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Make it a draft again, and open that."""
    mail = _mail_or_404(request, pk)
    try:
        cancel_mail(mail, by=staff_member(request), at=timezone.now(), keeps_moment=True)
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return stay(request, fallback=mail.customer.get_absolute_url())
    messages.info(request, _("It is a draft now and will not be sent by itself. Schedule it again when it is ready."))
    there = reverse("compose", args=[mail.customer_id, mail.tab])
    return HttpResponseClientRedirect(there) if request.htmx else redirect(there)


@require_POST
def discarding(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    undo = reverse("scheduled_restoration", args=[pk])
    return _act(request, _mail_or_404(request, pk), discard_mail, _("The mail is discarded."), undo=undo)


@require_POST
def restoration(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return _act(request, _mail_or_404(request, pk), restore_mail, _("The mail is back. It is held."), undo="")
