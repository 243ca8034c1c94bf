"""What another system said of an entry or a customer never keeps a page from opening, whatever it is."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.decisions import decision_of
from interactions.models import Direction, Interaction, Kind
from partnership.desk.composer.drafts import restore_draft
from partnership.desk.composer.tabs import LINE_TABS, MORE_TABS
from partnership.desk.models import Draft
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.trials.outcomes import list_attributes
from tests.everything import every_url, tell_everything
from tests.examples import examples
from tests.factories import CustomerFactory, OrganisationFactory, UserFactory, happens

pytestmark = pytest.mark.django_db

_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _TEXTS,
    st.sampled_from(["soon", "1.5", "-3", "²", "9" * 400, "granted", "2024-02-30", "<b>", "a:b", ":"]),
    st.sampled_from([10**30, -1, 1e308]),
)  # fmt: skip
ANYTHING = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3), max_leaves=6
)

# What we read of a payload, and what it looks like where it is ours.
_DECISIONS = st.fixed_dictionaries({}, optional={
    "outcome": st.just("granted") | ANYTHING, "on": st.just("2024-02-03") | ANYTHING, "answer": ANYTHING,
    "given": ANYTHING, "amount": ANYTHING, "currency": ANYTHING,
})  # fmt: skip
READ = [
    "days_late", "forwarded_to", "forwards", "recommendation", "satisfaction", "from", "to", "cc", "reply_to",
    "from_email", "message_id", "auto_reply", "bulk", "not_sent", "body", "reason", "alternative", "to_staff",
    "to_department", "session", "request", "decides", "problems",
]  # fmt: skip
PAYLOADS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(READ, ANYTHING), "exception": st.just(True) | ANYTHING, "decision": _DECISIONS | ANYTHING,
    },
)  # fmt: skip
ATTRIBUTES = st.dictionaries(_TEXTS, ANYTHING, max_size=4) | ANYTHING.filter(lambda value: value is not None)

DECIDED = {"outcome": "granted", "on": "2024-02-03", "answer": "partnership:1"}
SHARED_FIXTURES = settings(examples(2, nightly=200), suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def told(manager):
    firm = OrganisationFactory(owner=manager, name="Okafor & Daughters")
    customer = CustomerFactory(owner=manager, organisation=firm, introduced_by=firm)
    told = tell_everything(customer, by=manager, colleague=UserFactory(), viewer=manager)
    for kind in Kind.values:
        for direction in (Direction.INBOUND, Direction.OUTBOUND):
            happens(customer, kind, at=timezone.now(), direction=direction, subject="Word", body="Word")
    Interaction.objects.filter(kind=Kind.SURVEY_RESPONSE).update(person=None)
    return told


SHOW_ENTRIES = [
    "customer", "about", "why", "why_json", "timeline", "timeline_filters", "news", "customer_history", "entry",
    "entry_menu", "entry_history", "entry_mail", "entry_edit", "conversation", "conversation_move", "decision",
    "decision_stake", "new_merge", "merge", "edit_customer", "recovery", "outgoing", "focus", "conversations",
    "customers", "wall", "my_promises", "notifications", "health_grades", "health_rows",
]  # fmt: skip


def pages(told) -> list[str]:
    urls, pk = every_url(told), told.customer.pk
    tabs = [tab.name for tab in [*LINE_TABS, *MORE_TABS]]
    firm = f"/customers/{told.customer.organisation_id}/"
    return [
        *(urls[name] for name in SHOW_ENTRIES),
        *(f"/customers/{pk}/{name}/?conversation={told.thread.pk}" for name in tabs),
        *(f"{urls['timeline']}?{query}" for query in ("flat=1", "q=word", "print=1", "kind=refund_request")),
        firm, f"{firm}timeline/?q=word", "/search/?q=word&tab=entries",
    ]  # fmt: skip


@SHARED_FIXTURES
@given(payload=PAYLOADS, attributes=ATTRIBUTES)
@example(payload={"days_late": 1.5}, attributes=[])
@example(
    payload={"days_late": "soon", "exception": True, "decision": {**DECIDED, "on": 20240203}}, attributes={"a": []}
)
@example(payload={"days_late": [], "exception": True, "decision": {**DECIDED, "answer": ["x"]}}, attributes="gold")
@example(payload={"decision": {**DECIDED, "answer": "no ref", "given": {"a": 1}}, "recommendation": "9"}, attributes=7)
def test_every_page_opens(managers_desk, told, payload, attributes):
    Interaction.objects.update(payload=payload)
    Customer.objects.update(attributes=attributes)
    managers_desk.raise_request_exception = False
    failed = []
    for url in pages(told):
        response = managers_desk.get(url)
        if response.streaming:
            response.getvalue()
        if response.status_code >= 500:
            failed.append(url)
    assert not failed


@SHARED_FIXTURES
@given(payload=PAYLOADS, attributes=ATTRIBUTES)
def test_scores_and_what_is_asked_of_them_are_computed(told, payload, attributes):
    Interaction.objects.update(payload=payload)
    Customer.objects.update(attributes=attributes)
    rescore_all(at=timezone.now())
    list_attributes()
    for row in Interaction.objects.all():
        decision_of(row)


@SHARED_FIXTURES
@given(payload=PAYLOADS)
def test_a_mail_that_is_taken_back_is_a_draft_again(told, manager, payload):
    Interaction.objects.update(payload=payload)
    for kind in (Kind.FORWARD, Kind.DECLINE, Kind.MESSAGE):
        restore_draft(Interaction.objects.filter(kind=kind).latest("pk"), manager, at=timezone.now())
    assert Draft.objects.filter(user=manager).count() == 3
