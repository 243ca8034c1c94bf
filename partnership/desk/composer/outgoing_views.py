from urllib.parse import parse_qs, urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from customers.lookups import customer_or_404
from interactions.actions.attachments import StoredFile
from interactions.errors import ActionRefused
from interactions.mailboxes.outbox import send_again, take_back
from interactions.models import Kind, Outgoing
from partnership.core.requests import HtmxHttpRequest, accepts_form, report_done, stay
from partnership.core.translatable_text import translate_stored
from partnership.desk.composer.drafts import TABS_OF_MAIL, restore_draft
from partnership.desk.web.single_pages import QuestionPage
from partnership.staff.access import staff_member
from partnership.staff.mail.transport import Transport, mail_transport


def _outgoing_or_404(request: HttpRequest, pk: int, entry_pk: int) -> Outgoing:
    mails = Outgoing.objects.filter(interaction__customer=customer_or_404(request, pk))
    return get_object_or_404(mails, interaction=entry_pk)


@require_safe
@never_cache
def outgoing(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Show whether a mail of ours was sent: a fragment that polls until it is known."""
    mail = _outgoing_or_404(request, pk, entry_pk)
    context = {
        "customer_pk": pk, "entry_pk": entry_pk, "status": mail.status, "error": translate_stored(mail.error),
        "may_retry": mail_transport() is not Transport.NONE,
    }  # fmt: skip
    return render(request, "components/outgoing.html", context)


@accepts_form
def outgoing_retry(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    mail = _outgoing_or_404(request, pk, entry_pk)
    entry = reverse("entry", args=[pk, entry_pk])
    if request.method == "POST":
        try:
            send_again(mail, by=staff_member(request), at=timezone.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("It is being sent again."))
        return redirect(entry)
    question = QuestionPage(
        question=_("Send it again to %s?") % ", ".join(mail.to),
        text=translate_stored(mail.error),
        effect=_("If it was sent already, they get it twice."),
        action=_("Send again"),
        url=request.path,
        back=entry,
    )
    return question.render(request)


@require_POST
def outgoing_undo(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Take back a mail before it leaves: its words are a draft again, in the conversation or form where they were."""
    customer, user = customer_or_404(request, pk), staff_member(request)
    mail = Outgoing.objects.filter(interaction__customer=customer, interaction=entry_pk).first()
    try:
        if mail is None:
            raise ActionRefused(_("This e-mail was taken back already."))
        files = [StoredFile.of(file) for file in mail.interaction.attachments.all()]
        entry = take_back(mail, by=user, at=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return stay(request, fallback=customer.get_absolute_url())
    restore_draft(entry, user, at=timezone.now(), files=files)
    report_done(request, _("It is taken back and was not sent. What you wrote is a draft again."))
    came_from = urlsplit(request.htmx.current_url or request.headers.get("Referer", ""))
    if came_from.path.startswith(customer.get_absolute_url()):
        return _go_to(request, reverse("compose", args=[pk, TABS_OF_MAIL[Kind(entry.kind)]]))
    if not entry.conversation:
        return stay(request, fallback=customer.get_absolute_url())
    whose = {"whose": parse_qs(came_from.query).get("whose", [])} if came_from.path == reverse("focus") else {}
    there = f"{reverse('focus')}?{urlencode({**whose, 'conversation': entry.conversation_id}, doseq=True)}"
    return _go_to(request, there) if came_from.path == reverse("focus") else stay(request, fallback=there)


def _go_to(request: HtmxHttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
