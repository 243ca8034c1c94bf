"""One thread's page, and what can be done with it there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.actions.conversations import (
    assign_conversation,
    claim_conversation,
    close_conversation,
    hand_over_conversation,
    snooze_conversation,
)
from interactions.actions.threads import join_threads
from interactions.models import Conversation, Interaction, Kind, Settlement
from partnership.notifications.models import Notification
from tests.factories import (
    ConversationFactory,
    CustomerFactory,
    DepartmentFactory,
    UserFactory,
    firm_today,
    happens,
    promise,
)
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(firm):
    thread = ConversationFactory(subject="Invoice 7", customer=CustomerFactory(name="Ada Okafor"))
    happens(
        thread.customer,
        Kind.QUESTION,
        at=timezone.now() - timedelta(days=3),
        conversation_id=thread.pk,
        body="Why two?",
    )
    thread.refresh_from_db()
    return thread


@pytest.fixture
def answered(thread, sam):
    happens(thread.customer, Kind.MESSAGE, at=timezone.now(), conversation_id=thread.pk, by=sam, direction="outbound")
    return again(thread)


def url(thread, name=""):
    return reverse(f"conversation_{name}" if name else "conversation", args=[thread.pk])


def text(response):
    return " ".join(response.content.decode().split())


def again(thread):
    return Conversation.objects.get(pk=thread.pk)


class TestPage:
    def test_how_it_stands_and_what_was_said(self, desk, thread):
        page = text(desk.get(url(thread)))
        for shown in (
            "Invoice 7",
            "Ada Okafor",
            "Why two?",
            "for 3",
            "days",
            "none yet",
            "Assign to me",
            'data-key="a"',
        ):
            assert shown in page.replace("\xa0", " ")
        assert "Reopen" not in page

    def test_a_closed_one_is_reopened_with_the_key_that_closes(self, desk, thread, sam):
        close_conversation(thread, answered="not_needed", by=sam, at=timezone.now())
        page = text(desk.get(url(thread)))
        assert "Reopen" in page
        assert url(thread, "reopening") in page
        assert url(thread, "closure") not in page
        assert "They wait" not in page

    def test_until_when_and_why_it_is_snoozed(self, desk, thread, sam):
        until = timezone.now() + timedelta(days=2)
        snooze_conversation(thread, until=until, reason="Her accountant is away", by=sam, at=timezone.now())
        page = text(desk.get(url(thread)))
        assert "snoozed until" in page
        assert "Her accountant is away" in page
        assert "They wait" in page

    def test_who_covers_for_whom_it_belongs_to(self, desk, thread, sam):
        today = firm_today()
        cover = UserFactory(name="Cleo Hart")
        away = UserFactory(name="Olli Berg", away_from=today, away_to=today, cover=cover)
        assign_conversation(thread, to=away, by=sam, at=timezone.now())
        page = text(desk.get(url(thread)))
        assert "covered by Cleo Hart" in page
        assert "Take over" in page
        cover.is_active = False
        cover.save()
        assert "away, not covered" in text(desk.get(url(thread)))

    def test_what_was_joined_leads_to_the_other(self, desk, thread, sam):
        other = ConversationFactory(customer=thread.customer)
        join_threads(thread, into=other, by=sam, at=timezone.now())
        assert desk.get(url(thread)).headers["Location"] == url(other)

    def test_a_restricted_customers_is_not_there(self, desk, managers_desk, thread):
        thread.customer.restricted = True
        thread.customer.save()
        assert desk.get(url(thread)).status_code == 404
        assert managers_desk.get(url(thread)).status_code == 200

    def test_nothing_is_left_in_it(self, desk, thread):
        Interaction.objects.all().delete()
        assert "This conversation is empty" in text(desk.get(url(thread)))

    def test_it_pages_by_key(self, desk, htmx, thread):
        now = timezone.now()
        for number in range(60):
            happens(thread.customer, Kind.NOTE, at=now - timedelta(minutes=number), conversation_id=thread.pk)
        happens(thread.customer, Kind.NOTE, at=now, body="elsewhere")
        first = desk.get(url(thread))
        older = first.context["older"]
        second = htmx.get(older)
        assert "<html" not in text(second)
        shown = [entry.pk for page in (first, second) for day in page.context["days"] for entry in day.entries]
        assert len(shown) == len(set(shown)) == 61
        assert desk.get(f"{url(thread)}?before=nonsense").status_code == 400

    def test_its_number_of_queries_is_fixed(self, desk, thread, sam, django_assert_num_queries):
        desk.get(url(thread))
        hand_over_conversation(thread, to=sam, summary="So far", by=UserFactory(), at=timezone.now())
        with django_assert_num_queries(12) as few:
            desk.get(url(thread))
        for _ in range(30):
            happens(
                thread.customer, Kind.NOTE, at=timezone.now(), conversation_id=thread.pk, author_id=UserFactory().pk
            )
        with django_assert_num_queries(len(few.captured_queries)):
            desk.get(url(thread))


class TestHandover:
    def test_the_summary_is_first_until_whoever_has_it_has_done_something(self, desk, thread, sam, manager):
        row = hand_over_conversation(thread, to=sam, summary="She paid twice.", by=manager, at=timezone.now())
        page = text(desk.get(url(thread)))
        assert page.index("Handed over by Mara Lind") < page.index("Why two?")
        later = row.occurred_at + timedelta(minutes=1)
        happens(thread.customer, Kind.NOTE, at=later, conversation_id=thread.pk, by=manager, direction="internal")
        assert "Handed over by Mara Lind" in text(desk.get(url(thread)))
        happens(thread.customer, Kind.NOTE, at=later, conversation_id=thread.pk, by=sam, direction="internal")
        assert "Handed over by Mara Lind" not in text(desk.get(url(thread)))

    def test_of_a_department_it_stays_first_until_somebody_took_it(self, desk, thread, sam, manager):
        hand_over_conversation(thread, to=DepartmentFactory(), summary="She paid twice.", by=manager, at=timezone.now())
        assert "Handed over by Mara Lind" in text(desk.get(url(thread)))
        claim_conversation(thread, by=sam, at=timezone.now())
        assert "Handed over by Mara Lind" in text(desk.get(url(thread)))

    def test_to_a_colleague_who_is_told(self, desk, thread, sam, manager):
        given = {
            "to": f"user-{manager.pk}",
            "summary": "She paid twice.",
            "ref": "0b6f2a58-6a52-4e6e-9c5c-0a54a8f4a001",
        }
        for _ in range(2):  # sent twice
            assert desk.post(url(thread, "handover"), given).headers["Location"] == url(thread)
        assert again(thread).assignee == manager
        row = Interaction.objects.get(kind=Kind.HANDOVER)
        news = Notification.objects.get()
        assert (news.user, news.kind, news.interaction, news.conversation) == (manager, "handover", row, thread)

    def test_to_a_department_whose_members_are_told(self, desk, thread, sam):
        billing = DepartmentFactory(name="Billing")
        sam.department = billing
        sam.save()
        member = UserFactory(department=billing)
        UserFactory(department=billing, is_active=False)
        UserFactory()
        desk.post(url(thread, "handover"), {"to": f"department-{billing.pk}", "summary": "She paid twice."})
        assert (again(thread).assignee, again(thread).department) == (None, billing)
        assert [news.user for news in Notification.objects.all()] == [member]

    def test_without_a_summary_it_comes_back(self, desk, thread, manager):
        response = desk.post(url(thread, "handover"), {"to": f"user-{manager.pk}", "summary": ""})
        assert response.status_code == 422
        assert "This field is required" in text(response)
        assert not Interaction.objects.filter(kind=Kind.HANDOVER).exists()

    def test_refused_in_place_it_leaves_the_pages_address(self, htmx, thread):
        response = htmx.post(url(thread, "handover"), {"to": "", "summary": ""}, headers={"HX-Target": "thread-form"})
        assert (response.status_code, response["HX-Push-Url"]) == (422, "false")

    def test_a_form_in_place_leads_on_to_the_conversation(self, htmx, thread, manager):
        given = {"to": f"user-{manager.pk}", "summary": "She paid twice."}
        response = htmx.post(url(thread, "handover"), given, headers={"HX-Target": "thread-form"})
        assert response.url == url(thread)

    def test_not_to_oneself_nor_to_somebody_who_left(self, desk, thread, sam):
        gone = UserFactory(is_active=False)
        for user in (sam, gone):
            response = desk.post(url(thread, "handover"), {"to": f"user-{user.pk}", "summary": "So"})
            assert response.status_code == 422


class TestAssignment:
    def test_taken_with_one_key_and_the_second_is_told_by_whom(self, desk, managers_desk, thread, sam):
        desk.post(url(thread, "assignment"), {"user": "take"})
        assert again(thread).assignee == sam
        page = text(managers_desk.post(url(thread, "assignment"), {"user": "take"}, follow=True))
        assert "Sam Rivera is the assignee already." in page
        assert again(thread).assignee == sam

    def test_given_to_a_colleague_who_is_told_once(self, desk, thread, manager):
        for _ in range(2):
            desk.post(url(thread, "assignment"), {"user": manager.pk})
        assert again(thread).assignee == manager
        news = Notification.objects.get()
        assert (news.user, news.kind, news.conversation, news.customer) == (
            manager, "assignment", thread, thread.customer,
        )  # fmt: skip

    def test_given_to_oneself_or_to_nobody_tells_nobody(self, desk, thread, sam):
        desk.post(url(thread, "assignment"), {"user": sam.pk})
        assert again(thread).assignee == sam
        desk.post(url(thread, "assignment"), {"user": ""})
        assert again(thread).assignee is None
        assert not Notification.objects.exists()

    @pytest.mark.parametrize("to", ["0", "x"])
    def test_to_nobody_there_is(self, desk, thread, to):
        assert "still works here" in text(desk.post(url(thread, "assignment"), {"user": to}, follow=True))


class TestStatus:
    def test_what_was_answered_is_closed_at_once_and_reopened(self, desk, answered):
        assert f'action="{url(answered, "closure")}"' in text(desk.get(url(answered)))
        page = desk.post(url(answered, "closure"), follow=True)
        assert "is closed" in text(page)
        assert f'action="{url(answered, "reopening")}"' in text(page)
        assert (again(answered).status, again(answered).settlements.get().answered) == ("closed", "yes")
        assert "Closed by Sam Rivera" in text(desk.get(url(answered)))
        assert "closed already" in text(desk.post(url(answered, "closure"), follow=True))
        desk.post(url(answered, "reopening"))
        assert (again(answered).status, again(answered).settlements.count()) == ("open", 0)

    def test_closing_what_waits_asks_why_first(self, desk, thread):
        assert f'href="{url(thread, "closure")}"' in text(desk.get(url(thread)))
        for asked in (desk.get(url(thread, "closure")), desk.post(url(thread, "closure"))):
            assert asked.status_code == 200
            assert "No answer needed" in text(asked)
            assert "errorlist" not in text(asked)
        assert again(thread).status == "open"

    def test_closed_without_answering_for_a_reason_that_stands_in_the_thread(self, desk, thread):
        given = {"answered": "without", "reason": " "}
        refused = desk.post(url(thread, "closure"), given)
        assert (refused.status_code, again(thread).status) == (422, "open")
        assert "Enter why they get no answer." in text(refused)
        waited = again(thread).waiting_since
        page = desk.post(url(thread, "closure"), {**given, "reason": "Spam"}, follow=True)
        assert 'Closed without answering by Sam Rivera: <span dir="auto">Spam</span>' in text(page)
        assert (again(thread).status, again(thread).waiting_since) == ("closed", None)
        desk.post(url(thread, "reopening"))
        assert (again(thread).status, again(thread).waiting_since) == ("open", waited)
        assert "Closed without answering" not in text(desk.get(url(thread)))

    def test_no_answer_needed(self, desk, thread):
        page = desk.post(url(thread, "closure"), {"answered": "not_needed", "reason": "left over"}, follow=True)
        assert "Closed by Sam Rivera: no answer needed" in text(page)
        assert again(thread).settlements.get().reason == ""

    @pytest.mark.parametrize("answered", ["", "yes", "x"])
    def test_what_waits_is_not_closed_as_answered(self, desk, thread, answered):
        assert desk.post(url(thread, "closure"), {"answered": answered, "reason": ""}).status_code == 422
        assert again(thread).status == "open"

    def test_answered_by_a_colleague_while_the_form_was_open_it_is_just_closed(self, desk, answered):
        desk.post(url(answered, "closure"), {"answered": "without", "reason": "Spam"})
        assert (again(answered).status, again(answered).settlements.get().answered) == ("closed", "yes")

    def test_settlements_stand_between_what_was_said_on_every_page(self, desk, thread, sam):
        begin = again(thread).waiting_since
        for hour in range(1, 61):
            at = begin + timedelta(minutes=hour)
            happens(
                thread.customer, Kind.NOTE, at=at, conversation_id=thread.pk, direction="internal", body=f"N{hour}-"
            )
        Settlement.objects.create(conversation=thread, at=begin + timedelta(minutes=5, seconds=1), answered="yes")
        Settlement.objects.create(conversation=thread, at=begin + timedelta(minutes=55, seconds=1), answered="yes")
        first = desk.get(url(thread))
        older = desk.get(first.context["older"])
        assert [text(page).count("> Closed · <") for page in (first, older)] == [1, 1]
        assert text(first).index("N56-") < text(first).index("> Closed · <") < text(first).index("N55-")

    def test_snoozed_with_a_reason(self, desk, thread):
        until = timezone.localtime() + timedelta(days=2)
        desk.post(url(thread, "snooze"), {"until": f"{until:%Y-%m-%dT%H:%M}", "reason": "Her accountant is away"})
        assert (again(thread).status, again(thread).snooze_reason) == ("snoozed", "Her accountant is away")

    def test_snoozed_until_they_answer(self, desk, thread):
        desk.post(url(thread, "snooze"), {"when": "answer"})
        assert (again(thread).status, again(thread).snoozed_until) == ("snoozed", None)
        assert "until they answer" in text(desk.get(url(thread)))
        happens(thread.customer, Kind.MESSAGE, at=timezone.now(), conversation_id=thread.pk)
        assert again(thread).status == "open"

    @pytest.mark.parametrize("given", [{"until": "2020-01-01T10:00", "reason": "Why"}, {"reason": "Why"}])
    def test_snoozed_into_the_past_or_without_a_moment_it_comes_back(self, desk, thread, given):
        assert desk.post(url(thread, "snooze"), given).status_code == 422
        assert again(thread).status == "open"


class TestJoining:
    def test_with_another_of_theirs(self, desk, thread):
        other, gone = ConversationFactory(customer=thread.customer), ConversationFactory(customer=thread.customer)
        elsewhere = ConversationFactory()
        join_threads(gone, into=other, by=None, at=timezone.now())
        form = desk.get(url(thread, "joining")).context["form"]
        assert list(form.fields["into"].queryset) == [other]
        assert desk.post(url(thread, "joining"), {"into": elsewhere.pk}).status_code == 422
        page = desk.post(url(thread, "joining"), {"into": other.pk}, follow=True)
        assert page.redirect_chain[-1][0] == url(other)
        assert "Why two?" in text(page)

    def test_where_there_is_no_other_it_says_so(self, desk, thread):
        assert "no other conversation to join" in text(desk.get(url(thread, "joining"), follow=True))


class TestMove:
    def test_found_by_name_and_moved(self, desk, thread):
        ben = CustomerFactory(name="Ben Adler")
        page = text(desk.get(url(thread, "move"), {"q": "adler"}))
        assert "Move it to Ben Adler" in page
        assert "Move it to Ada" not in text(desk.get(url(thread, "move"), {"q": "ada"}))
        desk.post(url(thread, "move"), {"customer": ben.pk})
        assert again(thread).customer == ben
        assert Interaction.objects.get().customer == ben

    def test_not_to_whom_one_may_not_see_and_not_found_by_name(self, desk, thread):
        hidden = CustomerFactory(name="Ben Adler", restricted=True)
        assert "No customers match" in text(desk.get(url(thread, "move"), {"q": "adler"}))
        assert desk.post(url(thread, "move"), {"customer": hidden.pk}).status_code == 404
        assert desk.post(url(thread, "move"), {"customer": "x"}).status_code == 404

    def test_rows_of_promises_stay(self, desk, thread, sam):
        owed = promise(thread.customer, "Send it", at=timezone.now(), due_on=None, by=sam)
        owed.interactions.update(conversation=thread)
        page = desk.post(url(thread, "move"), {"customer": CustomerFactory().pk}, follow=True)
        assert "stay with their customer" in text(page)


class TestSplit:
    def test_from_an_entry_on(self, desk, thread):
        entry = happens(thread.customer, Kind.MESSAGE, at=timezone.now(), conversation_id=thread.pk, subject="Another")
        response = desk.post(reverse("entry_split", args=[thread.customer_id, entry.pk]))
        new = Conversation.objects.exclude(pk=thread.pk).get()
        assert response.headers["Location"] == url(new)
        assert (new.subject, thread.interactions.count(), new.interactions.get()) == ("Another", 1, entry)

    def test_at_its_first_entry_it_says_why_not(self, desk, thread):
        entry = thread.interactions.get()
        response = desk.post(reverse("entry_split", args=[thread.customer_id, entry.pk]), follow=True)
        assert "nothing to split off" in text(response)


def test_a_department_of_which_nobody_may_see_the_customer_does_not_get_it(managers_desk, manager, thread):
    law = DepartmentFactory(name="Law")
    UserFactory(department=law)
    UserFactory(department=law, role="manager", is_active=False)
    thread.customer.restricted = True
    thread.customer.save()
    given = {"to": f"department-{law.pk}", "summary": "They wait."}
    refused = managers_desk.post(url(thread, "handover"), given, follow=True)
    assert "No member of Law may see this customer: choose the owner or a manager." in text(refused)
    assert again(thread).department is None
    UserFactory(department=law, role="manager")
    managers_desk.post(url(thread, "handover"), given)
    assert again(thread).department == law


@pytest.mark.parametrize("name", ["reopening", "assignment"])
def test_verbs_are_posted(desk, thread, name):
    assert desk.get(url(thread, name)).status_code == 405
    assert desk.delete(url(thread)).status_code == 405


@pytest.mark.parametrize("name", ["closure", "reopening", "assignment", "snooze", "handover", "joining", "move"])
def test_nothing_is_done_to_what_one_may_not_see(firm, thread, name):
    thread.customer.restricted = True
    thread.customer.save()
    client = signed_in(UserFactory())
    assert client.post(url(thread, name), {"user": "take"}).status_code == 404
    assert client.get(url(thread, name)).status_code in (404, 405)
    assert again(thread).status == "open"
