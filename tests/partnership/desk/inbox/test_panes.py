"""Read, answer, next: what the pane shows, and where what is done in it leads."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Commitment
from interactions.models import Conversation, Interaction, Outgoing
from partnership.desk.models import Draft
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from tests.factories import (
    ContactPointFactory,
    ConversationFactory,
    CustomerFactory,
    UserFactory,
    firm_today,
    happens,
    promise,
)
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(firm, sam):
    """Three wait, the first the longest; two have a promise of ours."""
    now = timezone.now()
    threads = []
    for number, name in enumerate(("Ada", "Ben", "Cleo")):
        customer = CustomerFactory(name=name, owner=sam)
        ContactPointFactory(customer=customer, value=f"{name.lower()}@example.org")
        thread = ConversationFactory(customer=customer, channel="email", subject=f"{name}'s question")
        happens(
            customer, "message", at=now - timedelta(days=9 - number), conversation_id=thread.pk, channel="email",
            body=f"Hello Sam,\n\nmay I ask {name}?",
        )  # fmt: skip
        threads.append(thread)
    for name in ("Otto", "Paula"):
        customer = CustomerFactory(name=name, owner=sam)
        promise(customer, f"Call {name}", at=now - timedelta(days=9), due_on=firm_today(), by=sam)
    rescore_all(at=now)
    refresh_all(at=now)
    return threads


def opened(response):
    found = re.search(r'<section class="pane".*?<h2>\s*<a[^>]*>([^<]*)<', response.content.decode(), re.S)
    return found and found[1]


def at(thread):
    return f"/?whose=all&conversation={thread.pk}"


def form_of(response):
    """The values of the pane's composer as a browser would send them."""
    html = response.content.decode()
    form = html[html.index('id="composer"') :].partition("</form")[0]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    fields = {name: unescape(value) for name, value in hidden}
    via = re.search(r'<option value="([^"]*)" selected', form)
    return fields | ({"via": via[1]} if via else {})


def answer(visitor, thread, body="Yes, you may.", **more):
    form = form_of(visitor.get(at(thread)))
    return visitor.post(at(thread), {**form, "body": body, **more})


def test_a_wide_screen_shows_the_first_at_once(desk, queue):
    page = desk.get("/")
    assert opened(page) == "Ada"
    assert "data-open\n" not in page.content.decode()
    assert "may I ask Ada?" in page.content.decode()


def second_button(page):
    return re.search(r'data-panes-target="more"[^>]*>(.*?)</button>', page.content.decode(), re.S)[1]


def test_the_second_button_says_what_the_first_does(desk, queue, sam):
    assert second_button(desk.get(at(queue[0]))) == (
        '<span class="if-sent">Send and close</span><span class="if-noted">Record and close</span>'
    )
    stalled = FocusItem.objects.filter(customer__name="Otto").first()
    found = second_button(desk.get(f"/?whose=all&item={stalled.pk}"))
    assert "Record and mark as done" in found


def test_a_row_says_what_they_say_and_not_their_greeting(desk, queue):
    assert re.search(r'queue-words"[^>]*>may I ask Ada\?', desk.get("/").content.decode())


def test_what_is_asked_for_is_open(desk, queue, sam):
    page = desk.get(at(queue[1]))
    assert opened(page) == "Ben"
    assert "data-open\n" in page.content.decode()
    fragment = signed_in(sam, hx_request="true", hx_target="pane").get(at(queue[1]))
    assert opened(fragment) == "Ben"
    assert "<html" not in fragment.content.decode()


def test_sent_and_on_to_the_next(desk, queue, sam):
    response = answer(desk, queue[0])
    assert response.status_code == 302
    assert opened(desk.get(response.url, follow=True)) == "Ben"
    sent = Interaction.objects.get(direction="outbound", kind="message")
    assert (sent.conversation, sent.author, sent.body) == (queue[0], sam, "Yes, you may.")
    assert Outgoing.objects.get().to == ["ada@example.org"]


def test_sent_and_closed(desk, queue):
    answer(desk, queue[0], close="1")
    queue[0].refresh_from_db()
    assert (queue[0].status, queue[0].waiting_since) == ("closed", None)


def test_from_the_end_to_the_beginning(desk, queue):
    assert opened(desk.get(answer(desk, queue[2]).url, follow=True)) == "Ada"


def test_after_the_last_the_page_of_the_partners(desk, queue):
    for thread in queue:
        response = answer(desk, thread)
    assert opened(desk.get(response.url, follow=True)) in {"Otto", "Paula"}


def test_a_draft_is_kept_and_a_sent_one_is_gone(desk, queue, sam):
    Draft.objects.create(
        user=sam, customer=queue[0].customer, tab="replies", fields={"body": "Half a"}, saved_at=timezone.now()
    )
    assert "Half a" in desk.get(at(queue[0])).content.decode()
    answer(desk, queue[0])
    assert not Draft.objects.exists()


def test_none_is_answered_twice_unread(desk, queue, sam):
    """What a colleague has sent since is said first; sent again, it goes."""
    seen = form_of(desk.get(at(queue[0])))
    answer(signed_in(UserFactory(name="Mara Lind")), queue[0], "Mine.")
    response = desk.post(at(queue[0]), {**seen, "body": "Mine too."})
    assert response.status_code == 422
    html = response.content.decode()
    assert "Mara Lind answered at" in html
    assert "Mine too." in html
    assert Interaction.objects.filter(direction="outbound", kind="message").count() == 1
    again = {**seen, "seen": form_of(response)["seen"], "body": "Mine too."}
    assert desk.post(at(queue[0]), again).status_code == 302
    assert Interaction.objects.filter(direction="outbound", kind="message").count() == 2


def test_next_is_who_no_colleague_is_writing_to(desk, queue):
    Draft.objects.create(
        user=UserFactory(), customer=queue[1].customer, tab="replies", fields={"body": "…"}, saved_at=timezone.now()
    )
    assert opened(desk.get(answer(desk, queue[0]).url, follow=True)) == "Cleo"


def test_a_refused_reply_stays_with_its_words(desk, queue):
    response = answer(desk, queue[0], body=" ")
    assert response.status_code == 422
    assert opened(response) == "Ada"


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("closure", {"answered": "not_needed", "reason": ""}),
        ("snooze", {"until": "2999-01-01T10:00", "reason": "Later"}),
    ],
)
def test_what_is_done_in_the_pane_leads_on(desk, queue, name, sent):
    html = desk.get(at(queue[0])).content.decode()
    link = re.search(rf'(?:href|action)="({reverse(f"conversation_{name}", args=[queue[0].pk])}[^"]*)"', html)[1]
    response = desk.post(unescape(link), sent, follow=True)
    assert opened(response) == "Ben"
    assert Conversation.objects.get(pk=queue[0].pk).status != "open"


def test_a_promise_is_kept_from_its_pane(desk, queue):
    item = FocusItem.objects.filter(is_lead=True).order_by("-place", "-id")[0]
    html = desk.get(f"/?whose=all&item={item.pk}").content.decode()
    link = re.search(r'action="(/promises/\d+/keeping/[^"]*)"', html)[1]
    response = desk.post(unescape(link), follow=True)
    assert Commitment.objects.get(pk=item.facts["promise"]).status == "kept"
    assert "The promise is marked as kept." in response.content.decode()


def test_a_new_date_is_agreed_on_from_its_pane(desk, queue):
    item = FocusItem.objects.filter(is_lead=True)[0]
    html = desk.get(f"/?whose=all&item={item.pk}").content.decode()
    link = unescape(re.search(r'href="(/promises/\d+/renegotiation/[^"]*)"', html)[1])
    form = signed_in(UserFactory(), hx_request="true").get(link).content.decode()
    assert 'id="page-form"' in form
    due_on = firm_today() + timedelta(days=7)
    response = desk.post(link, {"due_on": due_on})
    assert response.url.startswith("/focus/next/")
    assert Commitment.objects.filter(due_on=due_on, status="open").count() == 1


def test_the_sentence_counts_what_it_links_to(desk, queue, sam):
    Conversation.objects.filter(pk=queue[0].pk).update(
        status="snoozed", snoozed_until=timezone.now() + timedelta(days=1)
    )
    html = desk.get("/").content.decode()
    links = dict(re.findall(r'href="(/conversations/\?list=(?:waiting|snoozed)&amp;due=1[^"]*)">\s*(\d+) ', html))
    assert sorted(links.values()) == ["1", "2"]
    for url, number in links.items():
        assert desk.get(unescape(url)).content.decode().count("data-row") == int(number)


def test_nothing_open_nothing_written(desk, queue):
    assert desk.post("/", {"body": "Hello"}).status_code == 400
    assert desk.post("/conversations/", {"body": "Hello"}).status_code == 400


def test_a_restricted_customers_conversation_does_not_open(desk, queue):
    queue[0].customer.restricted, queue[0].customer.owner = True, None
    queue[0].customer.save()
    assert desk.get(at(queue[0])).status_code == 404
    assert desk.get(f"/conversations/?conversation={queue[0].pk}").status_code == 404


def test_it_goes_where_they_wrote_from_with_those_in_copy(desk, queue, firm):
    firm.own_addresses = ["us@ourfirm.example"]
    firm.save()
    ada = queue[0].customer
    second = ContactPointFactory(customer=ada, value="ada@home.example")
    happens(
        ada, "message", at=timezone.now() - timedelta(hours=1), conversation_id=queue[0].pk, channel="email",
        body="And?", payload={
            "from": "Ada <ada@home.example>", "from_email": "ada@home.example", "to": "us@ourfirm.example",
            "cc": "Bob <bob@example.org>, us@ourfirm.example",
        },
    )  # fmt: skip
    form = form_of(desk.get(at(queue[0])))
    assert form["via"] == f"to-{second.pk}"
    assert 'value="bob@example.org"' in desk.get(at(queue[0])).content.decode()
    answer(desk, queue[0], cc="bob@example.org, Cleo <Cleo@Example.org>", bcc="files@ourfirm.example")
    sent = Outgoing.objects.get()
    assert (sent.to, sent.cc, sent.bcc) == (
        ["ada@home.example"], ["bob@example.org", "cleo@example.org"], ["files@ourfirm.example"],
    )  # fmt: skip


def test_what_is_no_address_is_refused_at_its_field(desk, queue):
    response = answer(desk, queue[0], cc="bob@example.org, nobody")
    assert response.status_code == 422
    assert "is no e-mail address" in response.content.decode()


def test_a_reply_is_taken_back_and_its_words_are_a_draft_again(desk, queue, settings):
    settings.MAIL_UNDO_SECONDS = 10
    page = desk.get(answer(desk, queue[0]).url, follow=True).content.decode()
    undo = re.search(r'action="(/customers/\d+/entries/\d+/outgoing/undo/)"', page)[1]
    back = desk.post(undo, follow=True)
    assert "was not sent" in back.content.decode()
    assert not Outgoing.objects.exists()
    queue[0].refresh_from_db()
    assert queue[0].waiting_since is not None
    assert "Yes, you may." in desk.get(at(queue[0])).content.decode()
    assert "taken back already" in desk.post(undo, follow=True).content.decode()


@pytest.mark.parametrize("noted", [True, False])
def test_what_was_sent_and_closed_was_never_closed_after_undo(desk, queue, settings, noted):
    settings.MAIL_UNDO_SECONDS = 10
    thread = queue[0]
    sent = answer(desk, thread, close="1", **({"via": "by-email"} if noted else {}))
    assert thread.settlements.count() == 1
    undo = re.search(
        r'action="(/customers/\d+/entries/\d+/(?:outgoing/undo|retraction)/)"',
        desk.get(sent.url, follow=True).content.decode(),
    )[1]
    desk.post(undo)
    thread.refresh_from_db()
    assert thread.status == "open"
    assert thread.waiting_since is not None
    assert not thread.settlements.exists()
    assert "Closed by" not in desk.get(at(thread)).content.decode()


def test_a_reply_taken_back_in_focus_is_shown_among_the_same_rows(desk, queue, settings):
    settings.MAIL_UNDO_SECONDS = 10
    answer(desk, queue[0])
    row = Outgoing.objects.get().interaction
    undo = reverse("outgoing_undo", args=[row.customer_id, row.pk])
    here = f"http://testserver/?whose=mine&conversation={queue[1].pk}"
    back = desk.post(undo, headers={"HX-Request": "true", "HX-Current-URL": here})
    assert back["HX-Redirect"] == f"/?whose=mine&conversation={queue[0].pk}"


def test_on_the_customers_page_the_form_is_open_with_the_words_taken_back(desk, sam, queue, settings):
    settings.MAIL_UNDO_SECONDS = 10
    answer(desk, queue[0])
    row = Outgoing.objects.get().interaction
    page = row.customer.get_absolute_url()
    undo = f"{page}entries/{row.pk}/outgoing/undo/"
    back = desk.post(undo, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}?folded=1"})
    assert back["HX-Redirect"] == f"{page}replies/"
    opened = desk.get(back["HX-Redirect"]).context["form"]
    assert (opened["body"].value(), opened["conversation"].value()) == ("Yes, you may.", str(queue[0].pk))
