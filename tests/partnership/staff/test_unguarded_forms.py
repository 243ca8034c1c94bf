"""A form without the token that guards it is refused, and nothing that was typed is lost."""

import re

import pytest
from django.test import Client

from interactions.models import Interaction
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

TYPED = {"body": "She likes <tea> and long walks."}


@pytest.fixture
def browser(sam):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(sam)
    return browser


@pytest.fixture
def url():
    return f"{CustomerFactory().get_absolute_url()}notes/"


def test_what_was_typed_on_our_page_can_be_sent_again(browser, url):
    answer = browser.post(url, TYPED, headers={"Origin": "http://testserver"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "This form had expired" in page
    assert "She likes &lt;tea&gt; and long walks." in page
    assert f'action="{url}"' in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    assert browser.post(url, {**TYPED, "csrfmiddlewaretoken": token}).status_code == 302
    assert Interaction.objects.get().body == TYPED["body"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_what_another_site_sends_is_not_shown(browser, url, headers):
    answer = browser.post(url, TYPED, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "allow cookies for this address" in page
    assert "long walks" not in page


def test_passwords_are_never_shown(client, firm):
    browser = Client(enforce_csrf_checks=True)
    given = {"login": "sam@ourfirm.example", "password": "hush"}
    answer = browser.post("/accounts/login/", given, headers={"Origin": "http://testserver"})
    assert answer.status_code == 403
    assert "hush" not in answer.content.decode()
