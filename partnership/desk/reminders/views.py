"""A reminder of a message of ours: set, removed, brought back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest, accepts_form, posted, report_done, stay
from partnership.desk.models import Reminder
from partnership.desk.reminders.actions import reminder_obstacle, set_reminder
from partnership.desk.reminders.forms import ReminderForm
from partnership.desk.web.lookups import entry_or_404
from partnership.desk.web.single_pages import FormPage
from partnership.staff.access import staff_member


@accepts_form
def reminder(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Set a reminder of the entry."""
    entry = entry_or_404(request, pk, entry_pk)
    back = reverse("entry", args=[pk, entry_pk])
    if obstacle := reminder_obstacle(entry):
        messages.error(request, obstacle)
        return redirect(back)
    form = ReminderForm(posted(request))
    if form.is_valid():
        try:
            set_reminder(entry, due_at=form.moment(), by=staff_member(request), at=timezone.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            report_done(request, _("You will be reminded if they have not answered."), undo=_removal_url(pk, entry_pk))
        return redirect(back)
    text = _(
        "If they have not answered by then, the conversation comes back to you. "
        "The reminder is removed if they answer, or if we write to them again."
    )
    return FormPage(_("Remind me if there is no answer"), form, _("Remind me"), back=back, text=text).render(request)


def _removal_url(pk: int, entry_pk: int) -> str:
    return reverse("reminder_removal", args=[pk, entry_pk])


@require_POST
def removal(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Remove the user's own reminder."""
    entry = entry_or_404(request, pk, entry_pk)
    there = reverse("entry", args=[pk, entry_pk])
    found = Reminder.objects.filter(interaction=entry, by=staff_member(request)).first()
    if found is None:
        messages.info(request, _("This reminder is gone already."))
    else:
        found.delete()
        undo = f"{reverse('reminder_restoration', args=[pk, entry_pk])}?{urlencode({'due': found.due_at.isoformat()})}"
        report_done(request, _("The reminder is removed."), undo=undo if found.due_at > timezone.now() else "")
    return stay(request, fallback=there)


@require_POST
def restoration(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Set the reminder again that was removed, for the moment `due`."""
    entry = entry_or_404(request, pk, entry_pk)
    try:
        due_at = parse_datetime(request.GET.get("due", ""))
    except ValueError:
        due_at = None
    try:
        if due_at is None or due_at.tzinfo is None:
            raise ActionRefused(_("That moment has passed: choose a later one."))
        set_reminder(entry, due_at=due_at, by=staff_member(request), at=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        report_done(request, _("The reminder is back."))
    return stay(request, fallback=reverse("entry", args=[pk, entry_pk]))
