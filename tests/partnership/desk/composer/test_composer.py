from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.models import CheckIn, Commitment
from interactions.actions.attachments import safe_file_name
from interactions.actions.deletions import delete_entry
from interactions.models import Attachment, Interaction
from partnership.desk.composer.tabs import COMPOSERS
from partnership.scoring.models import StaleScore
from partnership.staff.models import GoodwillBudget
from tests.factories import CustomerFactory, OrganisationFactory, UserFactory, firm_today, goal, happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return CustomerFactory(name="Ada")


def write(client, customer, tab, **given):
    return client.post(f"/customers/{customer.pk}/{tab}/", given)


def test_a_note_joins_the_timeline(desk, sam, ada):
    before = timezone.now()
    response = write(desk, ada, "notes", body="Likes mornings.", minutes="5")
    assert response.url == ada.get_absolute_url()
    note = Interaction.objects.get(customer=ada)
    assert (note.kind, note.channel, note.direction, note.author, note.minutes) == (
        "note", "internal", "internal", sam, 5,
    )  # fmt: skip
    assert before <= note.occurred_at <= timezone.now()
    assert StaleScore.objects.filter(customer=ada).exists()


def test_a_call_of_theirs_is_logged_by_who_answered(desk, sam, ada):
    write(desk, ada, "calls", body="About the plan.", direction="inbound", minutes="12")
    call = Interaction.objects.get(customer=ada)
    assert (call.kind, call.channel, call.direction, call.author, call.minutes) == (
        "call", "call", "inbound", sam, 12,
    )  # fmt: skip


def test_a_moment_is_read_in_the_firms_zone(desk, ada):
    write(desk, ada, "calls", body="Back then.", direction="outbound", happened="2024-07-01T10:00")
    assert Interaction.objects.get(customer=ada).occurred_at == datetime(2024, 7, 1, 8, tzinfo=UTC)


def test_a_meeting_with_one_of_an_organisations_people(desk, sam):
    firm = OrganisationFactory()
    ines, stranger = CustomerFactory(name="Ines", organisation=firm), CustomerFactory(name="Stranger")
    page = desk.get(f"/customers/{firm.pk}/meetings/").content.decode()
    assert f'<option value="{ines.pk}">Ines</option>' in page
    assert "Stranger" not in page
    assert write(desk, firm, "meetings", body="x", channel="visit", person=stranger.pk).status_code == 422
    write(desk, firm, "meetings", body="Agreed on **May**.", channel="visit", person=ines.pk, minutes="45")
    met = Interaction.objects.get(customer=firm)
    assert (met.kind, met.channel, met.person, met.author, met.minutes) == ("meeting", "visit", ines, sam, 45)
    assert met.html == "<p>Agreed on <strong>May</strong>.</p>"


def test_a_restricted_person_of_an_organisation_is_not_named(desk):
    firm = OrganisationFactory()
    CustomerFactory(name="Secret Person", organisation=firm, restricted=True)
    assert "Secret Person" not in desk.get(f"/customers/{firm.pk}/calls/").content.decode()


def test_a_promise_of_ours_has_an_owner_and_a_row(desk, sam, ada):
    aim = goal(ada, "Ten clients", at=timezone.now(), by=sam)
    tomorrow = firm_today() + timedelta(days=1)
    write(desk, ada, "promises", party="us", what="Send the plan", due_on=tomorrow.isoformat(), goal=aim.pk)
    made = Commitment.objects.get(customer=ada)
    assert (made.party, made.what, made.due_on, made.owner, made.goal) == ("us", "Send the plan", tomorrow, sam, aim)
    assert made.interactions.get().kind == "commitment_made"


@pytest.mark.parametrize(
    ("tab", "given", "said"),
    [
        ("notes", {"body": " "}, "This field is required"),
        ("notes", {"body": "x", "minutes": "-1"}, "Write a number from 0 to 10,000."),
        ("notes", {"body": "x", "happened": "2999-01-01T10:00"}, "That is still to come"),
        ("notes", {"body": "x", "happened": "yesterday"}, "Enter a valid date/time"),
        ("calls", {"body": "x", "direction": "internal"}, "Select a valid choice"),
        ("meetings", {"body": "x", "channel": "email"}, "Select a valid choice"),
        ("gestures", {"body": "x", "amount": "-1"}, "Write 0 or more."),
        ("promises", {"party": "us", "what": ""}, "This field is required"),
        ("promises", {"party": "us", "what": "x", "due_on": "2020-01-01"}, "That day is in the past"),
        ("promises", {"party": "nobody", "what": "x"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(desk, ada, tab, given, said):
    response = write(desk, ada, tab, **given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Interaction.objects.exists()


def test_nul_bytes_are_refused(desk, ada):
    assert write(desk, ada, "notes", body="a\x00b").status_code == 422


def test_each_tab_opens_without_javascript(desk, sam, ada):
    goal(ada, "Ten clients", at=timezone.now(), by=sam)
    mail = happens(ada, "message", at=timezone.now())
    for tab in COMPOSERS:
        page = desk.get(f"/customers/{ada.pk}/{tab}/?kind=purchase&entry={mail.pk}").content.decode()
        assert f'action="/customers/{ada.pk}/{tab}/"' in page
    assert desk.get(f"/customers/{ada.pk}/poems/").status_code == 404


def test_nobody_writes_where_they_may_not_look(desk, client):
    for customer in (CustomerFactory(restricted=True), CustomerFactory(merged_into=CustomerFactory())):
        assert write(desk, customer, "notes", body="x").status_code == 404
    assert write(client, CustomerFactory(), "notes", body="x").status_code == 401
    assert not Interaction.objects.exists()


def test_a_form_of_another_site_is_refused(sam, ada):
    from django.test import Client

    stranger = Client(enforce_csrf_checks=True)
    stranger.force_login(sam)
    assert write(stranger, ada, "notes", body="x").status_code == 403


@pytest.mark.parametrize(
    ("tab", "given"),
    [
        ("notes", {"body": "Once."}),
        ("promises", {"party": "them", "what": "Read", "due_on": "2090-01-01"}),
        ("gestures", {"body": "A book", "amount": "5"}),
        ("replies", {"body": "Once.", "via": "by-chat"}),
        ("declines", {"reason": "No.", "alternative": "This.", "via": "by-email"}),
    ],
)
def test_a_form_sent_twice_is_recorded_once(desk, ada, tab, given):
    page = desk.get(f"/customers/{ada.pk}/{tab}/").content.decode()
    ref = page.split('name="ref" value="')[1].split('"')[0]
    for _ in range(2):
        assert write(desk, ada, tab, ref=ref, **given).status_code == 302
    assert Interaction.objects.filter(customer=ada).count() == 1
    assert Commitment.objects.filter(customer=ada).count() == (tab == "promises")


def test_a_check_in_is_a_reading_of_the_goal(desk, sam, ada):
    aim = goal(ada, "Ten clients", at=timezone.now(), by=sam, target=10, baseline=0)
    page = desk.get(f"/customers/{ada.pk}/check-ins/").content.decode()
    ref = page.split('name="ref" value="')[1].split('"')[0]
    for _ in range(2):
        write(desk, ada, "check-ins", goal=aim.pk, value="6", note="Two more.", ref=ref)
    aim.refresh_from_db()
    assert (aim.current, aim.check_ins.get().by) == (6, sam)
    assert Interaction.objects.filter(customer=ada, kind="check_in", body="Two more.").count() == 1
    assert "Say how far it is" in write(desk, ada, "check-ins", goal=aim.pk).content.decode()


def test_without_a_goal_there_is_nothing_to_check_in_on(desk, htmx, ada):
    for client in (desk, htmx):
        page = client.get(f"/customers/{ada.pk}/check-ins/").content.decode()
        assert "No goal to check in on yet" in page
        assert f'href="/customers/{ada.pk}/goals/"' in page
        assert 'name="value"' not in page
    assert write(desk, ada, "check-ins", value="5").status_code == 422
    assert not CheckIn.objects.exists()


def test_a_goal_of_somebody_else_takes_no_check_in(desk, sam, ada):
    other = goal(CustomerFactory(), "Theirs", at=timezone.now(), by=sam)
    assert write(desk, ada, "check-ins", goal=other.pk, value="6").status_code == 422


# --- gestures ---


def test_a_gesture_is_paid_from_ones_budget(desk, sam, ada):
    GoodwillBudget.objects.create(amount=100, minutes=60)
    write(desk, ada, "gestures", body="Flowers", amount="30.50", minutes="10")
    given = Interaction.objects.get(customer=ada)
    assert (given.kind, given.direction, given.author, given.amount, given.currency, given.minutes) == (
        "gesture", "outbound", sam, Decimal("30.50"), "EUR", 10,
    )  # fmt: skip
    assert "69.50 EUR and 50 minutes left" in desk.get(f"/customers/{ada.pk}/gestures/").content.decode()


@pytest.mark.parametrize("more", [{"amount": "69.51"}, {"minutes": "51"}])
def test_more_than_the_budget_is_refused_and_says_what_is_left(desk, managers_desk, sam, ada, more):
    GoodwillBudget.objects.create(amount=1)
    GoodwillBudget.objects.create(staff_member=sam, amount=100, minutes=60)
    write(desk, ada, "gestures", body="Flowers", amount="30.50", minutes="10")
    refused = write(desk, ada, "gestures", body="A book", **more)
    assert refused.status_code == 422
    assert "You have 69.50 EUR and 50 minutes left" in refused.content.decode()
    assert "ask a manager" in refused.content.decode()
    assert "A book" in refused.content.decode()
    assert Interaction.objects.filter(customer=ada).count() == 1
    assert write(managers_desk, ada, "gestures", body="A book", **more).status_code == 302


def test_no_minutes_is_a_limit_and_none_said_is_not(desk, sam, ada):
    budget = GoodwillBudget.objects.create(amount=100, minutes=0)
    refused = write(desk, ada, "gestures", body="A walk", minutes="1")
    assert refused.status_code == 422
    assert "You have 100.00 EUR and 0 minutes left" in refused.content.decode()
    assert write(desk, ada, "gestures", body="A card", amount="0").status_code == 302
    assert Interaction.objects.get(customer=ada).amount == 0
    GoodwillBudget.objects.filter(pk=budget.pk).update(minutes=None)
    assert write(desk, ada, "gestures", body="A walk", minutes="500").status_code == 302


def test_the_budget_begins_anew_with_its_period(desk, sam, ada):
    GoodwillBudget.objects.create(amount=100, period="year")
    last_year = f"{firm_today().year - 1}-12-31T12:00"
    write(desk, ada, "gestures", body="Back then", amount="100", happened=last_year)
    assert write(desk, ada, "gestures", body="Now", amount="100").status_code == 302
    assert write(desk, ada, "gestures", body="And again", amount="0.01").status_code == 422


# --- files, mentions, preview ---


@pytest.fixture
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.usefixtures("own_media")
def test_files_go_along(desk, ada):
    files = [SimpleUploadedFile(name, b"content", "image/png") for name in ("a.png", "b.png")]
    write(desk, ada, "notes", body="See these.", attachments=files)
    kept = Attachment.objects.filter(interaction__customer=ada)
    assert [(file.name, file.content_type, file.size) for file in kept] == [
        ("a.png", "image/png", 7), ("b.png", "image/png", 7),
    ]  # fmt: skip
    assert kept[0].file.name == kept[1].file.name, "one content lies there once"
    assert kept[0].file.read() == b"content"
    kept[0].file.close()


@pytest.mark.usefixtures("own_media")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\secret\\plan.pdf", "plan.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("....", "file"),
    ],
)
def test_a_hostile_name_is_tamed(given, kept):
    assert safe_file_name(given) == kept


@pytest.mark.usefixtures("own_media")
def test_a_hostile_name_is_shown_as_text(desk, ada):
    write(desk, ada, "notes", body="x", attachments=SimpleUploadedFile("<img src=x onerror=alert(1)>.png", b"x"))
    assert "<img src=x onerror" not in desk.get(ada.get_absolute_url()).content.decode()


@pytest.mark.usefixtures("own_media")
def test_too_large_and_too_many_are_refused_with_words(desk, ada, monkeypatch):
    monkeypatch.setattr("partnership.desk.composer.fields.MAX_FILE_BYTES", 3)
    large = write(desk, ada, "notes", body="My words", attachments=SimpleUploadedFile("big.pdf", b"1234"))
    assert large.status_code == 422
    assert "big.pdf is larger than" in large.content.decode()
    assert "My words" in large.content.decode()
    many = [SimpleUploadedFile(f"{number}.txt", b"1") for number in range(21)]
    assert "At most 20 files" in write(desk, ada, "notes", body="x", attachments=many).content.decode()
    assert not Interaction.objects.exists()


def test_who_is_mentioned_is_told(desk, sam, ada):
    ben = UserFactory(name="Ben Okoro")
    write(desk, ada, "notes", body="@Ben Okoro, please call.")
    assert ben.notifications.get().interaction == Interaction.objects.get()


def test_a_name_in_a_mail_tells_nobody(desk, ada):
    ben = UserFactory(name="Ben Okoro")
    write(desk, ada, "replies", via="by-chat", body="@Ben Okoro will call you.")
    assert not ben.notifications.exists()


def test_names_to_mention(desk, sam):
    UserFactory(name="Ben Okoro")
    UserFactory(name="Bea Left", is_active=False)
    UserFactory(name="Sabine Berg")
    UserFactory(name="<b>Zed")
    found = desk.get("/colleagues/?q=be").content.decode()
    assert found.index("Ben Okoro") < found.index("Sabine Berg")
    assert "Bea Left" not in found
    assert "&lt;b&gt;Zed" in desk.get("/colleagues/").content.decode()
    assert sam.name not in desk.get("/colleagues/?q=sam").content.decode()


@pytest.mark.parametrize(
    ("tab", "given"),
    [("notes", {"body": "So **be** it"}), ("declines", {"reason": "So **be** it", "alternative": "- this"})],
)
def test_a_preview_records_nothing(desk, htmx, ada, tab, given):
    for client in (desk, htmx):
        shown = write(client, ada, tab, preview="1", **given)
        assert shown.status_code == 200
        assert "<p>So <strong>be</strong> it</p>" in shown.content.decode()
    assert not Interaction.objects.exists()


# --- without leaving the page ---


def test_htmx_gets_an_empty_composer_and_the_page_hears_of_it(htmx, ada):
    answer = write(htmx, ada, "notes", body="Said.")
    assert answer.status_code == 200
    assert answer["HX-Trigger-After-Swap"] == '{"recorded": {}}'
    text = answer.content.decode()
    assert 'id="composer"' in text
    assert "<html" not in text
    assert "Recorded." in text
    assert "Said." not in text
    assert write(htmx, ada, "notes", body="").status_code == 422


def test_queries_of_a_tab(htmx, ada, django_assert_max_num_queries):
    for tab in COMPOSERS:
        with django_assert_max_num_queries(12):
            htmx.get(f"/customers/{ada.pk}/{tab}/")


def test_what_was_sent_twice_and_deleted_in_between_is_refused_in_words(desk, sam):
    ada, ref = CustomerFactory(), str(uuid4())
    given = {"body": "Likes tea", "ref": ref}
    assert desk.post(f"/customers/{ada.pk}/notes/", given).status_code == 302
    delete_entry(Interaction.objects.get(external_id=ref), reason="A slip", by=sam, at=timezone.now())
    again = desk.post(f"/customers/{ada.pk}/notes/", given)
    assert again.status_code == 422
    assert "and then deleted" in again.content.decode()
