"""What another system tells of long after is history: it asks for no decision, unless somebody here says it does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.actions.decisions import UNDECIDED, ask_for_exception
from interactions.actions.entries import mark_entry
from interactions.imports.history import import_records
from interactions.models import Interaction
from tests.factories import happens

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def told(kind="refund_request", *, days):
    at = (NOW - timedelta(days=days)).isoformat()
    records = [
        {"type": "customer", "ref": "crm:1", "name": "Ada Okafor"},
        {"type": "interaction", "ref": "crm:2", "customer": "crm:1", "occurred_at": at, "channel": "email",
         "direction": "inbound", "kind": kind, "subject": "The fee", "body": "My money back", "conversation": "crm:t"},
    ]  # fmt: skip
    assert import_records(records, at=NOW).refused == 0
    return Interaction.objects.get()


def asks(desk, row):
    """On its page, which agrees with what counts as undecided."""
    shown = "Decide on it" in desk.get(f"/customers/{row.customer_id}/entries/{row.pk}/").content.decode()
    assert shown is Interaction.objects.filter(UNDECIDED, pk=row.pk).exists()
    return shown


@pytest.mark.parametrize(("days", "expected"), [(0, True), (13, True), (15, False), (900, False)])
def test_an_old_one_that_is_imported_asks_for_nothing(desk, days, expected):
    assert asks(desk, told(days=days)) is expected
    assert asks(desk, told(days=days)) is expected  # delivered twice


def answered(row, **more):
    given = {"by": None, "direction": "outbound", "conversation_id": row.conversation_id, **more}
    return happens(row.customer, "message", at=row.occurred_at + timedelta(hours=1), **given)


def test_one_that_was_answered_where_it_comes_from_asks_for_nothing(desk):
    row = told(days=3)
    answered(row, source="crm", external_id="answer")
    assert not asks(desk, row)


def test_what_we_answer_here_without_a_decision_leaves_it_open(desk, sam):
    row = told(days=3)
    answered(row, by=sam)
    assert asks(desk, row)


def test_one_whose_thread_is_closed_asks_for_nothing(desk):
    row = told(days=3)
    row.conversation.status = "closed"
    row.conversation.save()
    assert not asks(desk, row)


def test_one_that_waits_here_does_however_long(desk):
    row = told(days=2)
    long_ago = timedelta(days=700)
    Interaction.objects.update(occurred_at=row.occurred_at - long_ago, recorded_at=row.recorded_at - long_ago)
    assert asks(desk, row)


def test_one_that_is_written_down_here_does_however_old(desk, sam):
    customer = told(days=900).customer
    row = happens(customer, "refund_request", at=NOW - timedelta(days=200), channel="call")
    Interaction.objects.filter(pk=row.pk).update(recorded_at=NOW, source_snapshot={"kind": "refund_request"})
    assert asks(desk, row)


def test_whoever_marks_an_old_message_asks_for_a_decision(desk, sam):
    row = told("message", days=300)
    assert not asks(desk, row)
    mark_entry(row, kind="refund_request", by=sam)
    assert asks(desk, row)


def test_mail_that_comes_late_and_is_marked_does_too(desk, sam):
    """What mail says is kept in no record of its own."""
    row = told("message", days=300)
    Interaction.objects.update(source="mail", source_snapshot=None)
    mark_entry(row, kind="refund_request", by=sam)
    assert asks(desk, row)


def test_an_old_message_becomes_an_exception(desk, sam):
    row = told("message", days=300)
    ask_for_exception(row, by=sam)
    assert asks(desk, row)


def test_its_card_can_still_be_opened(desk):
    row = told(days=300)
    assert desk.get(f"/customers/{row.customer_id}/entries/{row.pk}/decision/").status_code == 200
