"""Restricted customers are there for their owner and for managers alone: URL by URL, and in whatever names people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Commitment, Customer
from interactions.actions.deletions import delete_entry
from interactions.models import Conversation, Interaction
from partnership.notifications.digest import send_digests
from partnership.notifications.models import Notification
from partnership.notifications.notify import notify
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.access import LEAST_ROLE
from partnership.staff.models import SUPPORT
from tests.everything import every_url, of_customer, tell_everything
from tests.factories import CustomerFactory, OrganisationFactory, UserFactory, happens

pytestmark = pytest.mark.django_db

HUSH = "Zephyrine"
"""A word that stands in everything of the restricted customer's, and nowhere else."""


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def told(sam, manager):
    """All of it was told while Sam could see them; his inbox has news of them."""
    secret = CustomerFactory(name=f"{HUSH} Vale", owner=sam, tags=[HUSH.lower()], about=HUSH, organisation=None)
    told = tell_everything(secret, by=manager, colleague=UserFactory(), viewer=sam)
    Interaction.objects.filter(customer=secret).update(subject=f"About {HUSH}")
    Notification.objects.filter(customer=secret).update(text=f"{HUSH} waits")
    told.thread.subject = f"{HUSH}'s invoice"
    told.thread.save()
    Customer.objects.filter(pk=secret.pk).update(restricted=True, owner=manager)
    rescore_all(at=timezone.now())
    return told


OF_CUSTOMER = sorted(
    name
    for name in LEAST_ROLE
    if name in {"customer", "about", "why", "standing", "edit_customer", "new_promise", "goals", "compose", "drafts",
                "contact_points", "check_ins", "timeline", "timeline_filters", "news", "customer_history", "outgoing",
                "outgoing_retry", "outgoing_undo", "face", "why_json", "conversation", "standing_undo",
                "check_in_withdrawal", "saved_reply_text", "customer_data", "customer_erasure"}
    or name.startswith((
        "draft_", "entry", "conversation_", "goal_", "promise_", "contact_point_", "attachment", "decision", "recovery",
        "focus_item_", "merge", "scheduled_", "reminder", "new_merge", "tier_pin",
    ))
)  # fmt: skip


def test_every_url_with_a_key_is_asked(told):
    """A URL that is new and names somebody joins the table above."""
    assert set(of_customer(told)) - {"notification"} == set(OF_CUSTOMER)


def shown(response) -> str:
    """A file is read to its end, which closes it."""
    return (response.getvalue() if response.streaming else response.content).decode(errors="replace")


def test_none_of_their_urls_is_there_for_support(desk, managers_desk, told):
    """404 to what the URL can be asked, whatever that is; to a manager it is there. What is no business of support's
    is 403, of whomever."""
    urls = every_url(told)
    for asked in OF_CUSTOMER:
        answers = [desk.get(urls[asked]), desk.post(urls[asked])]
        refusal = 404 if LEAST_ROLE[asked] == SUPPORT else 403
        assert refusal in {answer.status_code for answer in answers}, asked
        assert {answer.status_code for answer in answers} <= {refusal, 405}, asked
        assert HUSH not in "".join(map(shown, answers)), asked
        answer = managers_desk.get(urls[asked])
        shown(answer)
        assert answer.status_code != 404 or asked == "entry_restoration", asked


def test_news_of_them_lead_nowhere(desk, told):
    assert desk.get(reverse("notification", kwargs=told.keys["notifications/"])).status_code == 404


PAGES = [
    "/", "/?partners=", "/?waiting=", "/customers/", f"/customers/?q={HUSH}", "/customers/?q=zephirine",
    f"/customers/?tag={HUSH.lower()}", "/customers/?owner=all&lifecycle=all", "/customers/?sort=name",
    "/customers/?sort=waiting", "/customers/?sort=heard", "/customers/?waiting=on",
    f"/search/?q={HUSH}", f"/search/?q={HUSH}&tab=conversations", f"/search/?q={HUSH}&tab=entries",
    f"/palette/?q={HUSH}", "/palette/?here={pk}", f"/customers/names/?introducer_name={HUSH}",
    f"/customers/names/?organisation_name={HUSH}", f"/group-session/?q={HUSH}", "/group-session/?person={pk}",
    f"/group-session/?tag={HUSH.lower()}", f"/group-session/people/?q={HUSH}", "/group-session/people/?add={pk}",
    "/wall/", "/notifications/", "/notifications/unread/", "/customers/views/", "/recoveries/",
]  # fmt: skip


def test_they_stand_in_no_list_suggestion_or_count(desk, told):
    secrets = [f"{HUSH} Vale", f"About {HUSH}", f"{HUSH} waits", f"{HUSH}'s invoice", told.customer.photo.name,
               f"/customers/{told.customer.pk}/"]  # fmt: skip
    for page in PAGES:
        response = desk.get(page.format(pk=told.customer.pk))
        assert response.status_code == 200, page
        assert not [secret for secret in secrets if secret in shown(response)], page
    assert not desk.get("/notifications/unread/").context["count"]


def test_their_owner_finds_them_there(managers_desk, told):
    """The same pages, so that the test above could fail."""
    for page in ("/customers/", f"/customers/?q={HUSH}", f"/search/?q={HUSH}", f"/search/?q={HUSH}&tab=entries",
                 f"/search/?q={HUSH}&tab=conversations", f"/palette/?q={HUSH}", "/wall/"):  # fmt: skip
        assert f"/customers/{told.customer.pk}/" in shown(managers_desk.get(page)), page


@pytest.mark.parametrize("action", ["tag", "assign", "lifecycle"])
def test_nothing_is_done_to_them_in_bulk(desk, told, action):
    given = {"everyone": "1", "query": "lifecycle=all", "sure": "1", "tag": "x", "lifecycle": "paused", "owner": ""}
    before = Customer.objects.filter(pk=told.customer.pk).values().get()
    desk.post(f"/customers/bulk/{action}/", given)
    desk.post(f"/customers/bulk/{action}/", {**given, "everyone": "", "pk": told.customer.pk})
    assert Customer.objects.filter(pk=told.customer.pk).values().get() == before
    CustomerFactory()
    assert HUSH.encode() not in desk.post("/customers/bulk/export/", {"everyone": "1"}).getvalue()


class TestNamedByOthers:
    """Somebody who is there for all is tied to them: their name is told to nobody who may not see them."""

    @pytest.fixture
    def friend(self, told):
        firm = OrganisationFactory(name=f"{HUSH} Works", restricted=True)
        friend = CustomerFactory(name="Ada Lund", organisation=firm, introduced_by=told.customer, tags=["open"])
        CustomerFactory(name="Ada Lund", organisation=firm)
        return friend

    def test_on_no_page(self, desk, told, friend):
        for page in (
            "/customers/", "/customers/?q=ada", "/search/?q=ada", "/palette/?q=ada", "/group-session/?q=ada",
            "/customers/names/?introducer_name=ada", "/group-session/?tag=open", "/group-session/people/?q=ada",
            "/customers/{pk}/", "/customers/{pk}/about/", "/customers/{pk}/details/", "/customers/{pk}/history/",
            "/customers/{pk}/why/", "/customers/{pk}/timeline/?person={secret}",
        ):  # fmt: skip
            response = desk.get(page.format(pk=friend.pk, secret=told.customer.pk))
            assert response.status_code == 200, page
            assert HUSH not in shown(response), page

    def test_their_tie_outlives_an_edit_by_who_does_not_see_it(self, desk, told, friend):
        given = {"name": "Ada Lund", "kind": "person", "lifecycle": "active", "organisation_name": "",
                 "introducer_name": ""}  # fmt: skip
        assert desk.post(f"/customers/{friend.pk}/details/", given).status_code == 302
        now = Customer.objects.get(pk=friend.pk)
        assert (now.organisation_id, now.introduced_by_id) == (friend.organisation_id, told.customer.pk)

    def test_a_manager_sees_and_clears_it(self, managers_desk, told, friend):
        url = f"/customers/{friend.pk}/details/"
        assert f"{HUSH} Works" in shown(managers_desk.get(url))
        given = {"name": "Ada Lund", "kind": "person", "lifecycle": "active", "organisation_name": "",
                 "introducer_name": ""}  # fmt: skip
        managers_desk.post(url, given)
        now = Customer.objects.get(pk=friend.pk)
        assert (now.organisation_id, now.introduced_by_id) == (None, None)

    def test_namesakes_are_told_apart_without_it(self, desk, told, friend):
        given = {"name": "New", "kind": "person", "lifecycle": "active", "introducer_name": "Ada Lund"}
        response = desk.post("/customers/new/", given)
        assert response.status_code == 422
        assert HUSH not in shown(response)

    def test_who_spoke_for_an_organisation(self, desk, told):
        """The organisation's own line is open, whoever of its people wrote."""
        firm = OrganisationFactory(name="Open Works")
        Customer.objects.filter(pk=told.customer.pk).update(organisation=firm)
        row = happens(firm, "message", at=timezone.now(), body="Hello", person_id=told.customer.pk, pinned=True)
        desk.post(f"/customers/{firm.pk}/entries/{row.pk}/wall/", {"words": "w"})
        pages = [f"/customers/{firm.pk}/", f"/customers/{firm.pk}/entries/{row.pk}/", "/wall/", "/search/?q=hello",
                 f"/customers/{firm.pk}/timeline/?person={told.customer.pk}", f"/customers/{firm.pk}/about/",
                 f"/customers/{firm.pk}/timeline/filters/", f"/customers/{firm.pk}/timeline/?print=1",
                 f"/customers/{firm.pk}/replies/", f"/customers/{firm.pk}/calls/"]  # fmt: skip
        for page in pages:
            response = desk.get(page)
            assert response.status_code == 200
            assert HUSH not in shown(response), page


def test_a_colleague_who_may_not_see_them_is_given_no_thread_of_theirs(managers_desk, told, sam):
    pk = told.thread.pk
    url = f"/conversations/{pk}"
    refused = managers_desk.post(f"{url}/assignment/", {"user": sam.pk}, follow=True)
    assert "may not see this customer" in shown(refused)
    managers_desk.post(f"{url}/handover/", {"to": f"user-{sam.pk}", "summary": "Please go on"})
    told.thread.refresh_from_db()
    assert told.thread.assignee != sam
    assert not Interaction.objects.filter(conversation=pk, body="Please go on").exists()


def test_what_went_to_them_is_no_news_any_more(desk, told, sam, mailoutbox):
    """An entry's excerpt, a thread's subject: they wait for somebody who may see where it was, not where it is."""
    open_one, by = CustomerFactory(name="Open Ada"), UserFactory()
    other = tell_everything(open_one, by=by, colleague=UserFactory(), viewer=sam)
    Notification.objects.filter(customer=open_one).update(text="Excerpt")
    for kind, key, about in (("assignment", "thread", {"conversation": other.thread}), ("tier", "open", {})):
        notify(kind=kind, users=[sam], customer=open_one, at=timezone.now(), key=key, text=f"News: {key}", **about)
    secrets = ["Excerpt", "News: thread"]
    assert all(one in shown(desk.get("/notifications/")) for one in [*secrets, "News: open"])
    Interaction.objects.filter(pk=other.keys["entry_edit"]["entry_pk"]).update(customer=told.customer)
    Conversation.objects.filter(pk=other.thread.pk).update(customer=told.customer)
    assert send_digests(at=timezone.now() + timedelta(days=1)) == 1
    for where in (shown(desk.get("/notifications/")), mailoutbox[0].body):
        assert [one for one in [*secrets, "News: open"] if one in where] == ["News: open"]


def test_what_was_deleted_there_is_cited_in_no_news(desk, told, sam, mailoutbox):
    """That there was something they know; what it said goes with the entry."""
    open_one = CustomerFactory(name="Open Ada")
    for name in ("mention", "handover"):
        row = happens(open_one, "note", at=timezone.now(), direction="internal", by=UserFactory(), body=HUSH)
        about = {"kind": name, "key": f"{name}/{row.pk}", "text": f"{HUSH} {name}", "interaction": row}
        notify(users=[sam], customer=open_one, at=timezone.now(), **about)
        Interaction.objects.filter(pk=row.pk).update(customer=told.customer)
        delete_entry(Interaction.objects.get(pk=row.pk), reason="Why", by=UserFactory(), at=timezone.now())
    assert send_digests(at=timezone.now() + timedelta(days=1)) == 1
    for where in (shown(desk.get("/notifications/")), mailoutbox[0].body, mailoutbox[0].alternatives[0][0]):
        assert "you were mentioned" in where
        assert HUSH not in where


def test_a_promise_that_went_to_them_is_no_news_any_more(desk, told, sam):
    owed = Commitment.objects.get(pk=told.keys["promises/"]["pk"])
    about = {"kind": "promise_due", "key": "due", "text": "Due today: Send it", "commitment": owed}
    notify(users=[sam], customer=CustomerFactory(), at=timezone.now(), **about)
    assert "Due today" not in shown(desk.get("/notifications/"))
