"""A firm with a small story, served to a real browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from partnership.focus.refreshing import refresh_all
from tests.browser import Requests
from tests.e2e.story import Story, tell_and_score
from tests.factories import FirmFactory, UserFactory


def tell_and_rank() -> Story:
    FirmFactory()
    with transaction.atomic():
        told = tell_and_score(UserFactory(name="Sam Rivera", email="sam@ourfirm.example"))
    refresh_all(at=timezone.now())
    return told


@pytest.fixture
def story(server: Any, told_once: Callable[..., Story]) -> Story:
    return told_once("browser", tell_and_rank)


@pytest.fixture
def desk(story: Story, signed_in: Callable[[Any], Page]) -> Page:
    """A page of the browser, signed in as Sam."""
    return signed_in(story.sam)


@pytest.fixture
def elsewhere(browser: Browser, server: Any, requests: Requests) -> Iterator[Callable[..., Page]]:
    """elsewhere(user, **options of the window) → a page of another browser, signed in as that user."""
    contexts = []

    def open_for(user: Any, **options: Any) -> Page:
        client = Client()
        client.force_login(user)
        context = browser.new_context(base_url=server.url, **options)
        contexts.append(context)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server.url}])
        context.set_default_timeout(10_000)
        return context.new_page()

    yield open_for
    for context in contexts:
        context.close()
    requests.wait_for_the_last()
