"""Backups by schedule, restores that are tried, and who is told when they fail."""

import stat
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.models import Erasure
from interactions.personal_data.ledger import ledger_path
from partnership.desk.backups import runs
from partnership.desk.backups.overdue import describe_trouble, notify_of_trouble
from partnership.desk.backups.runs import ask_for_due, backups_folder, gone_by, run_backups
from partnership.desk.models import BackupRun, BackupSchedule
from partnership.notifications.models import Notification
from partnership.ops.backup import BackupError
from partnership.staff.audit_log import Kind
from partnership.staff.models import AuditRecord
from tests.factories import PASSWORD, CustomerFactory, FirmFactory, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def admin(firm):
    return UserFactory(role="admin")


@pytest.fixture
def admins_desk(admin):
    client = signed_in(admin)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def at(firm):
    """Four in the firm's morning."""
    return firm.start_of_day(firm.local_date(timezone.now())) + timedelta(hours=4)


def made(at, kind="backup", *, name="", error=""):
    """A run that is over; its file is there."""
    if name:
        backups_folder().mkdir(exist_ok=True)
        (backups_folder() / name).write_text("backup")
    return BackupRun.objects.create(kind=kind, asked_at=at, begun_at=at, finished_at=at, file=name, size=6, error=error)


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_made_and_restored_for_a_trial(settings):
    firm = FirmFactory()
    CustomerFactory.create_batch(3)
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "one.txt").write_text("one")
    moment = firm.start_of_day(firm.local_date(timezone.now())) + timedelta(hours=4)
    assert run_backups(clock=lambda: moment) == 1
    [run] = BackupRun.objects.all()
    assert (run.error, run.is_good) == ("", True)
    file = backups_folder() / run.file
    assert run.size == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(backups_folder().stat().st_mode) == 0o700
    assert ledger_path().read_text() == ""
    assert run_backups(clock=lambda: moment) == 1  # the week's trial
    trial = BackupRun.objects.get(kind="trial")
    assert (trial.error, trial.file) == ("", run.file)
    assert trial.counts == {"customers": 3, "entries": 0, "staff": 0, "attachments": 0, "files": 1}
    assert run_backups(clock=lambda: moment) == 0
    assert AuditRecord.objects.filter(kind=Kind.BACKUP).count() == 1


def test_a_damaged_backup_fails_its_trial(at):
    made(at, name="broken.tar")
    BackupRun.objects.create(kind="trial", asked_at=at)
    run_backups(clock=lambda: at)
    trial = BackupRun.objects.get(kind="trial")
    assert "not a backup" in trial.error
    assert "The last trial of a restore failed" in describe_trouble(at=at)


def test_due_once_a_night_at_its_hour(at):
    ask_for_due(at=at - timedelta(hours=2))
    assert not BackupRun.objects.exists()
    for _ in range(2):
        ask_for_due(at=at)
    assert BackupRun.objects.count() == 1
    BackupRun.objects.update(finished_at=at, error="No")
    for _ in range(5):
        ask_for_due(at=at)
        BackupRun.objects.update(finished_at=at, error="No")
    assert BackupRun.objects.count() == 3
    BackupSchedule.objects.create(active=False)
    ask_for_due(at=at + timedelta(days=1))
    assert BackupRun.objects.count() == 3


def test_the_surplus_goes_and_what_others_put_there_stays(at):
    for number in range(5):
        made(at + timedelta(minutes=number), name=f"{number}.tar")
    (backups_folder() / "mine.tar").write_text("by hand")
    runs.delete_surplus(keep=2)
    assert sorted(path.name for path in backups_folder().iterdir()) == ["3.tar", "4.tar", "mine.tar"]
    assert BackupRun.objects.exclude(file="").count() == 2


def test_a_full_disk_is_said_in_words(at, monkeypatch):
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runs, "backup", full)
    run_backups(clock=lambda: at)
    assert "The disk of the backups is full" in describe_trouble(at=at)
    monkeypatch.setattr(runs, "backup", lambda *_, **__: _raise(BackupError("pg_dump failed: No space left on device")))
    BackupRun.objects.all().delete()
    run_backups(clock=lambda: at)
    assert "The disk of the backups is full" in describe_trouble(at=at)


def _raise(error):
    raise error


def test_a_run_of_a_worker_that_died_is_ended(at, monkeypatch):
    monkeypatch.setattr(runs, "backup", lambda *_, **__: 5)
    BackupRun.objects.create(kind="backup", asked_at=at, begun_at=at)
    run_backups(clock=lambda: at)
    dead, again = BackupRun.objects.order_by("pk")[:2]
    assert "interrupted" in dead.error_message
    assert again.is_good


def test_administrators_are_told_once_a_day(at, admin, manager):
    assert notify_of_trouble(at=at) == 0
    made(at - timedelta(days=3))
    assert describe_trouble(at=at) == "The last backup is older than two days."
    assert notify_of_trouble(at=at) == 1
    assert notify_of_trouble(at=at) == 0
    news = Notification.objects.get()
    assert (news.user, news.text) == (admin, "The last backup is older than two days.")
    answer = signed_in(admin).get(reverse("notification", args=[news.pk]))
    assert answer.url == reverse("backups")
    BackupSchedule.objects.create(active=False)
    assert describe_trouble(at=at) == ""


def test_the_page_says_what_there_is(admins_desk, at):
    page = admins_desk.get(reverse("backups")).content.decode()
    assert "There is none yet" in page
    run = made(timezone.now(), name="last.tar")
    made(timezone.now(), "trial", name="last.tar")
    BackupRun.objects.filter(kind="trial").update(counts={"customers": 7, "entries": 8, "files": 9, "staff": 2})
    page = admins_desk.get(reverse("backups")).content.decode()
    assert "It holds 7 customers, 8 entries, 2 colleagues and 9 files." in page
    assert reverse("backup_file", args=[run.pk]) in page
    assert "0 minutes" in page.replace("\xa0", " ")


def test_a_download_asks_for_the_password_and_is_logged(admin, admins_desk, at):
    run = made(at, name="last.tar")
    url = reverse("backup_file", args=[run.pk])
    assert signed_in(admin).get(url).url.startswith("/accounts/reauthenticate/")
    assert b"".join(admins_desk.get(url)) == b"backup"
    assert AuditRecord.objects.get(kind=Kind.EXPORT).about == "last.tar"
    (backups_folder() / "last.tar").unlink()
    assert admins_desk.get(url).status_code == 404


def test_asked_for_by_hand(admins_desk, admin):
    for _ in range(2):
        admins_desk.post(reverse("new_backup"), {"kind": "trial"})
    assert BackupRun.objects.get().by == admin
    assert admins_desk.post(reverse("new_backup"), {"kind": "x"}).status_code == 404


def test_the_schedule_is_changed_and_logged(admins_desk):
    given = {"active": "on", "hour": 5, "keep": 10}
    admins_desk.post(reverse("backups"), given)
    assert (BackupSchedule.current().hour, BackupSchedule.current().keep) == (5, 10)
    assert AuditRecord.objects.get(kind=Kind.SETTING).facts["keep"] == {"from": 7, "to": 10}
    assert admins_desk.post(reverse("backups"), {**given, "hour": 24}).status_code == 422
    assert admins_desk.post(reverse("backups"), {**given, "keep": 0}).status_code == 422


def test_until_when_backups_hold_what_was_erased(firm, at):
    assert gone_by(at=at) == firm.local_date(at) + timedelta(days=8)
    BackupSchedule.objects.create(active=False)
    assert gone_by(at=at) is None
    assert not Erasure.objects.exists()


def test_managers_may_not(managers_desk):
    assert managers_desk.get(reverse("backups")).status_code == 403
    assert managers_desk.post(reverse("new_backup")).status_code == 403
