"""Ten thousand rows in a real browser: none twice, none missing, whatever arrives meanwhile."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Customer
from interactions.actions.record import Entry, record_many
from interactions.models import Interaction
from tests.e2e.long_line import IDS, SCROLL, many
from tests.factories import CustomerFactory

pytestmark = pytest.mark.browser
ROWS = 10_000
WITHIN = 10_000  # milliseconds, for news on a page as long as that


def test_ten_thousand_rows_to_the_end_while_others_arrive(desk: Page, server):
    ada = CustomerFactory(name="Ada Okafor")
    many(ada, ROWS, until=timezone.now() - timedelta(days=1))
    added: list[int] = []
    desk.goto(f"{server.url}{ada.get_absolute_url()}timeline/")
    desk.evaluate(SCROLL)
    for count in range(ROWS // 20, ROWS, ROWS // 10):
        desk.wait_for_function("count => shown() > count", arg=count, polling=100, timeout=90_000)
        added += arrive(ada, edge=Interaction.objects.get(pk=desk.evaluate(IDS)[-1]).occurred_at)
    desk.wait_for_function("() => isAtEnd()", polling=100, timeout=90_000)
    desk.evaluate("clearInterval(scrolling)")
    for pk in added:
        expect(desk.locator(f"#entry-{pk}")).to_have_count(1, timeout=WITHIN)
    assert desk.evaluate(IDS) == list(Interaction.objects.timeline(ada).values_list("pk", flat=True))


def arrive(customer: Customer, *, edge: datetime) -> list[int]:
    """At the top, among what is shown, at the edge of it and below."""
    moments = [timezone.now(), edge + timedelta(hours=3), edge, edge - timedelta(hours=3)]
    entries = [
        Entry(customer_id=customer.pk, occurred_at=moment, channel="email", direction="inbound", kind="message")
        for moment in moments
    ]
    return list(record_many(entries, recorded_at=timezone.now()).values())
