"""The firm's log: what writes into it, past every code path, and that nothing takes a line back."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from interactions.imports.importers.staff import StaffImporter
from partnership.staff.audit_log import Kind, record, reference
from partnership.staff.audit_log.exports import logged_csv
from partnership.staff.models import AuditRecord, Firm, User
from tests.factories import PASSWORD, CustomerFactory, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


def newest(kind: str) -> AuditRecord:
    found = AuditRecord.objects.filter(kind=kind).first()
    assert found, kind
    return found


@pytest.fixture
def admin(firm):
    return UserFactory(admin=True, role="admin", name="Ada Admin")


@pytest.fixture
def admins(admin):
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.post(LOGIN, {"login": admin.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.mark.parametrize("write", [
    lambda line: AuditRecord.objects.filter(pk=line.pk).update(about="nothing"),
    lambda line: AuditRecord.objects.all().delete(),
    lambda line: line.delete(),
    lambda line: connection.cursor().execute("DELETE FROM staff_auditrecord"),
])  # fmt: skip
def test_a_line_stays_as_it_was_written(sam, write):
    line = record(Kind.BACKUP, by=sam, about="nightly", facts={"what": "database"})
    with pytest.raises(ProgrammingError), transaction.atomic():
        write(line)
    assert AuditRecord.objects.get(pk=line.pk).about == "nightly"


def test_signing_in_and_out(sam):
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.post(LOGIN, {"login": sam.email, "password": PASSWORD})
    line = newest(Kind.SIGN_IN)
    assert (line.by, line.by_name, line.address) == (sam, sam.name, "203.0.113.9")
    client.post("/accounts/logout/")
    assert newest(Kind.SIGN_OUT).by == sam


def test_whoever_was_refused(sam):
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.post(LOGIN, {"login": sam.email, "password": "my secret guess"})
    line = newest(Kind.FAILED_SIGN_IN)
    assert (line.by, line.about, line.about_ref) == (None, sam.name, reference(sam))
    assert line.address == "203.0.113.9"
    client.post(LOGIN, {"login": "nobody@evil.example", "password": "my secret guess"})
    assert newest(Kind.FAILED_SIGN_IN).about == "nobody@evil.example"
    kept = AuditRecord.objects.filter(kind=Kind.FAILED_SIGN_IN)
    assert all("secret" not in f"{one.about} {one.facts}" for one in kept)


def test_the_proxy_says_who_it_was(sam, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    client = Client(REMOTE_ADDR="10.1.2.3")
    client.post(LOGIN, {"login": sam.email, "password": "wrong"}, HTTP_X_FORWARDED_FOR="198.51.100.7")
    assert newest(Kind.FAILED_SIGN_IN).address == "198.51.100.7"


def import_roles(user):
    StaffImporter.give_roles(None, {user.pk: ["manager"]})


def by_the_table(user):
    through = User.groups.through
    through.objects.filter(user=user).delete()
    through.objects.bulk_create([through(user=user, group=Group.objects.get(name="manager"))])


@pytest.mark.parametrize("change", [
    lambda user: user.groups.set(Group.objects.filter(name="manager")),
    lambda user: (user.groups.clear(), user.groups.add(Group.objects.get(name="manager"))),
    lambda user: (Group.objects.get(name="manager").user_set.add(user),
                  Group.objects.get(name="support").user_set.remove(user)),
    by_the_table,
    import_roles,
])  # fmt: skip
def test_roles_on_every_path(sam, change):
    before = AuditRecord.objects.filter(kind=Kind.ROLE).count()
    change(sam)
    lines = AuditRecord.objects.filter(kind=Kind.ROLE)[: AuditRecord.objects.filter(kind=Kind.ROLE).count() - before]
    facts = {key: value for line in lines for key, value in line.facts.items()}
    assert facts == {"role_given": "manager", "role_taken": "support"}
    assert {line.about for line in lines} == {sam.name}


def test_rights_on_every_path(sam):
    User.objects.filter(pk=sam.pk).update(is_active=False, is_superuser=True, email="other@ourfirm.example")
    about_sam = AuditRecord.objects.filter(about_ref=reference(sam))
    lines = {line.kind: line.facts for line in about_sam.order_by("at", "id")}
    assert lines[Kind.DISABLED] == {}
    assert lines[Kind.ADDRESS] == {"email": {"from": "sam@ourfirm.example", "to": "other@ourfirm.example"}}
    assert lines[Kind.ROLE] == {"is_superuser": {"from": False, "to": True}}
    User.objects.filter(pk=sam.pk).update(is_active=True)
    assert newest(Kind.ENABLED).about == sam.name


def test_who_was_added(sam):
    line = AuditRecord.objects.filter(kind=Kind.ADDED, about_ref=reference(sam)).get()
    assert line.facts == {"email": sam.email}


def test_what_an_admin_does_names_them_and_where_they_sat(admin, admins, sam):
    response = admins.post(reverse("person_role", args=[sam.pk]), {"role": "manager"})
    assert response.status_code == 302, response.text
    line = newest(Kind.ROLE)
    assert (line.by, line.by_name, line.address) == (admin, "Ada Admin", "203.0.113.9")


def test_a_password_that_was_set(admin, admins, sam):
    new = "a-long-and-new-password"
    admins.post(reverse("admin:auth_user_password_change", args=[sam.pk]), {"password1": "short", "password2": "x"})
    assert not AuditRecord.objects.filter(kind=Kind.PASSWORD).exists()
    admins.post(reverse("admin:auth_user_password_change", args=[sam.pk]), {"password1": new, "password2": new})
    line = newest(Kind.PASSWORD)
    assert (line.by, line.about) == (admin, sam.name)
    assert new not in str(vars(line))


def test_settings_say_from_what_to_what(firm):
    Firm.objects.update(name="Another Firm", nudge_ceiling=5)
    line = newest(Kind.SETTING)
    assert line.facts == {
        "name": {"from": "Our Firm", "to": "Another Firm"},
        "nudge_ceiling": {"from": 2, "to": 5},
    }


def test_an_export_names_its_filter_and_counts_its_rows(sam, manager):
    ada = CustomerFactory()
    CustomerFactory()
    client = signed_in(sam)
    client.post(reverse("bulk_export"), {"everyone": "on", "query": "tag=cohort"}).content  # noqa: B018
    assert not AuditRecord.objects.filter(kind=Kind.EXPORT).exists(), "nobody is tagged so"
    response = client.post(reverse("bulk_export"), {"everyone": "on", "query": "lifecycle=active"})
    response.getvalue()
    line = newest(Kind.EXPORT)
    assert (line.by, line.about, line.facts) == (sam, "customers.csv", {"rows": 2, "filter": "lifecycle=active"})
    response = signed_in(manager).post(reverse("bulk_history"), {"pk": [ada.pk]})
    response.getvalue()
    line = newest(Kind.EXPORT)
    assert (line.by, line.about) == (manager, "history.jsonl.gz")
    assert line.facts == {"rows": 1, "filter": f"pk={ada.pk}"}


def test_an_export_on_the_server(sam, tmp_path):
    ada = CustomerFactory(owner=sam)
    call_command("export_history", str(tmp_path / "all.jsonl"), stdout=StringIO())
    line = newest(Kind.EXPORT)
    assert (line.by, line.about) == (None, "all.jsonl")
    assert line.facts["rows"] >= 2
    call_command("export_history", "--customer", ada.ref, "--", str(tmp_path / "one.jsonl"), stdout=StringIO())
    assert newest(Kind.EXPORT).facts["customers"] == 1


@pytest.mark.parametrize(("name", "args", "query"), [
    ("health_rows", ["ours_missed"], "csv=1"),
    ("health_customers", [], "csv=1"),
    ("health_renewals", [], "csv=1"),
    ("health_network", [], "table=network"),
    ("health", [], "table=portfolio"),
    ("health_colleague_rows", ["nobody", "waiting"], "csv=1"),
])  # fmt: skip
def test_every_file_of_health(managers_desk, manager, name, args, query):
    response = managers_desk.get(f"{reverse(name, args=args)}?{query}&tag=cohort")
    assert response.headers["Content-Type"].startswith("text/csv")
    response.getvalue()
    line = newest(Kind.EXPORT)
    assert line.by == manager
    assert "tag=cohort" in line.facts["filter"]
    assert isinstance(line.facts["rows"], int)


def test_a_file_that_was_not_read_to_its_end(sam, rf):
    request = rf.get("/", {"tag": "cohort"})
    request.user = sam
    content = logged_csv(request, "half", ["head"], ([number] for number in range(10_000))).streaming_content
    next(content), next(content)
    del content
    line = newest(Kind.EXPORT)
    assert (line.by, line.about) == (sam, "half.csv")
    assert 0 < line.facts["rows"] < 10_000
