"""The page of the backups: schedule, the last one, the last trial; a download for administrators."""

from dataclasses import dataclass
from datetime import date

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partnership.core.requests import accepts_form, posted, render_page
from partnership.core.task_requests import request_on_commit
from partnership.desk.backups.overdue import describe_trouble
from partnership.desk.backups.runs import TASK, backups_folder, gone_by
from partnership.desk.models import BackupRun, BackupSchedule
from partnership.staff.access import staff_member
from partnership.staff.audit_log import Kind, record

_MOST_RUNS = 30


class ScheduleForm(forms.ModelForm):
    class Meta:
        model = BackupSchedule
        fields = ["active", "hour", "keep"]


@dataclass(frozen=True)
class _BackupsPage:
    """`trouble`: what is wrong, empty when nothing is; `gone_by`: when what is backed up today is deleted."""

    form: ScheduleForm
    runs: list[BackupRun]
    last: BackupRun | None
    trial: BackupRun | None
    trouble: str
    folder: str
    gone_by: date | None


@accepts_form
def backups(request: HttpRequest) -> HttpResponse:
    schedule = BackupSchedule.current()
    form = ScheduleForm(posted(request), instance=schedule, use_required_attribute=False)
    if form.is_bound and form.is_valid():
        if form.has_changed():
            before = BackupSchedule.current()
            changes = {
                name: {"from": getattr(before, name), "to": form.cleaned_data[name]} for name in form.changed_data
            }
            form.save()
            record(Kind.SETTING, by=staff_member(request), about=_("Backups"), facts=changes)
        messages.success(request, _("The schedule is saved."))
        return redirect("backups")
    now = timezone.now()
    page = _BackupsPage(
        form=form,
        runs=list(BackupRun.objects.select_related("by").order_by("-pk")[:_MOST_RUNS]),
        last=BackupRun.last_good(BackupRun.Kind.BACKUP),
        trial=BackupRun.last_good(BackupRun.Kind.TRIAL),
        trouble=describe_trouble(at=now),
        folder=str(backups_folder()),
        gone_by=gone_by(at=now),
    )
    return render_page(request, "desk/backups/backups.html", page, status=422 if form.is_bound else 200)


@require_POST
def new_backup(request: HttpRequest) -> HttpResponse:
    """Ask a worker for a backup, or with `kind` for a trial of a restore; one that waits already is enough."""
    kind = request.POST.get("kind", BackupRun.Kind.BACKUP)
    if kind not in BackupRun.Kind.values:
        raise Http404(kind)
    if not BackupRun.objects.filter(kind=kind, finished_at=None).exists():
        BackupRun.objects.create(kind=kind, by=staff_member(request), asked_at=timezone.now())
    request_on_commit(TASK)
    messages.success(request, _("It was asked for: a worker begins within a minute. Open this page again."))
    return redirect("backups")


@require_safe
def backup_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send a backup. It holds everything, so the password is asked for again."""
    run = get_object_or_404(BackupRun.objects.exclude(file=""), pk=pk)
    raise_if_reauthentication_required(request, app="allauth.account")
    try:
        file = (backups_folder() / run.file).open("rb")
    except FileNotFoundError as lost:
        raise Http404 from lost
    record(Kind.EXPORT, by=staff_member(request), about=run.file, facts={"what": "backup"})
    return FileResponse(file, as_attachment=True, filename=run.file, content_type="application/x-tar")
