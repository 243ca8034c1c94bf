"""Real servers for every test: PostgreSQL and Redis in a folder of this run's own (tests/settings.py)."""

import os
from uuid import uuid4

import hypothesis
import pytest
from pytest_django import Settings

from partnership import embedded

pytest_plugins = ["tests.browser", "tests.processes"]

hypothesis.settings.register_profile("default", max_examples=100, deadline=None)
hypothesis.settings.register_profile("nightly", max_examples=1000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.collectonly:
        embedded.ensure()


@pytest.fixture(autouse=True)
def fresh_cache(settings: Settings) -> None:
    """Nothing that one test cached, counted or limited is seen by the next."""
    cache = settings.CACHES["default"]
    settings.CACHES = {"default": {**cache, "KEY_PREFIX": uuid4().hex}}
