"""Every parameter of every URL is tried with odd values: what cannot be read is refused in words, never a stumble.

In the suite each URL meets some of the values, all of them over the URLs; nightly each meets all.
"""

import logging
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from urllib.parse import quote

import pytest
from django.contrib.admin import site
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from hypothesis import settings as examples

from partnership import settings
from partnership.desk.composer.tabs import LINE_TABS, MORE_TABS
from partnership.ops.requests import BadRequestFilter
from tests.everything import every_url, tell_everything
from tests.factories import CustomerFactory, OrganisationFactory, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.hypothesis]

IS_NIGHTLY = examples.get_current_profile_name() == "nightly"
PARTS = 6

ODD = [
    # Nothing, space and signs of languages that are put together from text.
    "", " ", "\n\r\t", "'", '"', "''", "o'neill", "\\", "\\'", "%", "%s", "%(a)s", "{}", "{{ 7*7 }}", "--", ";", "*",
    "1;DROP TABLE x", "' OR 1=1", "' & !! <-> :* \\", "tag:'", "=cmd()", "<script>", "<b>", "&a=1", "[", "[]",
    '{"a": 1}', "../../etc/passwd", "http://[", "//evil.example", "javascript:alert(1)", "a:b", ":", "@", "@[", "a@[1]",
    # Characters.
    "a\0b", "\x1b[31m", "\x7f", "\u2028", "\ufeff", "\u202e", "\U0001f600\ue000\ue001", "e\u0301", "a" * 10_000,
    "[" * 3000, "\U0001f600" * 300, "日本", "ﷺ",
    # Numbers.
    "0", "-0", "1", "-1", "1.5", "1,5", "1_000", "0x10", "²", "½", "٣", "１", "1e400", "1e-400", "NaN", "-Infinity",
    "9" * 18, "9" * 30, "9" * 5000, str(2**31), str(2**63), str(-(2**63) - 1), "None", "true", "null",
    # Days and moments.
    "0001-01-01", "0002-01-01", "9998-12-31", "9999-12-31", "2024-02-30", "0001-01-01T00:00", "9999-12-31T23:59",
    "0002-01-01T00:00", "2024-01-01T00:00:00-23:00", "2024-13-01T25:00", "24:00", "2024-W01", "01.01.0001",
    # Places in lists.
    ",", "-,1", "1,1", "a,b", "rank,1", f"-,{'9' * 30}", f"2024-01-01T00:00:00+00:00,{'9' * 30}",
    "2024-01-01T00:00:00-23:00,1", "2024-01-01T00:00:00+15:59:59.5,1", "2024-01-01T00:00:00,1",
    "0002-01-01T00:00:00+00:00,1", "9998-12-31T00:00:00+00:00,1", "NaN,1", "1e18/2024-01-01T00:00:00+00:00,1",
    # Other fields' values.
    "UTC", "Etc/../x", "en", "xx-XX-XX", "EUR", "email", "inbound", "talk", "name", "by-chat", "crm:1", "partnership:1",
]  # fmt: skip
RAW = ["%ED%A0%80", "%FF%FE", "%00", "%", "%u0041", "%2500", "a=b&a=c"]
"""As they stand in an address: half of a character, no text at all."""


@pytest.fixture
def asked_names(monkeypatch):
    """The names that the last requests asked of their parameters."""
    names: set[str] = set()

    def record(method, of):
        def recording(self, key, *rest, **more):
            if isinstance(key, str) and isinstance(self, QueryDict):
                names.add(key)
            return method(self, key, *rest, **more)

        monkeypatch.setattr(of, method.__name__, recording)

    record(MultiValueDict.__getitem__, MultiValueDict)
    record(MultiValueDict.getlist, MultiValueDict)
    record(dict.__contains__, MultiValueDict)
    return names


def some(values: list[str], number: int) -> Iterator[str]:
    """Those of the values that are tried on the URL of this number."""
    if IS_NIGHTLY:
        return iter(values)
    begin = number * 3 % len(values)
    return islice([*values[begin:], *values[:begin]], 3)


def stumbles(client: Client, method: str, url: str, values: dict[str, str] | str = "") -> bool:
    """Whether the server stumbles over it; nothing that it changes is kept."""
    with transaction.atomic():
        if method == "get":
            query = values if isinstance(values, str) else "&".join(f"{name}={quote(v)}" for name, v in values.items())
            response = client.get(f"{url}?{query}")
        else:
            response = client.post(url, values)
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    return response.status_code >= 500


def failures(client: Client, asked: set[str], urls: list[tuple[int, str]]) -> Iterator[str]:
    """Every parameter together and each by itself; which parameters there are, the first requests tell."""
    for number, url in urls:
        for method in ("get", "post"):
            asked.clear()
            if stumbles(client, method, url, {} if method == "post" else ""):
                yield f"{method} {url}"
            names = sorted(asked - {"csrfmiddlewaretoken"})
            for odd in some(ODD, number) if names else ():
                if stumbles(client, method, url, dict.fromkeys(names, odd)):
                    yield f"{method} {url} with {names} {odd[:60]!r}"
            alone = [(name, odd) for name in names for odd in ODD]
            for name, odd in alone if IS_NIGHTLY else alone[number % len(ODD) :: len(ODD)]:
                if stumbles(client, method, url, {name: odd}):
                    yield f"{method} {url} with {name} {odd[:60]!r}"
        for raw in RAW if IS_NIGHTLY else [RAW[number % len(RAW)]]:
            if stumbles(client, "get", url, f"{raw}={raw}&q={raw}&name={raw}"):
                yield f"get {url} with {raw}"


FOUND = [
    ("get", "/customers/{firm}/timeline/?q='", {}),
    ("get", "/customers/{firm}/timeline/?q=%25", {}),
    ("post", "/customers/{person}/promises/", {"preview": "x"}),
    ("post", "/customers/{person}/check-ins/", {"preview": "x"}),
    ("post", "/customers/{person}/evidence/", {"preview": "x"}),
    ("post", "/customers/{person}/standing/", {"initial-ref": "x"}),
    ("get", "/customers/{person}/history/?before=2024-01-01T00:00:00-23:00,1", {}),
    ("get", "/customers/{person}/history/?before=2024-01-01T00:00:00,1", {}),
    ("get", "/customers/{person}/timeline/?before=2024-01-01T00:00:00-23:00,1", {}),
    ("get", f"/customers/{{person}}/timeline/?before=2024-01-01T00:00:00%2B00:00,{'9' * 30}", {}),
    ("get", "/search/?tab=entries&q=word&after=0002-01-01T00:00:00%2B00:00,1", {}),
    ("get", "/search/?tab=entries&q=word&after=9998-12-31T00:00:00%2B00:00,1", {}),
]
"""Over which the server stumbled once."""


@pytest.mark.parametrize(("method", "url", "fields"), FOUND)
def test_what_was_found(manager, method, url, fields):
    firm = OrganisationFactory(owner=manager)
    person = CustomerFactory(owner=manager, organisation=firm)
    client = signed_in(manager)
    address = url.format(firm=firm.pk, person=person.pk)
    response = client.get(address) if method == "get" else client.post(address, fields)
    assert response.status_code in (200, 400, 422), response.status_code


@pytest.mark.parametrize("part", range(PARTS))
def test_every_url(manager, asked_names, part):
    customer = CustomerFactory(owner=manager, organisation=OrganisationFactory(owner=manager))
    told = tell_everything(customer, by=manager, colleague=UserFactory(), viewer=manager)
    urls = [url for asked, url in sorted(every_url(told).items())]
    urls += [f"/customers/{customer.organisation_id}/{page}" for page in ("", "timeline/", "about/")]
    urls += [f"/customers/{customer.pk}/{tab.name}/" for tab in [*LINE_TABS, *MORE_TABS]]
    client = signed_in(manager, hx_request="true")
    client.raise_request_exception = False
    assert not list(failures(client, asked_names, list(enumerate(urls))[part::PARTS]))


def test_every_list_of_the_admin(manager, asked_names):
    tell_everything(CustomerFactory(owner=manager), by=manager, colleague=UserFactory(), viewer=manager)
    client = signed_in(UserFactory(admin=True))
    client.raise_request_exception = False
    failed = []
    for number, model in enumerate(site._registry):
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        asked_names.clear()
        failed += [url] if stumbles(client, "get", url) else []
        for name in sorted({"all", "o", "p", "q", "e", "_facets", *asked_names}):
            tried = ["", "1", *some(ODD, number)]
            failed += [f"{url}?{name}={odd[:40]}" for odd in tried if stumbles(client, "get", url, {name: odd})]
    assert not failed


def test_no_row_has_a_key_beyond_bigint(manager):
    told = tell_everything(CustomerFactory(owner=manager), by=manager, colleague=UserFactory(), viewer=manager)
    client = signed_in(manager)
    client.raise_request_exception = False
    failed = []
    for key in (2**63, int("9" * 400)):
        huge = {route: dict.fromkeys(keys, key) for route, keys in told.keys.items() if "pk" in keys}
        told.keys |= {route: {**told.keys[route], **keys, "tab": "notes"} for route, keys in huge.items()}
        urls = {asked: url for asked, url in every_url(told).items() if str(key) in url}
        assert urls
        failed += [asked for asked, url in urls.items() if client.get(url).status_code not in (404, 405)]
    assert not failed


HEADERS = [
    {"content_type": "application/x-www-form-urlencoded; charset=idna"},
    {"content_type": "application/x-www-form-urlencoded; charset=base64"},
    {"content_type": "application/x-www-form-urlencoded; charset=utf-16"},
    {"content_type": "application/x-www-form-urlencoded; charset=nonsense"},
    {"content_type": "multipart/form-data"},
    {"content_type": "multipart/form-data; boundary=" + "x" * 300},
    {"content_type": "application/json"},
    {"HTTP_HX_CURRENT_URL": "http://["},
    {"HTTP_HX_CURRENT_URL": "http://%5B", "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": "true"},
    {"HTTP_REFERER": "http://["},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 1000 + ",de;q=nan"},
    {"HTTP_COOKIE": "sessionid=\x00; csrftoken=[["},
    {"HTTP_IF_MODIFIED_SINCE": "Mon, 99 Foo 0000 99:99:99 GMT"},
    {"HTTP_HOST": "["},
    {"HTTP_X_FORWARDED_FOR": "nonsense, ::1%eth0"},
]


@pytest.mark.parametrize("is_htmx", [False, True])
def test_odd_headers(manager, is_htmx):
    told = tell_everything(CustomerFactory(owner=manager), by=manager, colleague=UserFactory(), viewer=manager)
    urls = every_url(told)
    client = signed_in(manager, **({"hx_request": "true"} if is_htmx else {}))
    client.raise_request_exception = False
    failed = []
    for headers in HEADERS:
        for name in ("customer", "timeline", "conversation_closure", "outgoing_undo", "compose"):
            with transaction.atomic():
                given = {"content_type": "application/x-www-form-urlencoded", **headers}
                answers = [client.get(urls[name], **headers), client.generic("POST", urls[name], b"body=x", **given)]
                failed += [f"{name} with {headers}" for answer in answers if answer.status_code >= 500]
                transaction.set_rollback(True)
    assert not failed


def test_what_cannot_be_read_is_said_on_a_page_and_in_one_line(desk):
    """As production's handler writes it, which has the filter of settings.LOGGING."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(BadRequestFilter())
    logging.getLogger("django").addHandler(handler)
    try:
        responses = [
            desk.get("/customers/?q=a%00b"),
            desk.get("/notifications/?before=x"),
            desk.get("/customers/", headers={"Host": "not ours.example"}),
        ]
    finally:
        logging.getLogger("django").removeHandler(handler)
    assert [one.status_code for one in responses] == [400, 400, 400]
    assert all("can’t be read" in one.text for one in responses)
    assert len(written.getvalue().splitlines()) == 3, written.getvalue()
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["bad_requests"]
