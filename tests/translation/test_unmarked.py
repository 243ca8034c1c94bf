"""Every text that a reader sees on a screen or in a mail is marked for translation, or is data of the firm's."""

import re
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import unquote_plus
from zoneinfo import available_timezones

import pytest
from babel import Locale
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.health.models import WeeklySummarySubscription
from partnership.health.weekly_summary import send_weekly_summaries
from partnership.notifications.digest import send_digests
from partnership.notifications.notify import notify_assignment
from partnership.notifications.reminders import remind_of_promises
from partnership.staff.models import ADMIN, Firm
from tests.e2e import test_accessibility as accessible
from tests.e2e.conftest import tell_and_rank
from tests.e2e.test_accessible_rules import addresses as addresses_of_rules
from tests.e2e.test_accessible_rules import draft_and_runs, what_went_wrong
from tests.everything import every_url, tell_everything
from tests.factories import CustomerFactory, UserFactory, happens
from tests.partnership.conftest import signed_in
from tests.translation.pseudo import Data, read_texts

pytestmark = pytest.mark.django_db

IN_NO_LANGUAGE = (
    "Partnership", "English", "Deutsch", "CSV", "JSON", "Ctrl", "Alt", "Esc", "Enter", "Shift", "CET", "CEST", "UTC",
    "Search", "True", "False", "None", "null", "User-group relationships", "User", "groups object",
    *(zone.replace("_", " ") for zone in available_timezones()),
    *Locale("en").territories.values(), *Locale("en").currencies.values(), *Locale("en").languages.values(),
)  # fmt: skip
"""The product's name, languages by their own names, formats, keys, time zones; what Django's admin does not mark."""

[SCREENS] = [mark.args[1] for mark in accessible.test_every_screen.pytestmark if mark.name == "parametrize"]
"""Each a function of the story that lists addresses."""


def unmarked(client: Client, addresses: Iterable[str], *, post: bool = False) -> dict[str, list[str]]:
    """By address: words of a page that are neither marked nor data. What a request changes is undone."""
    data, found = Data(*IN_NO_LANGUAGE), {}
    for address in addresses:
        with transaction.atomic():
            answer = client.post(address) if post else client.get(address)
            if answer.streaming:
                answer.getvalue()  # a file is read to its end, which closes it
            elif answer.status_code != 400 and answer.headers.get("Content-Type", "").startswith("text/html"):
                texts = read_texts(answer.content.decode())
                found[address] = sorted(
                    {words for text in texts for words in data.unmarked(text) if words not in unquote_plus(address)}
                )
                if "<main" in answer.content.decode():
                    assert any("⟦" in text for text in texts), f"{address} is not in the language of this test"
            transaction.set_rollback(True)
    return {address: words for address, words in found.items() if words}


def test_the_reader_finds_what_is_not_marked():
    html = """<main title="⟦Open⟧" data-sure="Really leave?" data-controller="one two"><p>⟦Sent by⟧ Ines, today</p>
    <input type="submit" value="Send"><img alt="a face"><script>let it = "be"</script></main>"""
    found = {words for text in read_texts(html) for words in Data("Ines Duarte").unmarked(text)}
    assert found == {"Really leave", "today", "Send", "a face"}


def test_every_address_of_the_access_table(sam, manager, settings, media_of_stories, pseudo):
    settings.MEDIA_ROOT = media_of_stories
    told = tell_everything(CustomerFactory(owner=sam), by=sam, colleague=UserFactory())
    sam.groups.set(Group.objects.filter(name=ADMIN))
    client, addresses = signed_in(sam), sorted(every_url(told).values())
    assert not unmarked(client, addresses)
    assert not unmarked(client, addresses, post=True)


@pytest.fixture
def story(told_once):
    return told_once("translated", tell_and_rank)


@pytest.fixture
def ada(story):
    return UserFactory(name="Ada Okafor", role=ADMIN, admin=True)


@pytest.mark.parametrize("screens", SCREENS)
def test_every_screen(story, ada, screens, pseudo):
    assert not unmarked(signed_in(ada), screens(story))


def test_every_page_of_the_admin(story, ada, settings, media_of_stories, pseudo):
    settings.MEDIA_ROOT = media_of_stories
    tell_everything(CustomerFactory(owner=ada), by=ada, colleague=story.sam)
    addresses = [reverse("admin:index")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        if row := model._default_manager.first():
            addresses += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history", "delete")]
    assert not unmarked(signed_in(ada), addresses)
    assert not unmarked(signed_in(ada), addresses, post=True)


def test_every_page_of_value_rules(story, ada, pseudo):
    assert not unmarked(
        signed_in(ada), [f"/admin/scoring/{one}" for one in addresses_of_rules(*draft_and_runs(story, ada))]
    )


def test_every_page_where_something_is_wrong(story, ada, pseudo):
    assert not unmarked(signed_in(ada), [f"/admin/{one}" for one in what_went_wrong(ada)])


def test_every_page_before_the_sign_in(db, client, pseudo):
    addresses = ["/welcome/"]
    assert not unmarked(client, addresses)
    assert not unmarked(client, addresses, post=True)
    UserFactory()
    addresses = ["/accounts/login/", "/accounts/logout/", "/accounts/password/reset/", "/accounts/inactive/"]
    assert not unmarked(client, addresses)
    assert not unmarked(client, addresses, post=True)


def test_every_mail_to_the_staff(story, ada, pseudo):
    """The digest, the weekly summary and notifications, each with all that they can say."""
    story.sam.groups.add(Group.objects.get_or_create(name=ADMIN)[0])
    now, firm = timezone.now(), Firm.current()
    monday = firm.start_of_day(firm.local_date(now) - timedelta(days=firm.local_date(now).weekday()))
    happens(story.champion, "praise", at=monday - timedelta(days=2), body="Splendid")
    WeeklySummarySubscription.objects.create(user=story.sam)
    remind_of_promises(at=firm.start_of_day(firm.local_date(now)) + timedelta(hours=9))
    notify_assignment(story.loud.conversations.get(), by=ada, at=now)
    assert send_weekly_summaries(at=monday + timedelta(hours=8)) == 1
    assert send_digests(at=now + timedelta(days=1, hours=12))
    data = Data(*IN_NO_LANGUAGE)
    for letter in mail.outbox:
        body = re.sub(r"http\S+", "", letter.body)
        html = letter.alternatives[0].content
        found = {words for text in (letter.subject, body, *read_texts(html)) for words in data.unmarked(text)}
        assert not found, letter.subject
    assert len(mail.outbox) >= 2
