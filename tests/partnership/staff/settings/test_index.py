"""One index by task: every page of it opens, marks itself in the list, and no table of the admin is left out."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.urls import reverse

from partnership.staff.settings.index import RECORD_GROUPS, TASKS, current_page
from tests.factories import PASSWORD, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db
PAGES = [page for task in TASKS for page in task.pages]


@pytest.fixture
def admins(firm):
    client = signed_in(UserFactory(role="admin", is_staff=True))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def text_of(response):
    return unescape(response.content.decode())


def marked_in(html):
    """What the list of settings marks as open."""
    [nav] = re.findall(r'<nav class="settings-nav".*?</nav>', html, re.DOTALL)
    return [" ".join(text.split()) for text in re.findall(r'aria-current="\w+">(.*?)</a>', nav, re.DOTALL)]


def test_the_admin_begins_with_the_tasks(admins):
    html = text_of(admins.get("/admin/"))
    for task in TASKS:
        assert str(task.title) in html
        for page in task.pages:
            assert f'href="{page.url}"' in html
            assert str(page.purpose) in html
    assert "/admin/customers/customerevent/" not in html


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.url_name)
def test_each_page_opens_and_is_marked_in_the_list(admins, page):
    response = admins.get(page.url)
    assert response.status_code == 200
    assert marked_in(text_of(response)) == [str(page.title)]


def test_a_page_below_another_is_marked_as_that_one(admins):
    html = text_of(admins.get(reverse("admin:staff_department_add")))
    assert marked_in(html) == ["Departments"]


def test_a_table_that_is_no_page_of_its_own_is_one_of_the_raw_records(admins):
    html = text_of(admins.get(reverse("admin:customers_customer_changelist")))
    assert marked_in(html) == ["Raw records"]


def test_no_page_claims_the_index(admins):
    assert current_page("/admin/") is None
    assert current_page("/settings/") is None


def test_settings_lead_to_the_one_index(admins):
    response = admins.get("/settings/")
    assert response.status_code == 302
    assert response.url == "/admin/"


def test_an_admin_without_the_mark_sees_what_they_may_open(firm):
    client = signed_in(UserFactory(role="admin", is_staff=False))
    html = text_of(client.get("/settings/"))
    assert reverse("settings_records") in html
    assert "/admin/staff/" not in html
    assert "may open the admin" in text_of(client.get("/settings/records/"))


def test_every_table_is_in_a_group_or_in_the_log(admins):
    named = [label for group in RECORD_GROUPS for label in group.labels]
    assert len(named) == len(set(named))
    tables = {model._meta.label for model in admin.site._registry if not hasattr(model, "pgh_tracked_model")}
    assert tables == set(named)


def test_every_table_is_reached_from_the_raw_records(firm):
    html = text_of(signed_in(UserFactory(admin=True)).get("/settings/records/"))
    for model in admin.site._registry:
        assert reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") in html
    assert "Other records" not in html
    assert "changes: " not in html


def test_the_admin_wears_our_header_and_not_the_list_of_all_models(admins):
    html = text_of(admins.get(reverse("admin:customers_customer_changelist")))
    assert '<header class="top">' in html
    assert 'id="nav-sidebar"' not in html
    assert 'id="user-tools"' not in html
    assert "global-search" not in html


def test_the_tables_of_one_part_are_listed(admins):
    html = text_of(admins.get("/admin/staff/"))
    assert reverse("admin:staff_department_changelist") in html
    assert "/admin/customers/customer/" not in html
