"""The inbox, the bell and the preferences."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.actions.conversations import snooze_conversation
from interactions.models import Kind
from partnership.desk.tasks import wake_snoozed_task
from partnership.notifications.models import Notification
from partnership.notifications.notify import notify
from partnership.staff.models import Preferences
from tests.factories import ConversationFactory, CustomerFactory, happens, promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada Okafor")


def news(user, customer, *, ago=0, **more):
    given = {"kind": "mention", "key": f"news/{Notification.objects.count()}", **more}
    notify(users=[user], customer=customer, at=timezone.now() - timedelta(minutes=ago), **given)
    return Notification.objects.latest("pk")


def text(response):
    return " ".join(response.content.decode().split())


class TestInbox:
    def test_ones_own_newest_first_with_the_unread_marked(self, desk, sam, manager, ada):
        old = news(sam, ada, ago=9, text="the first")
        news(sam, ada, ago=5, text="the second", by=manager)
        news(manager, ada, text="not mine")
        Notification.objects.filter(pk=old.pk).update(read_at=timezone.now())
        page = text(desk.get("/notifications/"))
        assert page.index("the second") < page.index("the first")
        assert page.count("Unread:") == 1
        assert "Mara Lind: you were mentioned" in page
        assert "not mine" not in page

    def test_nothing_yet(self, desk):
        assert "No notifications" in text(desk.get("/notifications/"))

    def test_not_of_a_customer_whom_one_may_see_no_longer(self, desk, sam, ada):
        one = news(sam, ada, text="a secret")
        ada.restricted = True
        ada.save()
        assert "a secret" not in text(desk.get("/notifications/"))
        assert desk.get(f"/notifications/{one.pk}/").status_code == 404
        assert "bell-count" not in text(desk.get("/notifications/unread/"))

    def test_it_pages_by_key_in_a_fixed_number_of_queries(self, desk, htmx, sam, ada, django_assert_num_queries):
        when = timezone.now()
        for number in range(65):
            notify(kind="mention", users=[sam], customer=ada, at=when, key=f"mention/{number}", text=f"number {number}")
        desk.get("/notifications/")
        with django_assert_num_queries(3):
            page = desk.get("/notifications/")
        shown = [one.pk for one in page.context["news"]]
        while older := page.context["older"]:
            page = htmx.get(older)
            assert "<html" not in text(page)
            shown += [one.pk for one in page.context["news"]]
        assert shown == sorted(shown, reverse=True)
        assert len(set(shown)) == len(shown) == 65
        assert desk.get("/notifications/?before=nonsense").status_code == 400


class TestOpening:
    def test_it_is_read_then_and_leads_to_what_it_is_about(self, desk, sam, ada):
        thread = ConversationFactory(customer=ada)
        row = happens(ada, Kind.NOTE, at=timezone.now())
        owed = promise(ada, "Send it", at=timezone.now(), due_on=None, by=sam)
        for about, place in [
            ({"interaction": row}, reverse("entry", args=[ada.pk, row.pk])),
            ({"interaction": row, "conversation": thread}, reverse("conversation", args=[thread.pk])),
            ({"commitment": owed}, f"{ada.get_absolute_url()}#promises-title"),
            ({}, ada.get_absolute_url()),
        ]:
            one = news(sam, ada, **about)
            assert desk.get(f"/notifications/{one.pk}/").headers["Location"] == place
            one.refresh_from_db()
            assert one.read_at is not None

    def test_read_once(self, desk, sam, ada):
        one = news(sam, ada)
        for _ in range(2):
            desk.get(f"/notifications/{one.pk}/")
            before, one = one.read_at, Notification.objects.get()
        assert one.read_at == before

    def test_nobody_elses(self, desk, manager, ada):
        one = news(manager, ada)
        assert desk.get(f"/notifications/{one.pk}/").status_code == 404
        one.refresh_from_db()
        assert one.read_at is None


class TestReading:
    def test_all_that_was_there_and_only_ones_own(self, desk, sam, manager, ada):
        seen, since, others = news(sam, ada), news(sam, ada), news(manager, ada)
        desk.post("/notifications/reading/", {"until": seen.pk})
        assert list(Notification.objects.filter(read_at=None).order_by("pk")) == [since, others]
        desk.post("/notifications/reading/", {"until": "nonsense"})
        assert list(Notification.objects.filter(read_at=None)) == [others]

    def test_it_is_posted(self, desk):
        assert desk.get("/notifications/reading/").status_code == 405


class TestBell:
    def test_how_many_are_unread(self, desk, sam, ada):
        assert "bell-count" not in text(desk.get("/notifications/unread/"))
        for _ in range(3):
            news(sam, ada)
        assert '<span class="bell-count">3' in text(desk.get("/notifications/unread/"))

    def test_many_are_not_counted_to_the_end(self, desk, sam, ada):
        at = timezone.now()
        Notification.objects.bulk_create(
            Notification(user=sam, kind="mention", key=f"{n}", customer=ada, made_at=at) for n in range(120)
        )
        assert '<span class="bell-count">99+' in text(desk.get("/notifications/unread/"))

    def test_a_page_asks_nothing_of_it(self, desk, sam, ada):
        news(sam, ada)
        page = text(desk.get("/preferences/"))
        assert 'hx-get="/notifications/unread/"' in page
        assert "bell-count" not in page


class TestPreferences:
    def test_what_becomes_of_each_kind_and_how_often_mail_comes(self, desk, sam):
        Preferences.objects.create(user=sam, timeline="scope=talk", columns=["name"])
        given = {"mention": "none", "assignment": "inbox", "handover": "mail", "promise_due": "inbox", "tier": "none",
                 "focus": "inbox", "takeover": "mail"}  # fmt: skip
        response = desk.post("/preferences/", {**given, "digest": "hourly"}, follow=True)
        assert "are saved" in text(response)
        kept = Preferences.objects.get()
        assert (kept.notify, kept.digest) == (given, "hourly")
        assert (kept.timeline, kept.columns) == ("scope=talk", ["name"])
        assert desk.get("/preferences/").context["form"]["mention"].initial == "none"

    def test_nonsense_comes_back(self, desk):
        assert desk.post("/preferences/", {"mention": "loudly", "digest": "hourly"}).status_code == 422
        assert not Preferences.objects.exists()


def test_the_task_that_wakes_changes_nothing_the_second_time(sam, ada):
    thread = ConversationFactory(customer=ada)
    now = timezone.now()
    snooze_conversation(thread, until=now - timedelta(hours=1), reason="Why", by=sam, at=now - timedelta(hours=2))
    assert (wake_snoozed_task(), wake_snoozed_task()) == (1, 0)
