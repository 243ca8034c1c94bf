"""A firm that speaks German sees German: its screens, dates, numbers and mail; and writes numbers as Germans do."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from interactions.mailboxes.outbox import _UNCERTAIN
from interactions.models import Interaction, Outgoing
from partnership.core.formats import format_number
from partnership.core.forms import NumberField
from partnership.health.models import WeeklySummarySubscription
from partnership.health.weekly_summary import send_weekly_summaries
from partnership.notifications.digest import send_digests
from partnership.notifications.notify import notify_assignment
from partnership.scoring.first_run import PresetForm
from partnership.scoring.models import RuleSet
from partnership.scoring.rules.activation import copy_rule_set
from partnership.staff.models import ADMIN, Firm
from tests.e2e.conftest import tell_and_rank
from tests.factories import UserFactory, happens
from tests.partnership.conftest import signed_in
from tests.partnership.desk.forms_on_pages import filled_in
from tests.translation.pseudo import read_texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(told_once):
    told = told_once("translated", tell_and_rank)
    Firm.objects.update(language="de")
    yield told
    translation.activate("en")


@pytest.fixture
def ada(story):
    return UserFactory(name="Ada Okafor", role=ADMIN, admin=True)


def texts_of(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer.headers["Content-Language"] == "de"
    page = answer.content.decode()
    assert '<html lang="de"' in page
    return [" ".join(text.split()) for text in read_texts(page)]


def test_the_desk_is_german(story, ada):
    client = signed_in(ada)
    signed_in_as_sam = signed_in(story.sam)
    for user, address, expected in [
        (signed_in_as_sam, reverse("focus"), {"Fokus", "Fällige Antworten", "Partnerschaften"}),
        (signed_in_as_sam, story.champion.get_absolute_url(), {"Ziele", "Zusagen", "Verlauf"}),
        (signed_in_as_sam, reverse("conversations"), {"Unterhaltungen", "Nicht zugewiesen"}),
        (client, reverse("health"), {"Zustand", "Wiedergutmachungen"}),
    ]:
        shown = texts_of(user, address)
        assert not {text for text in expected if not any(text in one for one in shown)}, address


def test_the_rule_editor_is_german(story, ada):
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="Mutiger", by=ada)
    shown = texts_of(signed_in(ada), reverse("admin:scoring_ruleset_change", args=[draft.pk]))
    for text in ("Regeln", "Halbwertszeit in Tagen", "Entwurf"):
        assert any(text.casefold() in one.casefold() for one in shown), text


def test_dates_are_german(story):
    shown = " ".join(texts_of(signed_in(story.sam), story.champion.get_absolute_url()))
    due_on = story.champion.goals.get().due_on
    with translation.override("de"):
        assert date_format(due_on, "SHORT_DATE_FORMAT") in shown
    assert re.search(r"(Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag), \d{1,2}\. \w+ \d{4}", shown)
    assert not re.search(r"\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}", shown)


@pytest.mark.parametrize(
    ("code", "day", "number"),
    [("en", "3 Nov 2026", "1,234.5"), ("de", "3. Nov. 2026", "1.234,5")],
)
def test_each_language_writes_dates_and_numbers_its_own_way(code, day, number):
    with translation.override(code):
        assert date_format(date(2026, 11, 3), "SHORT_DATE_FORMAT") == day
        assert format_number(1234.5, 1) == number
        assert translation.gettext("Monday") == {"en": "Monday", "de": "Montag"}[code]


def test_numbers_for_machines_keep_their_point(story, ada):
    """In fields of numbers, drawings and data a comma would break what reads them."""
    asked = [
        (story.sam, reverse("focus")), (story.sam, story.champion.get_absolute_url()),
        (story.sam, f"{story.champion.get_absolute_url()}why/"), (ada, reverse("health")),
        (ada, reverse("health_quadrant")), (ada, reverse("health_attention")),
        (ada, reverse("admin:scoring_ruleset_change", args=[RuleSet.objects.active().pk])),
    ]  # fmt: skip
    for user, address in asked:
        page = unescape(signed_in(user).get(address).content.decode())
        drawn = re.findall(r'\s(?:cx|cy|r|x|y|x1|x2|y1|y2|width|height|max|min|step)="-?\d+,\d+"', page)
        fields = re.findall(r'<(?:input[^>]*type="number"|progress|meter)[^>]*value="-?\d+,\d+"', page)
        assert drawn + fields == [], address


def test_files_and_answers_for_programs_stay_as_they_are(story, ada):
    client = signed_in(ada)
    happens(story.champion, "praise", at=timezone.now() - timedelta(hours=1), body="Splendid")
    answer = client.get(f"{reverse('health_rows', args=['received'])}?csv=1")
    assert re.search(r"^\d{4}-\d\d-\d\d;", b"".join(answer).decode(), re.MULTILINE)
    found = json.loads(client.get(f"{story.champion.get_absolute_url()}why.json").content)
    assert found


def test_mail_to_the_staff_is_german(story, ada):
    now, firm = timezone.now(), Firm.current()
    monday = firm.start_of_day(firm.local_date(now) - timedelta(days=firm.local_date(now).weekday()))
    WeeklySummarySubscription.objects.create(user=ada)
    notify_assignment_to_sam(story, ada)
    assert send_weekly_summaries(at=monday + timedelta(hours=8)) == 1
    assert send_digests(at=now + timedelta(days=1, hours=12)) == 1
    weekly, digest = mail.outbox
    assert weekly.subject == "Die Woche bei Our Firm"
    assert re.search(r"bis \w*\s?\d{1,2}\. \w+", weekly.body)
    assert digest.subject.startswith("1 ")
    assert "Unterhaltung" in digest.body


def notify_assignment_to_sam(story, ada):
    thread = story.loud.conversations.get()
    thread.assignee = story.sam
    thread.save()
    with Firm.current().localized():
        notify_assignment(thread, by=ada, at=timezone.now())


def test_why_a_mail_was_not_sent_is_told_in_the_readers_language(story):
    """The worker that wrote it down knew no reader."""
    row = happens(story.champion, "message", at=timezone.now(), direction="outbound", by=story.sam, body="Hello")
    Outgoing.objects.create(interaction=row, to=["ines@example.org"], status="failed", error=_UNCERTAIN.stored,
                            queued_at=timezone.now())  # fmt: skip
    shown = " ".join(texts_of(signed_in(story.sam), story.champion.get_absolute_url()))
    for code, is_shown in (("de", True), ("en", False)):
        with translation.override(code):
            assert (str(_UNCERTAIN) in shown) == is_shown


def test_before_the_sign_in_the_firms_language_holds(story, client):
    answer = client.get(reverse("account_login"), headers={"accept-language": "en"})
    assert '<html lang="de"' in answer.content.decode()


@pytest.mark.parametrize(("asked", "told"), [("de-AT,de;q=0.9", "de"), ("fr", "en")])
def test_before_the_first_run_the_browsers_language_holds(client, asked, told):
    page = client.get(reverse("welcome"), headers={"accept-language": asked}).content.decode()
    translation.activate("en")
    assert f'<html lang="{told}"' in page
    assert f'<option value="{told}" selected>' in page


@pytest.mark.parametrize(("language", "tier"), [("de", "Kennenlernen"), ("en", "Getting to know each other")])
def test_the_first_rules_are_named_in_the_firms_language(story, ada, language, tier):
    """Standard rules in English are there from the first migration: they stay where nothing is to be translated."""
    Firm.objects.update(language=language)
    before = RuleSet.objects.active()
    form = PresetForm({"preset": "standard"}, prefix="")
    assert form.is_valid()
    form.carry_out(by=ada, at=timezone.now())
    assert tier in RuleSet.objects.active().tiers.values_list("name", flat=True)
    assert (RuleSet.objects.active() == before) == (language == "en")


def test_a_language_without_a_translation_is_english(story):
    Firm.objects.update(language="pt")
    answer = signed_in(story.sam).get(reverse("focus"))
    assert '<html lang="en"' in answer.content.decode()


@pytest.mark.parametrize(
    ("code", "typed", "read"),
    [
        ("de", "12,5", "12.5"), ("de", "12.5", "12.5"), ("de", "1.234,56", "1234.56"), ("de", "1,234.56", "1234.56"),
        ("de", "1.234", "1234"), ("de", "1,234", "1.234"), ("de", "1 234,5", "1234.5"), ("de", "-3,5", "-3.5"),
        ("de", "1.234.567", "1234567"), ("en", "12,5", "12.5"), ("en", "1,234", "1234"), ("en", "1.234", "1.234"),
        ("en", "1,234.56", "1234.56"), ("en", "1.234,56", "1234.56"), ("en", "7", "7"), ("en", "", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(code, typed, read):
    with translation.override(code):
        assert NumberField(required=False).clean(typed) == (Decimal(read) if read else None)


@pytest.mark.parametrize("typed", ["twelve", "1,2,3.4.5", ",", "--3"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValidationError):
        NumberField(decimal_places=2, max_digits=9).clean(typed)


def test_an_amount_with_a_comma_is_recorded(story):
    bill = {"amount": "10.00", "currency": "EUR"}
    entry = happens(story.champion, "gesture", at=timezone.now(), by=story.sam, direction="outbound", **bill)
    client = signed_in(story.sam)
    address = f"{story.champion.get_absolute_url()}entries/{entry.pk}/edit/"
    page = client.get(address)
    fields = filled_in(page, address)
    assert fields["amount"] == "10,00"
    with timezone.override(Firm.current().zone):
        moment = date_format(timezone.localtime() - timedelta(hours=1), "d.m.Y H:i")
    assert client.post(address, {**fields, "amount": "1.234,50", "occurred_at": moment}).status_code in (204, 302)
    assert Interaction.objects.get(pk=entry.pk).amount == Decimal("1234.50")
