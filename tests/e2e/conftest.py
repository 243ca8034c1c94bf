"""A firm with a small story, served to a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page

from partnership.scoring.rescoring import rescore_all
from tests.e2e.story import Story, tell
from tests.factories import FirmFactory, UserFactory


@pytest.fixture
def story(server: Any) -> Story:
    FirmFactory()
    sam = UserFactory(name="Sam Rivera", email="sam@ourfirm.example")
    with transaction.atomic():
        told = tell(sam=sam, today=timezone.localdate())
    rescore_all(at=timezone.now())
    return told


@pytest.fixture
def desk(story: Story, signed_in: Callable[[Any], Page]) -> Page:
    """A page of the browser, signed in as Sam."""
    return signed_in(story.sam)
