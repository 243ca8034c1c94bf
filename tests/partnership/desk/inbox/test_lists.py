"""Each list of conversations holds what its name says."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from interactions.mailboxes.outbox import claim, settle
from interactions.models import Conversation, Interaction, Outgoing
from partnership.desk.inbox import lists
from tests.factories import ConversationFactory, CustomerFactory, UserFactory, happens

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def names(response):
    return re.findall(r'class="queue-name"[^>]*>([^<]*)<', response.content.decode())


def talk(name, *turns, days=1, **fields):
    """A conversation in which they ("in") and we ("out") wrote in turn, the last of them so many days ago."""
    customer = CustomerFactory(name=name)
    thread = ConversationFactory(customer=customer, **fields)
    for back, turn in enumerate(reversed(turns)):
        happens(
            customer, "message", at=NOW - timedelta(days=days, hours=back), direction=f"{turn}bound",
            conversation_id=thread.pk, body=f"{turn} {back}",
        )  # fmt: skip
    return thread


@pytest.fixture
def talks(firm, sam):
    talk("Mine", "in", "out", assignee=sam, days=2)
    talk("Mine and waiting", "in", assignee=sam, days=1)
    talk("Colleague's", "in", assignee=UserFactory(), days=3)
    talk("Free", "in", days=4)
    snoozed = talk("Snoozed", "in", assignee=sam)
    Conversation.objects.filter(pk=snoozed.pk).update(status="snoozed", snoozed_until=NOW + timedelta(days=1))
    talk("Answered", "in", "out", days=5)
    talk("Closed", "in", "out", status="closed")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mine", ["Mine and waiting", "Mine"]),
        ("unassigned", ["Free", "Answered"]),
        ("waiting", ["Free", "Colleague&#x27;s", "Mine and waiting"]),
        ("snoozed", ["Snoozed"]),
        ("sent", ["Mine", "Answered"]),
        ("closed", ["Closed"]),
    ],
)
def test_what_is_in_it(desk, talks, name, expected):
    assert names(desk.get(f"/conversations/?list={name}")) == expected


def test_page_by_page(firm, sam):
    for number in range(5):
        talk(f"T{number}", "in", assignee=sam, days=number + 1)
    page = lists.list_conversations(Customer.objects.all(), "mine", viewer=sam, size=2)
    second = lists.list_conversations(Customer.objects.all(), "mine", viewer=sam, after=page.after, size=2)
    third = lists.list_conversations(Customer.objects.all(), "mine", viewer=sam, after=second.after, size=2)
    shown = [row.thread.customer.name for found in (page, second, third) for row in found.rows]
    assert shown == ["T0", "T1", "T2", "T3", "T4"]
    assert third.after is None


def test_no_such_list_or_place(desk, firm):
    assert desk.get("/conversations/?list=others").status_code == 404
    assert desk.get("/conversations/?list=mine&after=x").status_code == 400


def test_an_empty_list_says_so(desk, firm):
    assert "No open conversation is assigned to you." in desk.get("/conversations/").content.decode()


def test_as_many_reads_for_many_as_for_one(desk, firm, sam, django_assert_max_num_queries):
    desk.get("/conversations/")
    for number in range(9):
        talk(f"T{number}", "in", assignee=sam)
        if number in (0, 8):
            with django_assert_max_num_queries(30):
                assert len(names(desk.get("/conversations/"))) == number + 1


def test_restricted_customers_are_in_none(desk, talks):
    secret = talk("Secret", "in")
    secret.customer.restricted = True
    secret.customer.save()
    assert "Secret" not in names(desk.get("/conversations/?list=unassigned"))


@pytest.mark.parametrize("url", ["/conversations/?list=mine", "/"])
def test_a_row_says_that_our_answer_was_not_sent(desk, firm, sam, url):
    thread = talk("Ada", "in", assignee=sam)
    sent = happens(thread.customer, "message", at=NOW, by=sam, direction="outbound", conversation_id=thread.pk,
                   channel="email", body="Here it is.")  # fmt: skip
    Outgoing.objects.create(interaction=sent, to=["ada@example.org"], message_id="<1@ours>", queued_at=NOW)
    settle(claim(at=NOW), ConnectionRefusedError(), at=NOW)
    page = desk.get(url).content.decode()
    assert names(desk.get(url)) == ["Ada"]
    assert ">not sent<" in page
    assert "Us:" not in page


def test_a_mail_that_was_not_sent_waits_for_nobody(desk, firm):
    talk("Reached", "out")
    thread = talk("Begun", "in")
    Interaction.objects.filter(conversation=thread).update(payload={"auto_reply": True})
    happens(thread.customer, "message", at=NOW, direction="outbound", conversation_id=thread.pk,
            payload={"not_sent": True})  # fmt: skip
    refused = talk("Answered before", "out")
    happens(refused.customer, "message", at=NOW, direction="outbound", conversation_id=refused.pk,
            payload={"not_sent": True})  # fmt: skip
    assert names(desk.get("/conversations/?list=sent")) == ["Reached"]


@pytest.mark.parametrize("name", ["my_promises", "my_drafts", "scheduled"])
def test_what_is_the_users_own_leads_back_to_the_lists(desk, name):
    page = desk.get(reverse(name)).content.decode()
    assert re.search(rf'href="{reverse(name)}" aria-current="page"', page)
    for known in lists.LISTS:
        assert f'href="/conversations/?list={known}"' in page
    assert re.search(r'href="/conversations/"\s+data-go="v"\s+aria-current="true"', page)


def test_the_tabs_name_every_list(desk):
    page = desk.get("/conversations/?list=closed").content.decode()
    found = re.findall(r'href="/conversations/\?list=(\w+)"', page[page.index("queue-lists") :].partition("</nav>")[0])
    assert found == list(lists.LISTS)
