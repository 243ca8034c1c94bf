"""Saved replies: the list, each one's form, and its text for a customer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.lookups import customer_or_404
from partnership.core.requests import accepts_form, posted
from partnership.desk.models import SavedReply
from partnership.desk.saved_replies.blanks import fill_blanks
from partnership.desk.saved_replies.forms import SavedReplyForm
from partnership.desk.saved_replies.selection import replies_for
from partnership.desk.web.single_pages import FormPage, QuestionPage
from partnership.staff.access import staff_member
from partnership.staff.models import Firm


@require_safe
def replies(request: HttpRequest) -> HttpResponse:
    user = staff_member(request)
    return render(request, "desk/saved_replies/saved_replies.html", {"replies": replies_for(user), "user": user})


@accepts_form
def new_reply(request: HttpRequest) -> HttpResponse:
    reply = SavedReply(owner=staff_member(request), language=Firm.current().language)
    return _edit(request, reply, _("New saved reply"))


@accepts_form
def edit_reply(request: HttpRequest, pk: int) -> HttpResponse:
    reply = get_object_or_404(SavedReply, pk=pk, owner=staff_member(request))
    return _edit(request, reply, _("Saved reply"))


def _edit(request: HttpRequest, reply: SavedReply, title: str) -> HttpResponse:
    form = SavedReplyForm(posted(request), instance=reply)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("saved_replies")
    text = _("Choose it below a reply, or type / at the beginning of a line. Every reply is edited before it is sent.")
    return FormPage(title, form, _("Save"), back=reverse("saved_replies"), text=text).render(request)


@accepts_form
def reply_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    user = staff_member(request)
    reply = get_object_or_404(replies_for(user), pk=pk)
    if reply.owner_id != user.pk and not user.is_manager:
        raise PermissionDenied
    if request.method == "POST":
        reply.delete()
        messages.success(request, _("The saved reply is deleted."))
        return redirect("saved_replies")
    return QuestionPage(
        question=_("Delete this saved reply?"),
        text=reply.title,
        effect=_("What was sent with it stays as it is. It is gone for everybody who uses it."),
        url=request.path,
        action=_("Delete"),
        back=reverse("saved_replies"),
    ).render(request)


@require_safe
def reply_text(request: HttpRequest, pk: int, reply_pk: int) -> HttpResponse:
    """Return a saved reply's text with what the record knows of the customer."""
    customer, user = customer_or_404(request, pk), staff_member(request)
    reply = get_object_or_404(replies_for(user), pk=reply_pk)
    text = fill_blanks(reply.text, customer=customer, by=user, firm=Firm.current())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
