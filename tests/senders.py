"""Browsers without a screen, which sign in on a stack, read pages and send forms, and note what was acknowledged."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from threading import Event, Thread
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from tests.processes import Stack

SAM, PASSWORD = "sam@firm.example", "two-sides-make-a-promise"

PREPARE = f"""
from customers.models import Customer
from partnership.staff.models import Firm, User
Firm.objects.create(name="Firm")
User.objects.create_superuser("{SAM}", "{PASSWORD}", name="Sam")
print(*(Customer.objects.create(name=f"Customer {{number}}").pk for number in range(3)))
"""


def prepare(stack: Stack) -> list[str]:
    """Set up the firm, Sam who administers it, and three customers, whose keys are returned."""
    return re.findall(r"^\d+ \d+ \d+$", stack.manage("shell", "--verbosity=0", "-c", PREPARE), re.M)[-1].split()


class Sender:
    """A browser that logs call after call and notes those that the page confirmed."""

    def __init__(self, url: str, name: str = "Sam") -> None:
        self.url, self.name = url, name
        self.jar = CookieJar()
        self.browser: OpenerDirector = build_opener(HTTPCookieProcessor(self.jar))
        self.acknowledged: list[str] = []
        self.failures = 0
        self.done = Event()

    def sign_in(self) -> None:
        self.get("/accounts/login/")
        with self.post("/accounts/login/", login=SAM, password=PASSWORD) as page:
            assert not page.url.endswith("/login/"), "not signed in"

    def get(self, path: str, *, timeout: float = 10) -> tuple[int, str]:
        """The status and the text of a page; raises OSError when there is no answer in time."""
        try:
            with self.browser.open(f"{self.url}{path}", timeout=timeout) as page:
                return page.status, page.read().decode()
        except HTTPError as answer:
            return answer.code, answer.read().decode()

    def health(self, *, timeout: float = 10) -> tuple[int, dict[str, bool]]:
        status, text = self.get("/healthz", timeout=timeout)
        return status, json.loads(text)

    def post(self, path: str, **fields: str) -> HTTPResponse:
        token = next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")
        form = urlencode({**fields, "csrfmiddlewaretoken": token or ""}).encode()
        answer: HTTPResponse = self.browser.open(Request(f"{self.url}{path}", form, {"Referer": self.url}), timeout=10)
        return answer

    def keep_sending(self, customers: list[str]) -> None:
        number = 0
        while not self.done.is_set():
            number += 1
            text = f"{self.name} call {number}"
            try:
                pk = customers[number % len(customers)]
                self.post(f"/customers/{pk}/calls/", direction="inbound", body=text).close()
            except (HTTPError, URLError, OSError):
                self.failures += 1
                self.done.wait(0.05)
            else:
                self.acknowledged.append(text)


@contextmanager
def sending(senders: list[Sender], customers: list[str]) -> Iterator[None]:
    threads = [Thread(target=sender.keep_sending, args=[customers]) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for sender in senders:
            sender.done.set()
        for thread in threads:
            thread.join(30)
