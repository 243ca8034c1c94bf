"""axe finds nothing, in light and dark, wide and narrow; nothing is wider than the screen, and nothing jumps."""

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page

from customers.models import Customer
from interactions.actions.deletions import delete_entry
from interactions.merging.merging import merge_customers
from interactions.models import Outgoing
from partnership.desk.models import Draft, SavedReply, SavedView, ScheduledMail
from partnership.desk.reminders.actions import set_reminder
from partnership.desk.scheduling.actions import schedule_mail
from partnership.desk.wall.posts import share
from partnership.notifications.models import Notification
from partnership.notifications.notify import notify_assignment
from partnership.staff.models import MANAGER
from tests.e2e.story import Story
from tests.factories import ConversationFactory, UserFactory, happens

pytestmark = pytest.mark.browser

OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""What the colour scheme can change; all else is the same in both."""

WEARS = """
scheme => [undefined, scheme].includes(document.documentElement.dataset.bsTheme)
  && !document.getAnimations().some((one) => one instanceof CSSTransition)
"""
"""A mail as it was sent has no scheme of its own; links of the admin take their time to change colour."""

EXAMINE = """
async (options) => {
  const { violations } = await axe.run(document, options);
  const { scrollWidth, clientWidth } = document.documentElement;
  return [violations, scrollWidth > clientWidth];
}"""

MOST_SHIFT = 0.02


def faults(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """What axe finds on the page as it stands, by all rules or by those named; and whether it is too wide."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}
    if rules:
        options["runOnly"] = rules
    found, is_too_wide = page.evaluate(EXAMINE, options)
    told = [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]
    if is_too_wide:
        told.append("wider than the screen")
    return told


def faults_everywhere(page: Page) -> dict[str, list[str]]:
    """By width and scheme, of a page loaded once."""
    found = {}
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in (("light", None), ("dark", OF_COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_function(WEARS, arg=scheme)
            found[f"{scheme} {width}"] = faults(page, rules=rules)
    return {how: wrong for how, wrong in found.items() if wrong}


def of_customers(story: Story) -> list[str]:
    """Addresses, below a customer's own."""
    tabs = ["notes", "replies", "calls", "meetings", "promises", "check-ins", "gestures", "nudges", "declines"]
    tabs += ["mistakes", "evidence"]
    pages = ["", "details", "why", "about", "standing", "history", "timeline", "goals", "contact-points", "commitments"]
    ines = story.champion.get_absolute_url()
    addresses = [f"{ines}{f'{page}/' if page else ''}" for page in [*pages, *tabs]]
    addresses += [f"{ines}evidence/?kind={kind}" for kind in ("introduction", "late_payment", "survey_response")]
    addresses += [f"{ines}timeline/?opened=1&kind=call", f"{ines}timeline/?print=1"]
    return [*addresses, story.loud.get_absolute_url(), story.owed.get_absolute_url(), story.firm.get_absolute_url()]


def of_entries(story: Story) -> list[str]:
    """One with a mail's HTML and all that can be asked about it, a deleted one, one that could not be sent."""
    now, ines, sam = timezone.now(), story.champion, story.sam
    html = "<p>Dear <a href='https://a.example/'>all</a></p>"
    letter = happens(ines, "message", at=now, subject="Hello", body="Dear all", html=html)
    share(letter, words="Read this", by=sam, at=now)
    reply = happens(ines, "message", at=now, direction="outbound", by=sam, subject="Yes", body="It is sent.")
    Outgoing.objects.create(interaction=reply, to=["ines@example.org"], status="failed", error="No!", queued_at=now)
    note = happens(ines, "note", at=now, direction="internal", channel="internal", by=sam, body="Likes tea")
    delete_entry(note, reason="Twice", by=sam, at=now)
    at = f"{ines.get_absolute_url()}entries/"
    found = [f"{at}{letter.pk}/{page}" for page in ("", "?show=sent", "deletion/", "history/", "wall/")]
    found += [f"{at}{reply.pk}/", f"{at}{reply.pk}/edit/"]
    found += [f"{ines.get_absolute_url()}forwards/?entry={letter.pk}", f"{ines.get_absolute_url()}forwards/"]
    return [*found, f"{at}{note.pk}/", f"{at}{note.pk}/history/", f"{at}{reply.pk}/outgoing/retry/", "/wall/"]


def of_conversations(story: Story) -> list[str]:
    thread = story.loud.conversations.get()
    pages = ["", "snooze/", "handover/", "joining/", "move/", "move/?q=ines"]
    return [f"/conversations/{thread.pk}/{page}" for page in pages]


def of_what_is_to_leave(story: Story) -> list[str]:
    """The list without a mail; a composer in which a time is chosen; a mail that is scheduled and one that is held."""
    now, ines, sam = timezone.now(), story.champion, story.sam
    Draft.objects.create(user=sam, customer=ines, tab="replies", fields={"moment": "2030-01-01T10:00"}, saved_at=now)
    thread = ConversationFactory(customer=ines)
    mails = [
        schedule_mail(
            customer=ines, to=ines.contact_points.get(), body="Tomorrow", by=sam, at=now, tab="replies", fields={},
            leaves_at=now + timedelta(days=1), ref=ref, kind="message", conversation=thread,
        )
        for ref in ("first", "second")
    ]  # fmt: skip
    ScheduledMail.objects.filter(pk=mails[0].pk).update(status="held", cause="wrote")
    sent = happens(ines, "message", at=now, direction="outbound", by=sam, body="Well?", conversation_id=thread.pk)
    set_reminder(sent, due_at=now + timedelta(days=2), by=sam, at=now)
    remind = f"{ines.get_absolute_url()}entries/{sent.pk}/reminder/"
    return [
        remind,
        "/scheduled/",
        "/conversations/?list=unanswered",
        f"/conversations/{thread.pk}/",
        f"/?conversation={thread.pk}",
        ines.get_absolute_url(),
    ]


def of_goals_and_promises(story: Story) -> list[str]:
    aim, promised = story.champion.goals.get(), story.owed.commitments.get()
    addresses = [f"/goals/{aim.pk}/{page}/" for page in ("check-ins", "dropping", "correction")]
    return addresses + [f"/promises/{promised.pk}/{page}/" for page in ("release", "renegotiation", "correction")]


def of_a_manager(story: Story) -> list[str]:
    """Who is one with whom, before and after; a pin; a mistake of ours and how it ends."""
    story.sam.groups.add(Group.objects.get_or_create(name=MANAGER)[0])
    now, ines = timezone.now(), story.champion
    happens(ines, "mistake", at=now, direction="outbound", by=story.sam, body="The wrong bill")
    recovery = ines.recoveries.get()
    twins = [Customer.objects.create(name="Ines Okafor") for _ in range(2)]
    done = merge_customers(survivor=twins[0], absorbed=twins[1], by=story.sam, at=now)
    at = ines.get_absolute_url()
    found = [f"{at}{page}" for page in ("merge/", "merge/?q=ines", f"merge/{twins[0].pk}/", "pin/")]
    found += [f"/merges/{done.pk}/", "/recoveries/"]
    return found + [f"/recoveries/{recovery.pk}/{page}" for page in ("", "forgiveness/", "closure/")]


def of_lists(story: Story) -> list[str]:
    reply = SavedReply.objects.create(owner=story.sam, title="Thanks", text="Thank you, [[why]]", shared=True)
    view = SavedView.objects.create(owner=story.sam, name="Mine", query="owner=mine", shared=True)
    asked = ["", "?q=nobody", "?owner=mine", f"?view={view.pk}", "views/", "views/new/?query=owner%3Dmine", "new/"]
    asked += [f"views/{view.pk}/", f"views/{view.pk}/deletion/"]
    replies = ["new/", *(f"{reply.pk}/{page}" for page in ("", "deletion/"))]
    searches = ["", "?q=ines", "?q=nobody+at+all", "?q=module&tab=entries", "?q=refund&tab=conversations"]
    found = [*(f"/customers/{one}" for one in asked), *(f"/saved-replies/{one}" for one in ["", *replies])]
    return [*found, *(f"/search/{one}" for one in searches)]


def of_the_house(story: Story) -> list[str]:
    thread = story.loud.conversations.get()
    thread.assignee = story.sam
    thread.save()
    notify_assignment(thread, by=UserFactory(name="Mara Lind"), at=timezone.now())
    assert Notification.objects.exists()
    at_home = [
        "/",
        "/scheduled/",
        "/group-session/",
        "/group-session/?tag=cohort-3",
        "/notifications/",
        "/preferences/",
    ]
    contact = story.champion.contact_points.get()
    return [*at_home, f"/contact-points/{contact.pk}/removal/", "/accounts/password/change/", "/accounts/logout/"]


@pytest.mark.parametrize(
    "part",
    [
        of_customers,
        of_entries,
        of_what_is_to_leave,
        of_conversations,
        of_goals_and_promises,
        of_a_manager,
        of_lists,
        of_the_house,
    ],
)
def test_every_screen(desk: Page, server, story: Story, part):
    desk.route("**/news/**", lambda route: route.fulfill(status=204))
    found = {}
    for address in part(story):
        assert desk.goto(f"{server.url}{address}").ok, address
        found[address] = faults_everywhere(desk)
    assert not {address: wrong for address, wrong in found.items() if wrong}


def test_what_opens_over_a_page(desk: Page, server, story: Story):
    desk.goto(f"{server.url}{story.champion.get_absolute_url()}")
    desk.keyboard.press("?")
    desk.get_by_role("dialog", name="Keys").wait_for()
    found = {"keys": faults_everywhere(desk)}
    desk.keyboard.press("Escape")
    desk.keyboard.press("Control+k")
    desk.get_by_role("option").first.wait_for()
    found["palette"] = faults_everywhere(desk)
    assert not {what: wrong for what, wrong in found.items() if wrong}


def test_what_follows_a_form(desk: Page, server, story: Story):
    """The question before many are changed, and what a session wrote."""
    desk.goto(f"{server.url}/customers/")
    desk.get_by_label("Choose Ines Duarte").check()
    desk.get_by_role("button", name="Assign").click()
    desk.get_by_role("heading", name="1 customer").wait_for()
    found = {"bulk": faults_everywhere(desk)}
    desk.goto(f"{server.url}/group-session/?tag=cohort-3")
    desk.get_by_label("Title").fill("Pricing")
    desk.get_by_label("Present").check()
    desk.get_by_role("button", name="Record the session").click()
    desk.get_by_role("heading", name="Pricing").wait_for()
    found["session"] = faults_everywhere(desk)
    assert not {what: wrong for what, wrong in found.items() if wrong}


def test_every_refusal(elsewhere, story: Story):
    page = elsewhere(story.sam)
    for address, status in (("/no-such-page/", 404), ("/customers/bulk/history/", 403)):
        assert page.goto(address).status == status
        assert not faults_everywhere(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_before_signing_in(page: Page, server, scheme: str):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.url}/welcome/")
    assert not faults(page)
    page.get_by_role("button", name="Begin").click()
    page.locator(".errorlist").first.wait_for()
    assert not faults(page)


SHIFTS = """
() => new Promise((resolve) => {
  let sum = 0;
  const add = (list) => list.getEntries().forEach((shift) => (sum += shift.hadRecentInput ? 0 : shift.value));
  const observer = new PerformanceObserver(add);
  observer.observe({ type: "layout-shift", buffered: true });
  const frames = (left) => (left ? requestAnimationFrame(() => frames(left - 1)) : resolve(sum));
  frames(10);
})"""


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_jumps_while_a_page_loads(desk: Page, server, story: Story, width: int):
    """The sum of what moved by itself, as browsers measure it."""
    desk.set_viewport_size({"width": width, "height": 900})
    shifts = {}
    for address in (story.champion.get_absolute_url(), story.loud.get_absolute_url(), "/customers/", "/"):
        desk.goto(f"{server.url}{address}", wait_until="networkidle")
        desk.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-settling')")
        shifts[address] = desk.evaluate(SHIFTS)
    assert not {address: shift for address, shift in shifts.items() if shift >= MOST_SHIFT}
