"""The page of the firm's log: search, filters, pages and the file."""

from datetime import timedelta

import pytest
from django.urls import reverse

from partnership.staff.audit_log import Kind, record
from partnership.staff.models import AuditRecord
from tests.factories import UserFactory, firm_today
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

URL = "/settings/log/"


@pytest.fixture
def admin(firm):
    return UserFactory(role="admin", name="Ada Admin")


@pytest.fixture
def desk(admin):
    return signed_in(admin)


def titles(response):
    return [(line.kind, line.about) for line in response.context["lines"]]


def test_a_search_and_filters(desk, admin, sam):
    record(Kind.EXPORT, by=sam, about="customers.csv", facts={"rows": 3, "filter": "tag=Überflieger"})
    record(Kind.ERASURE, by=admin, about="Zoë Blum", facts={"reason": "They asked"})
    record(Kind.ROLE, by=admin, about=sam, facts={"role_given": "manager"})
    assert titles(desk.get(URL, {"q": "blum zoë"})) == [("erasure", "Zoë Blum")]
    assert titles(desk.get(URL, {"q": "überflieger"})) == [("export", "customers.csv")]
    assert titles(desk.get(URL, {"kind": "erasure"})) == [("erasure", "Zoë Blum")]
    by_and_about = titles(desk.get(URL, {"person": sam.pk}))
    assert ("export", "customers.csv") in by_and_about
    assert ("role", sam.name) in by_and_about
    assert ("erasure", "Zoë Blum") not in by_and_about
    today, tomorrow = firm_today(), firm_today() + timedelta(days=1)
    assert titles(desk.get(URL, {"since": today, "until": tomorrow, "kind": "erasure"}))
    assert titles(desk.get(URL, {"since": tomorrow})) == []
    assert "No lines match" in desk.get(URL, {"since": tomorrow}).text


def test_words_for_facts(desk, admin, sam):
    record(Kind.ROLE, by=admin, about=sam, facts={"role": {"from": "support", "to": "manager"}, "odd_thing": [1, None]})
    page = desk.get(URL).text
    for words in ("Role changed", "<del>Support</del>", "<ins>Manager</ins>", "Odd thing", "Ada Admin"):
        assert words in page


@pytest.mark.parametrize("facts", [[], "text", 5, {"a": {"from": 1}}, {"": {"from": [], "to": {}}}, {"x": 1.5e300}])
def test_whatever_stands_in_facts(desk, admin, facts):
    AuditRecord.objects.create(kind="unheard of", at=admin.joined_at, facts=facts)
    assert desk.get(URL).status_code == 200


@pytest.mark.parametrize(("asked", "status"), [
    ({"before": "nonsense"}, 400), ({"before": "2026-01-01T00:00:00+00:00,99999999999999999999"}, 400),
    ({"kind": "nothing"}, 422), ({"person": "x"}, 422), ({"since": "0001-01-01"}, 422), ({"until": "9999-12-31"}, 422),
    ({"since": "2026-02-02", "until": "2026-02-01"}, 422), ({"q": "a\0b"}, 400), ({"q": "x" * 201}, 422),
    ({"q": "%_\\"}, 200), ({"csv": "1", "kind": "nothing"}, 422), ({"before": "2026-01-01T00:00:00+00:00,1"}, 200),
])  # fmt: skip
def test_odd_values(desk, asked, status):
    assert desk.get(URL, asked).status_code == status


def test_pages_by_key(desk, admin, django_assert_max_num_queries):
    at = admin.joined_at
    AuditRecord.objects.bulk_create(
        AuditRecord(kind="backup", at=at - timedelta(minutes=number // 3), about=f"number {number}")
        for number in range(120)
    )
    url, seen = f"{URL}?kind=backup", []
    while url:
        with django_assert_max_num_queries(8):
            response = desk.get(url)
        seen += [line.about for line in response.context["lines"]]
        url = response.context["older"]
    assert sorted(seen) == sorted(f"number {number}" for number in range(120))
    assert len(seen) == len(set(seen))


def test_the_file(desk, admin, sam):
    record(Kind.ROLE, by=admin, about=sam, facts={"role": {"from": "support", "to": "manager"}})
    text = desk.get(URL, {"csv": 1, "kind": "role", "q": "Admin"}).getvalue().decode()
    assert f"Role changed,Ada Admin,{sam.name}" in text or f"role changed,Ada Admin,{sam.name}" in text
    assert "Role: Support → Manager" in text
    line = AuditRecord.objects.filter(kind=Kind.EXPORT).get()
    assert line.about == "log.csv"
    assert line.facts["filter"] == "q=Admin&kind=role"


def test_whoever_is_no_admin(manager):
    assert signed_in(manager).get(reverse("audit_log")).status_code == 403
