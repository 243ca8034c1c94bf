"""Every URL, asked as every role."""

import re
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from partnership.staff.access import LEAST_ROLE, PUBLIC_PAGES, is_exempt
from partnership.staff.models import ADMIN, MANAGER, SUPPORT
from tests.e2e.story import tell
from tests.factories import UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

HIGHER = {SUPPORT: [SUPPORT, MANAGER, ADMIN], MANAGER: [MANAGER, ADMIN], ADMIN: [ADMIN]}
ROLES_PAGE = Path(__file__).parents[3] / "docs/roles.md"
STAND_IN = {"pk": 1, "entry_pk": 1, "other_pk": 2, "of": "ours_missed", "tab": "notes", "name": "faces/a.png"}


def patterns(resolver=None, namespace=""):
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield one, namespace
        else:
            yield from patterns(one, one.namespace or namespace)


def url_of(asked: str) -> str:
    name, _, action = asked.partition(" ")
    [pattern] = {one for one, _ in patterns() if one.name == name}
    needed = pattern.pattern.converters
    given = {**STAND_IN, "action": action}
    return reverse(name, kwargs={key: given[key] for key in needed})


def test_the_table_names_every_page_and_no_other():
    ours = {one.name for one, namespace in patterns() if not is_exempt(namespace, one.name or "")}
    assert {asked.split(" ")[0] for asked in LEAST_ROLE} == ours
    assert {"welcome", "healthz"} == PUBLIC_PAGES


def test_the_docs_say_what_the_table_says():
    said = {}
    for line in ROLES_PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 5 and cells[1].startswith("`") and cells[1] != "`/admin/`":
            least = SUPPORT if not cells[2].startswith("no") else MANAGER if cells[3] == "yes" else ADMIN
            said.update(dict.fromkeys(re.findall(r"`([^`]+)`", cells[1]), least))
    assert said == LEAST_ROLE


@pytest.fixture
def desks(firm, sam):
    tell(sam=sam, today=timezone.localdate())
    everybody = {role: signed_in(UserFactory(role=role)) for role in (SUPPORT, MANAGER, ADMIN)}
    nobody = UserFactory()
    nobody.groups.clear()
    return {**everybody, None: signed_in(nobody)}


@pytest.mark.parametrize("asked", sorted(LEAST_ROLE))
def test_the_role_decides(desks, client, asked):
    """403 below the least role; above it whatever the page says, which may be that there is no such row."""
    url = url_of(asked)
    allowed = {role for role, desk in desks.items() if desk.get(url).status_code != 403}
    assert allowed == set(HIGHER[LEAST_ROLE[asked]])
    assert {role for role, desk in desks.items() if desk.post(url).status_code != 403} <= allowed
    response = client.get(url)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [SUPPORT, MANAGER, None])
def test_the_admin_is_not_for(desks, role):
    assert desks[role].get(reverse("admin:index")).status_code == 302


def test_whoever_has_no_role_is_told_so(desks):
    response = desks[None].get(reverse("focus"))
    assert response.status_code == 403
    assert "ask an admin" in response.content.decode()
