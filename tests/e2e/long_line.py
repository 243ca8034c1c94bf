"""A long line of time, and going down it."""

from datetime import datetime, timedelta

from django.db import transaction
from playwright.sync_api import Page

from customers.models import Customer
from interactions.actions.record import Entry, record_many

IDS = "() => [...document.querySelectorAll('#line > .timeline > .entry')].map((row) => Number(row.id.slice(6)))"


def many(customer: Customer, count: int, *, until: datetime) -> None:
    """One every seven minutes, two of them at the same moment every now and then."""
    moments = [until - timedelta(minutes=7 * (n - n % 5 // 4)) for n in range(count)]
    entries = [
        Entry(customer_id=customer.pk, occurred_at=at, channel="app", direction="inbound", kind="work_done",
              subject=f"Row {n}")
        for n, at in enumerate(moments)
    ]  # fmt: skip
    with transaction.atomic():
        record_many(entries, recorded_at=until)


# Scrolls down again and again, faster than any hand, and counts what stands there.
SCROLL = """
() => {
  window.scrolling = setInterval(() => scrollTo({ top: document.body.scrollHeight, behavior: "instant" }), 60);
  window.shown = () => document.querySelectorAll("#line > .timeline > .entry").length;
  window.isAtEnd = () => !document.querySelector("#line > .pager [rel=next]");
}"""


def scroll_to_the_end(page: Page) -> None:
    page.evaluate(SCROLL)
    page.wait_for_function("() => isAtEnd()", polling=100, timeout=60_000)
    page.evaluate("clearInterval(scrolling)")
