"""Rules of retention: tried first, then applied every night."""

import os
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from interactions.actions.entries import edit_entry
from interactions.imports.history import import_records
from interactions.models import Attachment, Erasure, Interaction
from interactions.personal_data.worker import continue_erasures
from partnership.desk.models import RetentionRules, RetentionRun
from partnership.desk.retention.nightly import apply_retention
from partnership.desk.retention.terms import preview
from partnership.staff.audit_log import Kind, record
from partnership.staff.models import AuditRecord
from tests.everything import attach_picture
from tests.factories import PASSWORD, CustomerFactory, UserFactory, happens
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


LONG_AGO = timezone.now() - timedelta(days=5 * 366)


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def admins_desk(firm):
    client = signed_in(UserFactory(role="admin"))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def ended(name="Ada", *, lifecycle="ended", at=LONG_AGO) -> Customer:
    customer = CustomerFactory(name=name, lifecycle=lifecycle)
    Customer.objects.filter(pk=customer.pk).update(created_at=at)
    row = happens(customer, "call", at=at, body="Spoke at length", minutes=12, payload={"days_late": 2, "x": "words"})
    attach_picture(row)
    edit_entry(row, by=UserFactory(), body="Spoke briefly")
    return customer


def at_night(firm):
    return firm.start_of_day(firm.local_date(timezone.now())) + timedelta(hours=3)


def test_texts_and_files_of_ended_customers_expire(firm, settings):
    ada = ended()
    kept = [ended("Active", lifecycle="active"), ended("Lately", at=timezone.now() - timedelta(days=300))]
    RetentionRules.objects.create(texts_years=3, active=True)
    assert apply_retention(at=at_night(firm))
    continue_erasures(clock=timezone.now)
    row = ada.interactions.get()
    assert (row.body, row.minutes, row.kind, row.payload) == ("", 12, "call", {"days_late": 2})
    assert [event.body for event in Interaction.pgh_event_model.objects.filter(pgh_obj_id=row.pk)] == [""]
    ada.refresh_from_db()
    assert ada.name == "Ada"
    assert [one.interactions.get().body for one in kept] == ["Spoke briefly"] * 2
    assert Attachment.objects.count() == 2
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 2
    certificate = Erasure.objects.get()
    assert certificate.counts == {"customers": 1, "entries": 1, "files": 1, "refused_lines": 0}
    assert certificate.customer is None
    assert certificate.finished_at


def test_no_import_brings_expired_texts_back(firm):
    lines = [
        {"type": "customer", "ref": "crm:1", "name": "Ada", "lifecycle": "ended"},
        {"type": "interaction", "ref": "crm:2", "customer": "crm:1", "occurred_at": "2019-03-08T18:20:00Z",
         "channel": "call", "direction": "inbound", "kind": "call", "body": "Words"},
    ]  # fmt: skip
    import_records(lines, at=LONG_AGO)
    Customer.objects.update(created_at=LONG_AGO)
    RetentionRules.objects.create(texts_years=3, active=True)
    apply_retention(at=at_night(firm))
    continue_erasures(clock=timezone.now)
    summary = import_records(lines, at=timezone.now())
    assert summary.refused == 1
    assert summary.unchanged == {"customer": 1}
    assert [row.body for row in Interaction.objects.all()] == [""]


def test_files_and_lines_of_the_log_expire(firm, settings):
    for folder in ("refusals", "exports"):
        (settings.VAR_DIR / folder).mkdir()
        for name, age in (("old", 40), ("new", 3)):
            path = settings.VAR_DIR / folder / f"{name}.jsonl"
            path.write_text("x")
            stamp = (timezone.now() - timedelta(days=age)).timestamp()
            os.utime(path, (stamp, stamp))
    old = timezone.now() - timedelta(days=800)
    for kind in (Kind.EXPORT, Kind.SIGN_IN):
        for at in (old, timezone.now()):
            AuditRecord.objects.bulk_create([AuditRecord(kind=kind, at=at)])
    Session.objects.create(session_key="s", session_data="", expire_date=old)
    before = AuditRecord.objects.count()
    RetentionRules.objects.create(refusals_days=30, exports_days=30, log_years=2, sign_ins_days=90, active=True)
    found = {one.text for one in preview(RetentionRules.current(), at=timezone.now())}
    assert "1 file of lines that an import refused" in found
    assert "1 line of the firm's log" in found
    assert apply_retention(at=at_night(firm))
    assert sorted(path.name for path in settings.VAR_DIR.glob("*/*.jsonl")) == ["new.jsonl", "new.jsonl"]
    assert AuditRecord.objects.count() == before - 2 + 1
    assert AuditRecord.objects.get(kind=Kind.RETENTION).facts == {
        "refusals_days": 1, "exports_days": 1, "log_years": 1, "sign_ins_days": 1,
    }  # fmt: skip
    assert not Session.objects.exists()


def test_once_a_night_and_only_where_it_is_on(firm):
    rules = RetentionRules.objects.create(log_years=2)
    assert not apply_retention(at=at_night(firm))
    rules.active = True
    rules.save()
    assert not apply_retention(at=at_night(firm) - timedelta(hours=2))
    assert apply_retention(at=at_night(firm))
    assert not apply_retention(at=at_night(firm))
    assert RetentionRun.objects.get().finished_at


def test_a_night_that_was_killed_goes_on(firm):
    record(Kind.EXPORT, by=None)
    RetentionRules.objects.create(log_years=2, active=True)
    RetentionRun.objects.create(day=firm.local_date(at_night(firm)), begun_at=at_night(firm), counts={"texts_years": 7})
    assert apply_retention(at=at_night(firm))
    run = RetentionRun.objects.get()
    assert run.counts["texts_years"] == 7
    assert run.finished_at


def test_tried_first_then_switched_on(admins_desk):
    ada = ended("Ada Okafor")
    url = reverse("retention")
    assert "no term is set" in admins_desk.get(url).content.decode()
    page = admins_desk.post(url, {"texts_years": 3}, follow=True).content.decode()
    assert "Texts and files of 1 customer" in page
    assert f"{ada.get_absolute_url()}" in page
    assert not RetentionRules.current().active
    admins_desk.post(reverse("retention_switch"), {"on": 1})
    assert RetentionRules.current().active
    admins_desk.post(url, {"texts_years": 2})
    assert not RetentionRules.current().active
    logged = AuditRecord.objects.filter(kind=Kind.SETTING).order_by("pk")
    assert [one.facts for one in logged] == [
        {"texts_years": {"from": None, "to": 3}}, {"on": True}, {"texts_years": {"from": 3, "to": 2}},
    ]  # fmt: skip
    assert admins_desk.post(url, {"texts_years": 0}).status_code == 422
    assert ada.interactions.get().body == "Spoke briefly"


def test_switching_on_asks_for_the_password(firm):
    client = signed_in(UserFactory(role="admin"))
    RetentionRules.objects.create(log_years=2)
    answer = client.post(reverse("retention_switch"), {"on": 1})
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert not RetentionRules.current().active
    answer = client.post(answer.url, {"password": PASSWORD}, follow=True)
    assert answer.status_code == 200


def test_managers_may_not(managers_desk):
    assert managers_desk.get(reverse("retention")).status_code == 403
    assert managers_desk.post(reverse("retention_switch"), {"on": 1}).status_code == 403
