"""The story through the product's own import and scoring."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from customers.models import Commitment, Customer
from interactions.imports.history import import_records
from interactions.models import Attachment, Conversation, Deletion, Interaction, Kind, Outgoing
from partnership.demo.personas.roles import arc_refs
from partnership.demo.seeding import PASSWORD, SIGN_INS, NotEmptyError, seed
from partnership.demo.story.records import story_records
from partnership.desk.files.previews import preview_of
from partnership.desk.models import SavedReply, SavedView, WallPost
from partnership.scoring.models import Score
from partnership.staff.models import Firm, User
from tests.factories import FirmFactory

AT = datetime(2026, 3, 17, 10, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def score_of(arc: str, *, customers: int, seed: int) -> Score:
    external_id = arc_refs(customers, seed)[arc].partition(":")[2]
    return Score.objects.get(customer__source="demo", customer__external_id=external_id)


@pytest.mark.parametrize("number", range(1, 21))
def test_the_champion_stands_above_the_loud_one_whatever_the_names_and_dates(
    number: int, demo: Callable[[int], datetime]
):
    demo(number)
    champion, loud = (score_of(arc, customers=20, seed=number) for arc in ("champion", "loud"))
    assert champion.partnership > loud.partnership + 30
    assert loud.loudness > champion.loudness


def test_the_whole_story_arrives_as_told(own_media: Path):
    seeded = seed(customers=60, seed=3, at=AT)
    assert seeded.customers == Customer.objects.count() == 60
    assert seeded.interactions == Interaction.objects.count() > 2_000
    assert not Interaction.objects.filter(occurred_at__gt=AT).exists()
    assert not Commitment.objects.overdue(AT.date()).exists()
    assert Interaction.objects.filter(kind=Kind.COMMITMENT_KEPT).exists()
    assert Conversation.objects.filter(waiting_since__isnull=False).exclude(status="closed").exists()
    assert Score.objects.values("tier").distinct().count() > 3
    assert Firm.current().local_date(AT) == AT.date()


def test_no_page_of_the_demo_stands_empty():
    seed(customers=60, seed=3, at=AT)
    hannah = User.objects.get(email=SIGN_INS[0])
    assert {one.kind for one in hannah.notifications.all()} >= {"mention", "handover"}
    assert set(Outgoing.objects.values_list("status", flat=True)) == {"sent", "failed"}
    assert Interaction.objects.get(payload__has_key="not_sent").outgoing.status == "failed"
    assert set(SavedReply.objects.filter(shared=True).values_list("language", flat=True)) == {"en", "de"}
    assert sorted(Attachment.objects.values_list("content_type", flat=True)) == ["application/pdf", "image/png"]
    assert all(preview_of(file) for file in Attachment.objects.all())
    assert Deletion.objects.filter(undone_at=None).count() == 1
    assert Conversation.objects.filter(status="snoozed").exclude(snooze_reason="").exists()
    assert WallPost.objects.count() > 2
    assert SavedView.objects.filter(shared=True).count() == 2
    away = User.objects.get(away_to__isnull=False)
    assert away.stand_in(AT.date()) not in (None, away)


def test_what_the_staff_changed_in_the_demo_says_who_did():
    seed(customers=20, seed=1, at=AT)
    (edited,) = Interaction.objects.filter(body__contains="invoice of March")
    by = edited.events.get(pgh_label="update").pgh_context.metadata["user"]
    assert by == User.objects.get(name="Kasia Nowicka").pk


def test_the_import_refuses_nothing_and_told_again_nothing_changes():
    FirmFactory()
    records = list(story_records(customers=40, seed=5, today=AT.date()))
    first, second = (import_records(records, at=AT) for _ in range(2))
    assert (first.refused, second.refused) == (0, 0)
    assert sum(first.created.values()) == len(records)
    assert not any(second.created.values())
    assert not any(second.updated.values())


def test_everybody_has_a_face(own_media: Path):
    seed(customers=20, seed=2, at=AT)
    people = [*Customer.objects.filter(kind="person"), *User.objects.all()]
    assert all((own_media / one.photo.name).read_text().startswith("<svg") for one in people)


def test_the_three_sign_ins_open_what_their_role_may(client: Client):
    seed(customers=20, seed=1, at=AT)
    staff = {user.email: user for user in User.objects.all()}
    assert [sorted(staff[email].roles) for email in SIGN_INS] == [["support"], ["manager"], ["admin"]]
    assert [staff[email].is_staff for email in SIGN_INS] == [False, False, True]
    assert client.login(username=SIGN_INS[0], password=PASSWORD)
    others = set(staff) - set(SIGN_INS)
    assert others
    assert not any(staff[email].has_usable_password() for email in others)


def test_told_twice_it_is_refused_and_nothing_changes():
    call_command("seed_demo", customers=20, stdout=StringIO())
    before = Interaction.objects.count()
    with pytest.raises(CommandError, match="people in this database already"):
        call_command("seed_demo", customers=20, stdout=StringIO())
    assert Interaction.objects.count() == before


def test_it_never_mixes_with_real_people():
    Customer.objects.create(name="Ada Okafor")
    with pytest.raises(NotEmptyError):
        seed(customers=20, seed=1, at=AT)
    assert not User.objects.exists()


@pytest.mark.parametrize("customers", [19, 5_001])
def test_a_number_it_cannot_tell_the_story_with_is_refused(customers: int):
    with pytest.raises(CommandError, match="20 to 5000"):
        call_command("seed_demo", customers=customers)
    assert not Customer.objects.exists()


def test_it_says_how_to_sign_in():
    said = StringIO()
    call_command("seed_demo", customers=20, seed=4, stdout=said)
    assert "20 customers" in said.getvalue()
    assert all(email in said.getvalue() for email in (*SIGN_INS, PASSWORD))
