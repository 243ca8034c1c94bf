"""Nothing that somebody can put into an address or a form makes the server stumble."""

import re
from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.utils import timezone

from partnership.staff.access import LEAST_ROLE
from partnership.staff.models import SUPPORT
from tests.everything import every_url, tell_everything
from tests.factories import CustomerFactory, OrganisationFactory, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

ODD = {
    "nul": "a\0b",
    "huge": "9" * 30,
    "endless": "9" * 5000,
    "not a number": "²",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "first moment": "0001-01-01T00:00",
    "last moment": "9999-12-31T23:59",
    "infinite": "NaN",
    "tsquery": "' & !! <-> :* \\",
    "halves": "\U0001f600\ue000\ue001\u202e",
}
IN_FIELDS = {name: ODD[name] for name in ("nul", "endless", "not a number", "first moment", "last day", "infinite")}
"""What each field of a form is tried with."""

RAW = ["%ED%A0%80", "%FF%FE", "%00"]
"""As they stand in an address: half of a character, no text at all."""

MOMENTS = ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "2024-01-01T00:00:00", "NaN", "a\0b", "rank"]
PLACES = [f"{moment},{pk}" for moment in MOMENTS for pk in ("1", "9" * 30)] + [f"-,{'9' * 30}", "0001-01-01"]
PLACES += [f"{due}/{since},1" for due, since in (
    ("-1e18", "2024-01-01T00:00:00+00:00"), ("1e18", "2024-01-01T00:00:00+00:00"), ("NaN", "2024-01-01T00:00:00+00:00"),
    ("1", "0001-01-01T00:00:00+00:00"), ("1", "9999-12-31T23:59:59-23:00"),
)]  # fmt: skip

ASKED = {
    "customers": ["q", "tier", "owner", "tag", "lifecycle", "renews", "sort", "view", "after"],
    "new_saved_view": ["query", "view"],
    "search": ["q", "tab", "kind", "author", "from", "to"],
    "palette": ["q", "here"],
    "names": ["organisation_name", "introducer_name"],
    "tag_suggestions": ["tags", "tag"],
    "likely_duplicates": ["name", "email", "phone"],
    "colleagues": ["q"],
    "timeline": ["q", "from", "to", "day", "at", "thread", "person", "author", "goal", "rule", "kind", "keep"],
    "timeline_filters": ["person", "goal", "author", "from"],
    "customer": ["q", "day", "at"],
    "news": ["since", "state", "thread"],
    "compose": ["conversation", "q"],
    "conversation_move": ["q"],
    "entry": ["show"],
    "group_session": ["q", "tag", "person"],
    "group_session_people": ["q", "add"],
    "why": ["since", "as_of"],
    "why_json": ["since", "as_of"],
    "decision": ["answer"],
    "merge_choice": ["q"],
    "health_renewals": ["renews_from", "renews_to", "risk", "amount", "after"],
    "health_colleague_rows": ["after"],
}

POSTED = [
    "until", "user", "customer", "reason", "kind", "pinned", "words", "tab", "query", "view", "column", "name", "tags",
    "owner", "tag", "lifecycle", "value", "title", "why", "due_on", "what", "party", "goal", "ref", "body", "minutes",
    "happened", "via", "conversation", "subject", "person", "to", "summary", "into", "occurred_at", "pk", "digest",
    "verified", "everyone", "sure", "email", "phone", "choose", "signature", "away_from", "away_to", "cover",
    "renews_on", "renewal_amount",
]  # fmt: skip


@pytest.fixture
def urls(sam):
    customer = CustomerFactory(owner=sam, organisation=OrganisationFactory())
    return every_url(tell_everything(customer, by=sam, colleague=UserFactory(), viewer=sam))


def settles(response) -> bool:
    """Whatever it says, it is no stumble; a file is read to its end, which closes it."""
    if response.streaming:
        response.getvalue()
    return response.status_code < 500


@pytest.mark.parametrize("asked", ASKED)
def test_an_address_with_odd_words(desk, managers_desk, urls, asked):
    desk = desk if LEAST_ROLE[asked] == SUPPORT else managers_desk
    desk.raise_request_exception = False
    queries = [f"{name}={word}" for name in ASKED[asked] for word in [*map(quote, ODD.values()), *RAW]]
    failed = [query[:60] for query in queries if not settles(desk.get(f"{urls[asked]}?{query}"))]
    assert not failed


KEYED = {
    "customers": ["after", *(f"sort={name}&after" for name in ("name", "heard", "waiting", "since", "owner", "renews")),
                  "q=ada&after"],
    "search": [f"q=ada&tab={tab}&after" for tab in ("customers", "conversations", "entries")],
    "timeline": ["before", "after", "q=word&before"],
    "customer": ["before"],
    "conversation": ["before"],
    "customer_history": ["before"],
    "notifications": ["before"],
    "wall": ["after"],
    "focus": ["partners", "waiting"],
    "news": ["since"],
}  # fmt: skip


@pytest.mark.parametrize(("asked", "names"), KEYED.items())
def test_a_place_that_is_none(sam, urls, asked, names):
    desk = signed_in(sam, hx_request="true")
    desk.raise_request_exception = False
    failed = [
        f"{name}={place}"
        for name in names
        for place in [*PLACES, *MOMENTS]
        if not settles(desk.get(f"{urls[asked]}?{name}={quote(place)}"))
    ]
    assert not failed


@pytest.mark.parametrize("odd", ["nul", "endless", "not a number", "last day"])
def test_a_form_of_odd_words(managers_desk, manager, firm, odd):
    told = tell_everything(CustomerFactory(owner=manager), by=manager, colleague=UserFactory())
    managers_desk.raise_request_exception = False
    form = dict.fromkeys(POSTED, ODD[odd])
    failed = [asked for asked, url in every_url(told).items() if not settles(managers_desk.post(url, form))]
    assert not failed


def right(customer) -> dict[str, dict[str, str]]:
    moment = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    pk, ref = str(customer.pk), str(uuid4())
    return {
        "goals": {"title": "T", "baseline": "1", "target": "2", "due_on": "2030-01-01"},
        "goal_correction": {"title": "T", "target": "2", "due_on": "2030-01-01"},
        "check_ins": {"value": "1", "note": "n"},
        "new_promise": {"party": "us", "what": "w", "due_on": "2030-01-01", "ref": ""},
        "promise_renegotiation": {"due_on": "2030-01-01"},
        "promise_correction": {"what": "w", "goal": "", "owner": ""},
        "contact_points": {"kind": "email", "value": "a@example.org"},
        "edit_customer": {"name": "Ada", "kind": "person", "lifecycle": "active", "tags": "a, b", "since": "2020-01-01",
                          "owner": "", "organisation_name": "", "introducer_name": ""},
        "standing": {"lifecycle": "active", "reason": "r"},
        "compose": {"body": "b", "minutes": "1", "happened": "", "ref": ""},
        "drafts": {"tab": "notes", "body": "b", "minutes": "1"},
        "entry_edit": {"subject": "s", "body": "b", "minutes": "1", "occurred_at": moment},
        "entry_deletion": {"reason": "r"},
        "entry_wall": {"words": "w"},
        "conversation_snooze": {"until": "2030-01-01T00:00", "reason": "r"},
        "conversation_assignment": {"user": ""},
        "conversation_handover": {"to": "", "summary": "s", "ref": ""},
        "conversation_joining": {"into": ""},
        "conversation_move": {"customer": "1"},
        "group_session": {"ref": ref, "title": "t", "form": "class", "held_at": moment, "minutes": "1", "note": "n",
                          "what": "w", "party": "us", "due_on": "2030-01-01", "person": pk, f"note-{pk}": "n",
                          f"attended-{pk}": "yes"},
        "new_saved_view": {"name": "n", "query": "q=a"},
        "list_columns": {"column": "tags", "view": "1", "query": "q=a"},
        "bulk tag": {"pk": pk, "sure": "1", "tag": "t", "query": "q=a"},
        "bulk assign": {"pk": pk, "sure": "1", "owner": ""},
        "bulk lifecycle": {"everyone": "1", "query": "q=a", "sure": "1", "lifecycle": "active"},
        "bulk_export": {"pk": pk, "query": "q=a"},
        "notifications_reading": {"until": "1"},
        "preferences": {"digest": "daily"},
        "decision": {"answer": "grant", "amount": "1", "given_as": "refund", "body": "b", "via": "by-chat",
                     "happened": "", "minutes": "1", "subject": "s", "ref": ""},
        "decision_stake": {"amount": "1", "currency": "EUR"},
        "recovery": {"what_we_did": "w", "owner": ""},
        "recovery_forgiveness": {"words": "w", "channel": "email", "happened": "", "ref": ""},
        "recovery_closure": {"outcome": "o"},
        "tier_pin": {"tier": "1", "reason": "r", "until": f"{timezone.localtime() + timedelta(days=1):%Y-%m-%d}"},
    }  # fmt: skip


@pytest.mark.parametrize("asked", right(CustomerFactory.build(pk=1)))
def test_one_odd_field_of_a_form(managers_desk, manager, firm, asked):
    customer = CustomerFactory(owner=manager)
    url = every_url(tell_everything(customer, by=manager, colleague=UserFactory()))[asked]
    managers_desk.raise_request_exception = False
    fields = right(customer)[asked]
    failed = [
        f"{name}: {odd}"
        for name in fields
        for odd, word in IN_FIELDS.items()
        if not settles(managers_desk.post(url, {**fields, name: word}))
    ]
    assert not failed


@pytest.mark.parametrize("tab", ["replies", "calls", "meetings", "promises", "check-ins", "gestures", "declines"])
def test_every_tab_of_the_composer(managers_desk, manager, firm, tab):
    """Each field that the tab asks for by itself, those of the other tabs together."""
    customer = CustomerFactory(owner=manager)
    told = tell_everything(customer, by=manager, colleague=UserFactory())
    managers_desk.raise_request_exception = False
    fields = {
        "body": "b", "reason": "r", "alternative": "a", "subject": "s", "via": "by-chat", "conversation": "",
        "minutes": "1", "happened": "", "amount": "1", "party": "us", "what": "w", "due_on": "2030-01-01", "value": "1",
        "note": "n", "goal": str(told.keys["goals/"]["pk"]), "direction": "inbound", "channel": "meeting", "ref": "",
    }  # fmt: skip
    url = f"/customers/{customer.pk}/{tab}/"
    asked = re.findall(r' name="([^"]+)"', managers_desk.get(url, headers={"HX-Request": "true"}).text)
    of_others = [name for name in fields if name not in asked]
    failed = [
        f"{names}: {odd}"
        for names in [*([name] for name in fields if name in asked), of_others]
        for odd, word in IN_FIELDS.items()
        if not settles(managers_desk.post(url, {**fields, **dict.fromkeys(names, word)}))
    ]
    assert not failed


@pytest.mark.parametrize("name", ["a%00b.png", "..%2f..%2fetc%2fpasswd", "%ff", "faces/", "x" * 500])
def test_a_face_of_an_odd_name(desk, name):
    desk.raise_request_exception = False
    assert desk.get(f"/media/{name}").status_code in (400, 404)
