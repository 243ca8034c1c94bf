"""A real OpenID Connect provider on this machine, as a process of its own."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest
from django.test import Client

from tests.processes import free_port, stop, wait_until

PEOPLE: list[dict[str, Any]] = [
    {"sub": "sam-1", "email": "Sam@ourfirm.example", "email_verified": True, "name": "Sam Rivera"},
    {"sub": "sam-unverified", "email": "sam@ourfirm.example", "email_verified": False},
    {"sub": "sam-silent", "email": "sam@ourfirm.example"},
    {"sub": "mara-1", "email": "mara@ourfirm.example", "email_verified": True},
    {"sub": "ada-1", "email": "ada@ourfirm.example", "email_verified": True},
    {"sub": "stranger", "email": "stranger@elsewhere.example", "email_verified": True},
]


@pytest.fixture(scope="session")
def provider_process() -> Iterator[str]:
    """The provider's address."""
    port = free_port()
    claims = [word for person in PEOPLE for word in ("--user-claims", json.dumps(person))]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *claims], stderr=subprocess.DEVNULL
    )
    issuer = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            with urlopen(f"{issuer}/.well-known/openid-configuration", timeout=5):
                return True
        except (URLError, OSError):
            return False

    wait_until(answers, what="the identity provider answers")
    yield issuer
    stop(process)


def trust(settings: Any, issuer: str) -> None:
    """Set the product up as the environment would: OIDC_ISSUER and so on."""
    settings.OIDC_ISSUER, settings.OIDC_NAME, settings.OIDC_ID = issuer, "Firm ID", "firm-id"
    app = {
        "provider_id": "firm-id", "name": "Firm ID", "client_id": "partnership", "secret": "hush",
        "settings": {"server_url": issuer},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


@pytest.fixture
def provider(provider_process: str, settings: Any) -> str:
    trust(settings, provider_process)
    return provider_process


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_request: Any) -> None:
        return None


def at_provider(url: str, sub: str) -> str:
    """Choose a person at the provider, or "" to decline. Return the address that it leads back to."""
    form = {"sub": sub} if sub else {"action": "deny"}
    try:
        build_opener(_Stay).open(Request(url, data=urlencode(form).encode(), method="POST"), timeout=10)
    except URLError as answer:
        back = urlsplit(answer.headers["Location"])  # type: ignore[attr-defined]
        return f"{back.path}?{back.query}"
    raise AssertionError("the provider did not lead back")


def through(client: Client, sub: str, *, begin: str = "/accounts/oidc/firm-id/login/") -> Any:
    """Go from the sign-in to the provider and back as that person. Return our last answer."""
    there = client.get(begin)
    assert there.status_code == 302, there
    return client.get(at_provider(there.url, sub))


def messages_of(client: Client, url: str) -> str:
    return re.sub(r"\s+", " ", client.get(url).text)
