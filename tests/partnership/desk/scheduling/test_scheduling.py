"""Mail that leaves later: by their clock, once, and not when something has happened since."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.errors import ActionRefused
from interactions.merging.merging import merge_customers
from interactions.merging.unmerging import unmerge_customers
from interactions.models import Conversation, Interaction, Outgoing
from partnership.desk.models import Draft, ScheduledMail
from partnership.desk.scheduling.actions import cancel_mail, discard_mail, restore_mail, schedule_mail, send_now
from partnership.desk.scheduling.delivery import hold_mail, lock_mail, send_due
from partnership.desk.scheduling.moments import describe_moment, sending_moments
from partnership.notifications.models import Notification
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, UserFactory, happens

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)  # a Monday
DUE = AT + timedelta(hours=20)
TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path, firm):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ada():
    return CustomerFactory(name="Ada", timezone="Asia/Tokyo")


@pytest.fixture
def address(ada):
    return ContactPointFactory(customer=ada, value="ada@example.org")


@pytest.fixture
def thread(ada):
    asked = ConversationFactory(customer=ada, subject="Invoice")
    happens(ada, "question", at=AT - timedelta(days=1), conversation_id=asked.pk)
    return asked


@pytest.fixture
def schedule(sam, ada, address, thread):
    """schedule(**fields) → a mail in the conversation that waits."""

    def scheduled(**given):
        fields = {"body": "Here it is.", "conversation": thread, "ref": str(uuid4()), "leaves_at": DUE, **given}
        kept = {"body": fields["body"], "conversation": str(thread.pk), "via": f"to-{address.pk}"}
        return schedule_mail(
            customer=ada, to=address, by=sam, at=AT, tab="replies", fields=kept, kind="message", **fields
        )

    return scheduled


def run(at):
    return send_due(clock=lambda: at)


def waits(thread):
    thread.refresh_from_db()
    return thread.waiting_since == AT - timedelta(days=1)


def held(mail):
    mail.refresh_from_db()
    return mail.cause if mail.status == "held" else None


# --- moments ---


def test_the_usual_moments_are_by_their_clock():
    moments = sending_moments(datetime(2026, 5, 4, 16, 0, tzinfo=UTC), zone=TOKYO)  # Tuesday there
    assert moments["hour"] == datetime(2026, 5, 4, 17, 0, tzinfo=UTC)
    assert moments["tomorrow"] == datetime(2026, 5, 6, 9, tzinfo=TOKYO)
    assert moments["monday"] == datetime(2026, 5, 11, 9, tzinfo=TOKYO)


def test_tomorrow_is_said_once_when_it_is_monday():
    assert list(sending_moments(datetime(2026, 5, 3, 9, tzinfo=UTC), zone=BERLIN)) == ["hour", "tomorrow"]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from([TOKYO, BERLIN, ZoneInfo("UTC")]))
def test_every_moment_is_to_come_and_at_nine_there(now, zone):
    now = now.replace(tzinfo=UTC)
    moments = sending_moments(now, zone=zone)
    assert all(moment > now for moment in moments.values())
    mornings = [moment.astimezone(zone) for name, moment in moments.items() if name != "hour"]
    assert {moment.hour for moment in mornings} == {9}
    assert all(moment.weekday() == 0 for name, moment in moments.items() if name == "monday")


def test_both_clocks_are_named_where_they_differ():
    moment = datetime(2026, 5, 5, 9, tzinfo=TOKYO)
    with timezone.override(BERLIN):
        assert describe_moment(moment, zone=TOKYO) == "Tue 5 May, 09:00 their time (02:00 ours)"
        assert describe_moment(moment, zone=BERLIN) == "Tue 5 May, 02:00"
        early = datetime(2026, 5, 5, 6, tzinfo=TOKYO)
        assert describe_moment(early, zone=TOKYO) == "Tue 5 May, 06:00 their time (Mon 4 May, 23:00 ours)"


# --- it leaves ---


def test_until_it_leaves_they_wait(schedule, thread, sam):
    mail = schedule()
    assert waits(thread)
    assert run(DUE - timedelta(seconds=1)) == 0
    assert not Interaction.objects.filter(direction="outbound").exists()
    assert run(DUE) == 1
    row = Interaction.objects.get(direction="outbound")
    assert (row.author, row.occurred_at, row.external_id, row.conversation) == (sam, DUE, mail.ref, thread)
    assert row.outgoing.leaves_at == DUE
    thread.refresh_from_db()
    assert thread.waiting_since is None
    assert not ScheduledMail.objects.exists()
    assert run(DUE + timedelta(days=1)) == 0


def test_done_twice_it_is_kept_and_sent_once(schedule):
    ref = str(uuid4())
    assert schedule(ref=ref) == schedule(ref=ref)
    run(DUE)
    schedule(ref=ref)
    run(DUE)
    assert Outgoing.objects.count() == 1


def test_a_new_conversation_begins_when_it_leaves(schedule, ada):
    mail = schedule(conversation=None, subject="Hello")
    assert ada.conversations.count() == 1
    with CaptureQueriesContext(connection) as asked:
        lock_mail(mail.pk)
    assert not [query["sql"] for query in asked if 'FROM "interactions_conversation"' in query["sql"]]
    run(DUE)
    assert ada.conversations.filter(subject="Hello").exists()


def test_it_follows_a_conversation_that_was_joined(schedule, ada, thread):
    mail = schedule()
    other = ConversationFactory(customer=ada)
    Conversation.objects.filter(pk=thread.pk).update(joined_into=other)
    assert run(DUE) == 1
    assert Interaction.objects.get(external_id=mail.ref).conversation == other


def test_an_answer_in_the_conversation_it_was_joined_to_holds_it(schedule, ada, thread):
    mail = schedule()
    other = ConversationFactory(customer=ada)
    Conversation.objects.filter(pk=thread.pk).update(joined_into=other)
    happens(ada, "message", at=AT + timedelta(hours=1), by=UserFactory(), direction="outbound",
            conversation_id=other.pk)  # fmt: skip
    assert run(DUE) == 0
    assert held(mail) == "answered"


# --- it is held ---


def test_who_writes_first_holds_it_at_once(schedule, ada, sam, thread):
    mail = schedule()
    happens(ada, "message", at=AT + timedelta(hours=1), conversation_id=ConversationFactory(customer=ada).pk)
    assert run(AT + timedelta(hours=2)) == 0
    assert held(mail) == "wrote"
    assert run(DUE) == 0
    news = Notification.objects.get()
    assert (news.user, news.kind, news.conversation) == (sam, "mail_held", thread)
    assert waits(thread)


@pytest.mark.parametrize(
    "said",
    [
        {"payload": {"auto_reply": True}},
        {"payload": {"bulk": True}},
        {"kind": "work_done"},
        {"occurred_at": AT - timedelta(days=30)},
    ],
)
def test_what_is_no_word_of_theirs_holds_nothing(schedule, ada, said):
    schedule()
    entry = {"kind": "message", "channel": "email", "direction": "inbound", "occurred_at": AT + timedelta(hours=1)}
    from interactions.actions.record import record

    record(by=None, recorded_at=AT + timedelta(hours=1), customer_id=ada.pk, **{**entry, **said})
    assert run(DUE) == 1


def test_a_colleagues_answer_holds_it_and_ones_own_does_not(schedule, ada, sam, thread):
    mail = schedule()
    happens(ada, "message", at=AT + timedelta(hours=1), by=sam, direction="outbound", conversation_id=thread.pk)
    run(AT + timedelta(hours=2))
    assert held(mail) is None
    happens(ada, "message", at=AT + timedelta(hours=3), by=UserFactory(), direction="outbound",
            conversation_id=thread.pk)  # fmt: skip
    run(DUE)
    assert held(mail) == "answered"


@pytest.mark.parametrize(
    ("change", "cause"),
    [({"do_not_contact": True}, "dnc"), ({"lifecycle": "ended"}, "ended")],
)
def test_who_must_not_be_written_to_is_not(schedule, ada, change, cause):
    mail = schedule()
    Customer.objects.filter(pk=ada.pk).update(**change)
    assert run(DUE) == 0
    assert held(mail) == cause
    assert not Outgoing.objects.exists()


def test_to_whom_had_ended_before_it_leaves(schedule, ada):
    ada.lifecycle = "ended"
    ada.save()
    schedule()
    assert run(DUE) == 1


def test_without_its_address_or_its_author_it_is_held(schedule, address, sam, ada):
    first, second = schedule(), schedule()
    owner = UserFactory()
    Customer.objects.filter(pk=ada.pk).update(owner=owner)
    ScheduledMail.objects.filter(pk=second.pk).update(to=None)
    run(AT)
    assert (held(first), held(second)) == (None, "address")
    sam.is_active = False
    sam.save()
    run(AT)
    assert held(first) == "author"
    assert Notification.objects.filter(user=owner, key=f"held/{first.pk}").exists()


def test_moved_with_its_conversation_it_is_held(schedule, thread):
    mail = schedule()
    Conversation.objects.filter(pk=thread.pk).update(customer=CustomerFactory())
    run(DUE)
    assert held(mail) == "moved"
    with pytest.raises(ActionRefused, match="moved"):
        send_now(mail, by=mail.by, at=DUE)


def test_a_merge_holds_it_and_its_undoing_gives_it_back(schedule, ada, sam):
    mail = schedule()
    bob = CustomerFactory(name="Bob")
    done = merge_customers(survivor=bob, absorbed=ada, by=sam, at=AT + timedelta(hours=1))
    assert held(mail) == "merged"
    assert mail.customer == bob
    assert Notification.objects.filter(user=sam, kind="mail_held").count() == 1
    unmerge_customers(done, by=sam, at=AT + timedelta(hours=2))
    assert held(mail) is None
    assert mail.customer == ada
    assert not Notification.objects.exists()
    assert run(DUE) == 1


def test_a_merge_that_is_undone_after_the_moment_leaves_it_held(schedule, ada, sam):
    mail = schedule()
    done = merge_customers(survivor=CustomerFactory(), absorbed=ada, by=sam, at=AT + timedelta(hours=1))
    unmerge_customers(done, by=sam, at=DUE + timedelta(hours=1))
    assert run(DUE + timedelta(hours=2)) == 0
    assert held(mail) == "merged"
    assert send_now(mail, by=sam, at=DUE).customer == ada


def test_a_nudge_beyond_the_ceiling_is_held_with_the_reason(schedule, firm, ada):
    firm.nudge_ceiling = 0
    firm.save()
    mail = schedule()
    ScheduledMail.objects.filter(pk=mail.pk).update(kind="nudge")
    assert run(DUE) == 0
    assert held(mail) == "refused"
    assert "no nudges at all" in mail.refusal


def test_one_that_cannot_be_put_together_stops_no_other(schedule):
    broken, fine = schedule(files=[]), schedule(leaves_at=DUE + timedelta(minutes=1))
    ScheduledMail.objects.filter(pk=broken.pk).update(files=[{"odd": 1}])
    assert run(DUE + timedelta(hours=1)) == 1
    assert held(broken) == "refused"
    assert Interaction.objects.filter(external_id=fine.ref).exists()


# --- what a person does with it ---


def test_what_is_held_is_sent_when_a_person_says_so(schedule, ada, sam, thread, settings):
    settings.MAIL_UNDO_SECONDS = 10
    mail = schedule()
    happens(ada, "message", at=AT + timedelta(hours=1), conversation_id=thread.pk)
    run(DUE)
    row = send_now(mail, by=UserFactory(), at=DUE)
    assert (row.author, row.outgoing.leaves_at) == (sam, DUE + timedelta(seconds=10))
    with pytest.raises(ActionRefused, match="sent or discarded"):
        send_now(mail, by=sam, at=DUE)


def test_who_is_not_to_be_contacted_is_not_when_a_person_says_so_either(schedule, ada, sam):
    mail = schedule()
    Customer.objects.filter(pk=ada.pk).update(do_not_contact=True)
    run(DUE)
    with pytest.raises(ActionRefused, match="not to be contacted"):
        send_now(mail, by=sam, at=DUE)
    assert held(mail) == "dnc"


def test_cancelled_it_is_a_draft_again(schedule, sam, ada, thread):
    draft = cancel_mail(schedule(), by=sam, at=AT)
    assert (draft.user, draft.customer, draft.tab) == (sam, ada, "replies")
    assert (draft.fields["body"], draft.fields["conversation"]) == ("Here it is.", str(thread.pk))
    assert run(DUE) == 0
    assert waits(thread)


def test_another_draft_to_them_is_not_written_over(schedule, sam, ada):
    mail = schedule()
    Draft.objects.create(user=sam, customer=ada, tab="replies", fields={"body": "Another"}, saved_at=AT)
    with pytest.raises(ActionRefused, match="another draft"):
        cancel_mail(mail, by=sam, at=AT)
    assert Draft.objects.get().fields["body"] == "Another"
    assert run(DUE) == 1


def test_discarded_it_can_be_brought_back_for_a_day(schedule, ada, sam):
    mail = schedule()
    with pytest.raises(ActionRefused, match="Cancel it first"):
        discard_mail(mail, by=sam, at=AT)
    Customer.objects.filter(pk=ada.pk).update(lifecycle="ended")
    run(AT)
    discard_mail(mail, by=sam, at=AT)
    run(AT + timedelta(hours=23))
    restore_mail(mail, by=sam, at=AT)
    assert held(mail) == "ended"
    discard_mail(mail, by=sam, at=AT)
    run(AT + timedelta(hours=25))
    assert not ScheduledMail.objects.exists()


# --- on the pages ---


def post(client, customer, tab="replies", **given):
    return client.post(f"/customers/{customer.pk}/{tab}/", given)


def coming(days=3):
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


@pytest.fixture
def reply(desk, ada, address, thread):
    def written(**given):
        return post(desk, ada, conversation=thread.pk, via=f"to-{address.pk}", body="Here it is.", **given)

    return written


def test_it_is_offered_by_both_clocks(desk, ada, address):
    text = desk.get(f"/customers/{ada.pk}/replies/").content.decode()
    assert 'value="tomorrow"' in text
    assert "09:00 their time" in text
    assert 'value="tomorrow"' not in desk.get(f"/customers/{CustomerFactory().pk}/replies/").content.decode()


def test_the_rows_of_its_conversation_say_when_it_leaves(desk, firm, reply):
    reply(later="tomorrow")
    mail = ScheduledMail.objects.get()
    moment = date_format(timezone.localtime(mail.leaves_at, firm.zone), "DAY_FORMAT")
    urls = ("/", "/conversations/?list=waiting", "/conversations/?list=unassigned")
    assert all(f"scheduled for {moment}" in desk.get(url).content.decode() for url in urls)
    hold_mail(mail, cause="wrote", at=timezone.now())
    assert all("reply held" in desk.get(url).content.decode() for url in urls)


@pytest.mark.parametrize("later", ["hour", "tomorrow"])
def test_scheduled_from_the_composer_with_its_files(desk, reply, thread, ada, later):
    file = SimpleUploadedFile("plan.txt", b"plan", "text/plain")
    assert reply(later=later, attachments=file).status_code == 302
    mail = ScheduledMail.objects.get()
    assert mail.leaves_at > timezone.now()
    assert [one["name"] for one in mail.files] == ["plan.txt"]
    assert not Outgoing.objects.exists()
    for url in (f"/customers/{ada.pk}/", f"/conversations/{thread.pk}/", f"/?conversation={thread.pk}", "/scheduled/"):
        text = desk.get(url).content.decode()
        assert "Scheduled:" in text, url
        assert "Cancel sending" in text, url
    send_due(clock=lambda: mail.leaves_at)
    assert Interaction.objects.get(direction="outbound").attachments.get().name == "plan.txt"
    assert "Nothing is scheduled" in desk.get("/scheduled/").content.decode()


def test_edited_it_comes_back_with_its_time_and_files(desk, reply, ada):
    reply(later="moment", moment=coming(), attachments=SimpleUploadedFile("plan.txt", b"plan"))
    mail = ScheduledMail.objects.get()
    answer = desk.post(f"/scheduled/{mail.pk}/editing/")
    assert answer.url == f"/customers/{ada.pk}/replies/"
    form = desk.get(answer.url).context["form"]
    assert form["moment"].value() == f"{mail.leaves_at.astimezone(BERLIN):%Y-%m-%dT%H:%M}"
    assert "plan.txt" in form.fields["carried"].choices[0][1]
    [carried] = form.initial["carried"]
    assert reply(carried=carried, moment=form["moment"].value()).status_code == 422  # the time still stands there
    assert not Interaction.objects.filter(direction="outbound").exists()
    assert reply(carried=carried, moment="").status_code == 302
    assert Interaction.objects.get(direction="outbound").attachments.get().name == "plan.txt"


def test_a_file_that_is_unticked_stays_behind_and_a_forged_one_too(desk, reply):
    reply(later="tomorrow", carried="forged")
    assert ScheduledMail.objects.get().files == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"later": "moment"}, "Choose a date and time."),
        ({"later": "moment", "moment": "2020-01-01T10:00"}, "within the next 12 months"),
        ({"later": "moment", "moment": "2999-01-01T10:00"}, "within the next 12 months"),
        ({"moment": "2030-01-01T10:00"}, "Press “Schedule”"),
        ({"later": "hour", "via": "by-chat"}, "Only an e-mail from here"),
        ({"later": "never"}, "never"),
    ],
)
def test_what_cannot_be_scheduled_is_said_and_kept(desk, ada, address, thread, given, said):
    fields = {"conversation": thread.pk, "via": f"to-{address.pk}", "body": "Kept words", **given}
    refused = post(desk, ada, **fields)
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert "Kept words" in refused.content.decode()
    assert not ScheduledMail.objects.exists()
    assert not Outgoing.objects.exists()


def test_a_draft_that_comes_late_is_dropped(desk, reply, ada):
    ref = str(uuid4())
    reply(later="tomorrow", ref=ref)
    desk.post(f"/customers/{ada.pk}/drafts/", {"tab": "replies", "body": "Here it is.", "ref": ref})
    assert not Draft.objects.exists()


def test_the_buttons_do_what_they_say(desk, reply, ada, sam):
    for act, left in (("cancellation", "draft"), ("sending", "mail")):
        reply(later="tomorrow")
        Draft.objects.all().delete()
        mail = ScheduledMail.objects.get()
        assert desk.get(f"/scheduled/{mail.pk}/{act}/").status_code == 405
        desk.post(f"/scheduled/{mail.pk}/{act}/")
        assert (Draft.objects.exists(), Outgoing.objects.exists()) == (left == "draft", left == "mail")
        assert desk.post(f"/scheduled/{mail.pk}/{act}/").status_code == 404
    Interaction.objects.filter(direction="outbound").delete()
    Draft.objects.all().delete()
    reply(later="tomorrow")
    mail = ScheduledMail.objects.get()
    happens(ada, "message", at=timezone.now() + timedelta(seconds=1))
    send_due(clock=timezone.now)
    assert "They have written or called" in desk.get("/scheduled/").content.decode()
    desk.post(f"/scheduled/{mail.pk}/discarding/")
    assert "Nothing is scheduled" in desk.get("/scheduled/").content.decode()
    desk.post(f"/scheduled/{mail.pk}/restoration/")
    assert "Held, not sent:" in desk.get("/scheduled/").content.decode()


def test_a_decision_is_sent_at_once(desk, ada, address):
    asked = happens(ada, "refund_request", at=timezone.now(), amount="9.00", currency="EUR")
    assert 'name="later"' not in desk.get(f"/customers/{ada.pk}/entries/{asked.pk}/decision/").content.decode()


def test_taken_back_a_mail_keeps_its_files(desk, reply, ada, settings):
    settings.MAIL_UNDO_SECONDS = 10
    reply(attachments=SimpleUploadedFile("plan.txt", b"plan"))
    row = Interaction.objects.get(direction="outbound")
    desk.post(f"/customers/{ada.pk}/entries/{row.pk}/outgoing/undo/")
    form = desk.get(f"/customers/{ada.pk}/replies/").context["form"]
    assert "plan.txt" in form.fields["carried"].choices[0][1]
