"""An admin changes what counts: copied, tried on real data, put in force by a real worker, seen, and taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Customer
from partnership.scoring.engine.rescoring import backfill_snapshots, rescore_all
from tests.e2e.story import Story
from tests.factories import UserFactory, firm_today

pytestmark = pytest.mark.browser

LONG = 90_000  # ms; the worker shares its machine with the browser


@pytest.fixture
def admin(story: Story, signed_in: Any) -> Page:
    """The story told for a year, with an outcome: one of them passed."""
    now = timezone.now()
    Customer.objects.update(attributes={"passed": False})
    Customer.objects.filter(pk=story.champion.pk).update(attributes={"passed": True})
    backfill_snapshots(list(Customer.objects.values_list("pk", flat=True)), at=now)
    rescore_all(at=now)
    return signed_in(UserFactory(name="Ada Okafor", role="admin", is_staff=True))


def points_of_promises(page: Page, server: Any, customer: Customer) -> str:
    page.goto(f"{server.url}{customer.get_absolute_url()}why/")
    row = page.locator('[data-score="commitment"] tr', has_text="kept 6 of 6 promises")
    return row.locator("td").last.inner_text()


def copy_and_change(page: Page, server: Any) -> None:
    """A draft “Bolder” in which a promise kept is worth three, told while typed, and moved down by the keyboard."""
    page.goto(f"{server.url}/admin/scoring/ruleset/")
    page.get_by_role("link", name="Standard").click()
    page.get_by_role("link", name="Copy", exact=True).click()
    page.get_by_label("Its name").fill("Bolder")
    page.get_by_role("button", name="Copy").click()
    rule = page.locator("#rules-group .inline-related", has_text="Promise kept").first
    rule.get_by_text("How much").click()
    rule.get_by_label("Points:").fill("3")
    expect(rule.locator(".field-in_words")).to_contain_text("counts 3 toward commitment")
    rule.get_by_role("button", name="Move down").press("Enter")
    page.get_by_role("button", name="Save and continue editing").click()
    labels = page.locator("#rules-group .has_original .inline_label")
    expect(labels.nth(1)).to_have_text(re.compile(r"Promise kept\s*$"))


def try_it(page: Page) -> None:
    draft = page.url
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Changes of tier")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("link", name="Ines Duarte").first).to_be_visible()
    page.goto(draft)
    page.get_by_role("link", name="Backtest", exact=True).click()
    page.get_by_label("As of").fill((firm_today() - timedelta(days=10)).isoformat())
    page.get_by_label("Outcome").select_option("passed")
    page.get_by_role("button", name="Backtest").click()
    expect(page.get_by_role("img", name=re.compile("How well each score predicted the outcome"))).to_be_visible(
        timeout=LONG
    )
    expect(page.get_by_role("row", name=re.compile("^commitment"))).to_be_visible()
    page.goto(draft)
    page.get_by_role("link", name="Compare with…").click()
    expect(page.get_by_role("row", name=re.compile("Promise kept changed"))).to_contain_text("Points: 1 → 3")
    expect(page.get_by_role("heading", name="Backtest: the latest of each set")).to_be_visible()
    page.goto(draft)


def put_in_force(page: Page, link: str, button: str) -> None:
    page.get_by_role("link", name=link).click()
    page.get_by_label("What it changes and why").fill("Whoever keeps their word does most.")
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("All scores are now computed under this set")).to_be_visible(timeout=LONG)


def test_from_a_copy_to_everybodys_scores_and_back(admin: Page, server: Any, story: Story, worker: str) -> None:
    ines = story.champion
    before = points_of_promises(admin, server, ines)
    copy_and_change(admin, server)
    draft = admin.url
    try_it(admin)
    put_in_force(admin, "Activate", "Activate")

    assert points_of_promises(admin, server, ines) != before
    admin.goto(f"{server.url}{ines.get_absolute_url()}")
    marked = admin.get_by_role("img", name=re.compile("by the rules “Bolder”"))
    expect(marked.locator(".trend-line-change")).to_have_count(1)

    admin.goto(draft)
    put_in_force(admin, "Reactivate “Standard”", "Reactivate")
    assert points_of_promises(admin, server, ines) == before
    admin.goto(draft)
    admin.get_by_role("link", name="Who changed what").click()
    expect(admin.get_by_role("row", name=re.compile("Promise kept Points: 1 → 3"))).to_contain_text("Ada Okafor")


def test_progress_survives_closing_the_page_and_can_be_cancelled(admin: Page, server: Any) -> None:
    """Without a worker, the run waits."""
    admin.goto(f"{server.url}/admin/scoring/ruleset/")
    admin.get_by_role("link", name="Standard").click()
    admin.get_by_role("button", name="Preview").click()
    expect(admin.get_by_role("status")).to_contain_text("Waiting for a worker")
    page = admin.url
    admin.goto(f"{server.url}/admin/")
    admin.goto(page)
    admin.get_by_role("button", name="Cancel").click()
    expect(admin.get_by_text("The run was cancelled before it had a result.")).to_be_visible()


def test_rules_are_dragged_into_an_order(admin: Page, server: Any) -> None:
    admin.goto(f"{server.url}/admin/scoring/ruleset/")
    admin.get_by_role("link", name="Standard").click()
    admin.get_by_role("link", name="Copy", exact=True).click()
    admin.get_by_role("button", name="Copy").click()
    rows = admin.locator("#rules-group .has_original")
    last = rows.nth(9).get_by_role("button", name="Drag to another place")
    last.scroll_into_view_if_needed()
    last.hover()
    admin.mouse.down()
    box = rows.nth(7).bounding_box()
    assert box
    admin.mouse.move(box["x"] + 40, box["y"] + 4, steps=4)
    admin.mouse.up()
    expect(rows.nth(7).locator(".inline_label")).to_have_text(re.compile("Other messages"))
    admin.get_by_role("button", name="Save and continue editing").click()
    expect(rows.nth(7).locator(".inline_label")).to_have_text(re.compile("Other messages"))
