"""A real Chromium. `page` is a fresh window, 1440 by 900, that fails its test on a script error; `server` the app."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, sync_playwright

NO_CHROMIUM = (
    "no Chromium was found. Get one with `apt install chromium` or `.venv/bin/playwright install chromium`,"
    " or say where it is with PARTNERSHIP_CHROMIUM=/path/to/chromium"
)
ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ANSWERED_WITHIN = 20  # seconds, after the browser has gone
ARGUMENTS += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]


def chromium_path(playwright: Playwright) -> str | None:
    named = os.environ.get("PARTNERSHIP_CHROMIUM")
    installed = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    own = playwright.chromium.executable_path
    return named or next(filter(None, installed), own if Path(own).exists() else None)


class Requests:
    """How many requests the server is answering now: in threads of its own, unlike those of Django's test client."""

    def __init__(self) -> None:
        self.open = 0
        self.changed = threading.Condition()
        request_started.connect(self.started)
        request_finished.connect(self.finished)

    def started(self, **signal: Any) -> None:
        self.count(1)

    def finished(self, **signal: Any) -> None:
        self.count(-1)

    def count(self, change: int) -> None:
        if threading.current_thread() is threading.main_thread():
            return
        with self.changed:
            self.open += change
            self.changed.notify_all()

    def wait_for_the_last(self) -> None:
        """A request still writing and the emptying of the tables after the test would wait for each other's locks."""
        with self.changed:
            assert self.changed.wait_for(lambda: not self.open, ANSWERED_WITHIN), f"{self.open} requests never ended"


@pytest.fixture(scope="session")
def requests() -> Requests:
    return Requests()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in the tests' thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        path = chromium_path(playwright)
        if path is None and os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"Browser tests are required and {NO_CHROMIUM}")
        if path is None:
            pytest.skip(f"Not run: {NO_CHROMIUM}")
        sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium has no sandbox for root
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, requests: Requests) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # A form sent back with its errors, and a request that a newer one of the page replaced.
        is_expected = "status of 422" in message.text or message.text.startswith(
            ("htmx:sendAbort", "htmx:afterRequest")
        )
        if message.type == "error" and not is_expected:
            errors.append(f"console: {message.text} ({message.location.get('url')})")

    def on_error(error: Error) -> None:
        errors.append(f"uncaught: {error}")

    page.on("console", on_console)
    page.on("pageerror", on_error)
    yield page
    context.close()
    requests.wait_for_the_last()
    assert not errors, "The page had errors:\n" + "\n".join(errors)


@pytest.fixture
def server(live_server: Any) -> Any:
    """The app in this process, with its static files; `server.url` is its address."""
    return live_server


@pytest.fixture
def signed_in(page: Page, server: Any) -> Callable[[Any], Page]:
    """signed_in(user) → the page, signed in as that user without the form."""

    def sign_in(user: Any) -> Page:
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server.url}])
        return page

    return sign_in
