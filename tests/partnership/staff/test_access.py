"""Every URL, asked as every role: of what is there, of what is another's and restricted, of what is gone."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import URLPattern, get_resolver, reverse

from customers.models import Customer, Merge
from partnership.desk.merging.middleware import CUSTOMER_ROUTE
from partnership.staff.access import LEAST_ROLE, PUBLIC_PAGES, is_exempt
from partnership.staff.models import ADMIN, MANAGER, SUPPORT
from tests.everything import OF_NO_ROW, of_customer, pattern_of, tell_everything, url_of
from tests.factories import CustomerFactory, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

HIGHER = {SUPPORT: [SUPPORT, MANAGER, ADMIN], MANAGER: [MANAGER, ADMIN], ADMIN: [ADMIN]}
ROLES_PAGE = Path(__file__).parents[3] / "docs/roles.md"
NOBODYS = {
    "pk": 10**9,
    "new_pk": 10**9,
    "entry_pk": 10**9,
    "other_pk": 10**9,
    "reply_pk": 10**9,
    "of": "nothing",
    "whose": "nobody",
    "name": "faces/none.png",
}
"""In place of the key of a row: no row has it."""
WITH_KEY = sorted(asked for asked in LEAST_ROLE if pattern_of(asked).pattern.converters.keys() & NOBODYS.keys())
OF_A_CUSTOMER = sorted(asked for asked in LEAST_ROLE if str(pattern_of(asked).pattern).startswith(CUSTOMER_ROUTE))


def patterns(resolver=None, namespace=""):
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield one, namespace
        else:
            yield from patterns(one, one.namespace or namespace)


def test_the_table_names_every_page_and_no_other():
    ours = {one.name for one, namespace in patterns() if not is_exempt(namespace, one.name or "")}
    assert {asked.split(" ")[0] for asked in LEAST_ROLE} == ours
    assert {"welcome", "healthz", "invitation", "accent_css"} == PUBLIC_PAGES


def test_the_docs_say_what_the_table_says():
    said = {}
    for line in ROLES_PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 5 and cells[1].startswith("`") and cells[1] != "`/admin/`":
            least = SUPPORT if not cells[2].startswith("no") else MANAGER if cells[3] == "yes" else ADMIN
            said.update(dict.fromkeys(re.findall(r"`([^`]+)`", cells[1]), least))
    assert said == LEAST_ROLE


@pytest.fixture
def told(sam, manager, told_once, settings, media_of_stories):
    """Everything of a customer of Sam's, and of one who is restricted and whom he had to do with."""
    settings.MEDIA_ROOT = media_of_stories

    def tell():
        ours = tell_everything(CustomerFactory(owner=sam), by=sam, colleague=UserFactory())
        secret = tell_everything(CustomerFactory(owner=sam), by=manager, colleague=UserFactory(), viewer=sam)
        Customer.objects.filter(pk=secret.customer.pk).update(restricted=True, owner=manager)
        return ours, secret

    return told_once("access", tell)


@pytest.fixture
def answers(sam, told):
    """answers(url, role) → what Sam is answered in that role to GET and to POST; what POST does is undone."""
    desk = signed_in(sam)
    UserFactory(role=ADMIN)  # who stays when Sam is none any more
    fields = {
        "tab": "notes",
        "customer": told[0].keys["customers/"]["other_pk"],
    }

    def ask(url, role):
        sam.groups.set(Group.objects.filter(name=role))
        found = []
        for ask_by in (lambda: desk.get(url), lambda: desk.post(url, fields)):
            with transaction.atomic():
                response = ask_by()
                found.append(response.status_code)
                if response.streaming:  # a file is read to its end, which closes it
                    response.getvalue()
                transaction.set_rollback(True)
        return found

    return ask


@pytest.mark.parametrize("asked", sorted(LEAST_ROLE))
def test_the_role_decides(told, answers, client, asked):
    """403 below the least role; above it the row is there."""
    url = url_of(asked, told[0])
    for role in (None, SUPPORT, MANAGER, ADMIN):
        got = answers(url, role)
        if role in HIGHER[LEAST_ROLE[asked]]:
            assert not {403, 404} & set(got), f"{role}: {got}"
            assert set(got) != {405}
        else:
            assert got == [403, 403], role
    response = client.get(url)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_whoever_is_restricted_is_there_for_managers(told, answers):
    for asked, url in of_customer(told[1]).items():
        allowed = HIGHER[LEAST_ROLE[asked]]
        hidden = answers(url, SUPPORT)
        assert set(hidden) <= {404, 405} if SUPPORT in allowed else hidden == [403, 403], asked
        assert set(hidden) != {405}, asked
        for role in [role for role in (MANAGER, ADMIN) if role in allowed]:
            assert not {403, 404} & set(answers(url, role)), (asked, role)


@pytest.mark.parametrize("asked", WITH_KEY)
def test_what_is_gone_is_not_found(told, answers, asked):
    pattern = pattern_of(asked)
    given = {**pattern.pattern.converters, **NOBODYS, **OF_NO_ROW, "tab": "notes"}
    url = reverse(pattern.name, kwargs={key: given[key] for key in pattern.pattern.converters})
    for role in (None, SUPPORT, MANAGER, ADMIN):
        got = answers(url, role)
        if role in HIGHER[LEAST_ROLE[asked]]:
            assert set(got) in ({404}, {404, 405}), f"{role}: {got}"
        else:
            assert got == [403, 403], role


@pytest.mark.parametrize("asked", OF_A_CUSTOMER)
def test_whoever_was_merged_leads_to_the_survivor(told, answers, asked):
    keys = told[0].keys
    absorbed = Merge.objects.get(**keys["merges/"]).absorbed_id
    url = url_of(asked, told[0]).replace(f"customers/{told[0].customer.pk}/", f"customers/{absorbed}/", 1)
    least = LEAST_ROLE[asked]
    get, post = answers(url, least)
    assert get in (302, 405)
    assert post in (404, 405)
    assert {get, post} != {405}
    if least != SUPPORT:
        assert answers(url, SUPPORT) == [403, 403]


@pytest.mark.parametrize("role", [SUPPORT, MANAGER, None])
def test_the_admin_is_not_for(sam, desk, role):
    sam.groups.set(Group.objects.filter(name=role))
    assert desk.get(reverse("admin:index")).status_code == 302
