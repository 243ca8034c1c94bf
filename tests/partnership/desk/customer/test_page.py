import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from customers.models import Commitment
from interactions.actions.record import Entry, record_many
from partnership.desk.models import Draft
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import RuleSet, TierPin
from tests.e2e.story import tell_and_score
from tests.factories import (
    ContactPointFactory,
    ConversationFactory,
    CustomerFactory,
    OrganisationFactory,
    UserFactory,
    firm_today,
    goal,
    happens,
    noon,
    promise,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(sam, told_once):
    return told_once("scored", lambda: tell_and_score(sam))


def page_of(client, customer):
    response = client.get(customer.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def about_of(client, customer):
    return client.get(f"/customers/{customer.pk}/about/").content.decode()


def test_one_page_tells_the_story(desk, story):
    page = page_of(desk, story.champion)
    who = ("Ines Duarte", "Preferred name: Ines", "Champion", "cohort-3")
    what = ("First ten paying clients", "Read the draft offer", "Call five leads, week 6", "Sent a friend to us")
    for said in who + what:
        assert said in page
    about = about_of(desk, story.champion)
    for said in ("ines@example.org", "Duarte Lda", "1 × referral", "How they grade us"):
        assert said in about


def test_a_mail_that_was_not_sent_is_no_contact(desk, sam):
    ada = CustomerFactory()
    sent, failed = noon(date(2026, 1, 5)), noon(date(2026, 1, 9))
    happens(ada, "message", at=sent, by=sam, direction="outbound")
    happens(ada, "message", at=failed, by=sam, direction="outbound", payload={"not_sent": True})
    assert desk.get(ada.get_absolute_url()).context["last_outbound_on"] == date(2026, 1, 5)


def test_a_grade_is_told_in_words(desk, sam):
    ada = CustomerFactory()
    assert "They have answered no survey yet." in about_of(desk, ada)
    answers = [
        {"recommendation": 9, "satisfaction": 4, "form_id": "x77", "nested": {"a": 1}},
        {"recommendation": "9; DROP", "satisfaction": 40},
    ]
    for payload in answers:
        happens(ada, "survey_response", at=timezone.now(), payload=payload)
    page = about_of(desk, ada)
    assert page.count("Would recommend us: 9 of 10") == page.count("How satisfied they are: 4 of 5") == 1
    assert page.count("Answered without a grade.") == 1
    for raw in ("form_id", "x77", "nested", "DROP", "40 of"):
        assert raw not in page


def test_what_is_below_the_first_screen_comes_after_it(desk, htmx, story):
    assert f'hx-get="/customers/{story.champion.pk}/about/"' in page_of(desk, story.champion)
    assert "<html" in about_of(desk, story.champion)
    fragment = about_of(htmx, story.champion)
    assert "<html" not in fragment
    assert "ines@example.org" in fragment


def test_a_customer_without_anything_has_a_page(desk):
    page = page_of(desk, CustomerFactory(name="New"))
    for said in ("Not scored yet", "Nothing has happened yet", "Ask what they want to achieve"):
        assert said in page


def test_who_may_not_see_a_customer_finds_nothing(desk, managers_desk):
    secret = CustomerFactory(restricted=True)
    for url in ("", "why/", "about/", "standing/", "commitments/", "timeline/", "notes/", "contact-points/", "goals/"):
        assert desk.get(f"{secret.get_absolute_url()}{url}").status_code == 404
        assert managers_desk.get(f"{secret.get_absolute_url()}{url}").status_code == 200


def test_an_absorbed_customer_leads_to_the_survivor(desk):
    survivor = CustomerFactory()
    absorbed = CustomerFactory(merged_into=survivor)
    assert desk.get(absorbed.get_absolute_url()).url == survivor.get_absolute_url()


def test_ours_stand_first_always_in_the_same_place(desk, story):
    for customer in (story.champion, story.owed):
        assert re.findall(r"<h3>\s*(Ours|Theirs)", page_of(desk, customer)) == ["Ours", "Theirs"]


def test_a_goal_is_named_once(desk, sam):
    customer, now = CustomerFactory(), timezone.now()
    aim = goal(customer, "Ten clients by May", at=now, by=sam)
    promise(customer, "Send the plan", at=now, due_on=None, by=sam, goal=aim)
    happens(customer, "work_done", at=now, goal_id=aim.pk, subject="Called five leads")
    page = page_of(desk, customer)
    column, _centre, line = page.partition('class="customer-centre"')
    assert len(re.findall(r">\s*Ten clients by May", column)) == 1
    assert len(re.findall(r">\s*Ten clients by May", line)) == 1, "the line that it was set on"


def test_what_is_missing_leads_to_the_form_that_records_it(desk):
    ada = CustomerFactory()
    for kind in ("purchase", "free_work", "introduction", "survey_response"):
        assert f'href="/customers/{ada.pk}/evidence/?kind={kind}"' in about_of(desk, ada)
    rescore_all(at=timezone.now())
    assert (
        f'href="/customers/{ada.pk}/evidence/?kind=referral"' in desk.get(f"/customers/{ada.pk}/why/").content.decode()
    )


def test_the_pages_menu_leads_to_print(desk):
    ada = CustomerFactory()
    menu = page_of(desk, ada).partition('class="menu customer-menu"')[2].partition("</details>")[0]
    for url in ("timeline/?print=1", "details/", "history/"):
        assert f'href="/customers/{ada.pk}/{url}"' in menu


def test_what_is_open_is_never_crowded_out(desk, sam):
    customer, now = CustomerFactory(), timezone.now()
    old = now - timedelta(days=20)
    for number in range(12):
        done = promise(customer, f"Done {number}", at=old, due_on=None, by=sam)
        Commitment.objects.filter(pk=done.pk).update(status="kept", closed_at=now)
    promise(customer, "Still open", at=old, due_on=None, by=sam)
    assert "Still open" in page_of(desk, customer)


def test_value_both_ways(desk, sam):
    customer, now = CustomerFactory(), timezone.now()
    happens(customer, "purchase", at=now, amount="1000.00", currency="EUR")
    happens(customer, "renewal", at=now, amount="500.50", currency="EUR")
    happens(customer, "payment", at=now, amount="1500.00", currency="EUR")
    happens(customer, "refund", at=now, amount="100.00", currency="EUR", direction="outbound")
    happens(customer, "free_work", at=now, minutes=90, direction="outbound")
    page = about_of(desk, customer)
    assert "1,400.50 EUR" in page
    assert "90 minutes" in page


def test_the_circle_shows_only_who_may_be_seen(desk):
    secret = OrganisationFactory(name="Secret Ltd", restricted=True)
    ada = CustomerFactory(organisation=secret, introduced_by=CustomerFactory(name="Open Door"))
    CustomerFactory(name="Hidden Friend", introduced_by=ada, restricted=True)
    page = about_of(desk, ada)
    assert "Open Door" in page
    assert "Secret Ltd" not in page
    assert "Hidden Friend" not in page


def test_a_pinned_tier_says_so_until_it_ends(desk, manager):
    customer, today = CustomerFactory(), firm_today()
    tier = RuleSet.objects.active().tiers.get(rank=3)
    pin = TierPin.objects.create(customer=customer, tier=tier, reason="Strategic", until=today, by=manager)
    rescore_all(at=timezone.now())
    assert "by a manager: Strategic" in page_of(desk, customer)
    pin.until = today - timedelta(days=1)
    pin.save()
    assert "by a manager" not in page_of(desk, customer)


def test_pinned_entries_stand_on_top_and_in_their_place(desk):
    customer, now = CustomerFactory(), timezone.now()
    happens(customer, "message", at=now, subject="Keep in mind", pinned=True)
    page = page_of(desk, customer)
    assert page.count("Keep in mind") == 2
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def everything_filled_in(sam):
    """One with more of everything than a page shows."""
    cover = UserFactory(name="Cover")
    sam.cover = cover
    sam.away_from = sam.away_to = firm_today()
    sam.save()
    customer, now = CustomerFactory(owner=sam, organisation=OrganisationFactory()), timezone.now()
    entries = [
        Entry(customer_id=customer.pk, occurred_at=now - timedelta(hours=hour), channel="email", direction="outbound",
              kind="message", author_id=sam.pk, amount=Decimal(1), currency="EUR", pinned=hour < 9)
        for hour in range(200)
    ]  # fmt: skip
    record_many(entries, recorded_at=now)
    for number in range(20):
        promise(customer, f"Promise {number}", at=now, due_on=None, by=sam)
        goal(customer, f"Goal {number}", at=now, by=sam)
        ContactPointFactory(customer=customer)
        ConversationFactory(customer=customer)
        CustomerFactory(introduced_by=customer)
    Draft.objects.create(user=sam, customer=customer, tab="notes", fields={"body": "Half a thou"}, saved_at=now)
    rescore_all(at=now - timedelta(days=40))
    rescore_all(at=now)
    return customer


def test_at_most_twelve_queries_whatever_there_is(desk, sam, django_assert_max_num_queries):
    customer = everything_filled_in(sam)
    page_of(desk, customer)  # the session is in the cache from now on
    with django_assert_max_num_queries(12):
        page = page_of(desk, customer)
    assert "Half a thou" in page
    with django_assert_max_num_queries(12):
        about_of(desk, customer)


def test_the_owner_is_away_or_has_left(desk, sam):
    today = firm_today()
    customer = CustomerFactory(owner=UserFactory(name="Noa Berg", away_from=today, away_to=today, cover=sam))
    page = " ".join(page_of(desk, customer).split())
    assert "owner: Noa Berg" in page
    assert "Sam Rivera covers" in page
    customer.owner.is_active = False
    customer.owner.save()
    page = page_of(desk, customer)
    assert "Noa Berg has left" in page
    assert f"/customers/{customer.pk}/details/#id_owner" in page


def test_when_we_last_spoke(desk, sam):
    customer, today = CustomerFactory(), firm_today()
    page = page_of(desk, customer)
    assert "never heard from" in page
    assert "never contacted" in page
    happens(customer, "message", at=noon(today - timedelta(days=400)))
    happens(customer, "message", at=noon(today - timedelta(days=30)), direction="outbound")
    happens(customer, "note", at=noon(today), direction="internal", channel="internal")
    promise(customer, "Call", at=noon(today), due_on=None, by=sam)
    page = page_of(desk, customer)
    for what, days in (("last heard", 400), ("last contacted", 30)):
        assert f"{what} {date_format(today - timedelta(days=days), 'j M Y')}" in page


def test_what_we_owe_is_said_first(desk, story):
    def head(customer):
        return page_of(desk, customer).partition("</header>")[2].partition("</header>")[0]

    assert "We owe 1 promise past its date" in head(story.owed)
    assert "We owe" not in head(story.champion)


def test_the_head_hears_of_a_promise_that_was_kept(desk, htmx, story):
    def owed():
        return page_of(desk, story.owed).partition('id="overdue-promises"')[2].partition("</span>")[0]

    made = story.owed.commitments.get()
    assert "We owe 1 promise" in owed()
    asking = page_of(desk, story.owed).partition('hx-trigger="recorded from:body')[2]
    assert "#overdue-promises" in asking.partition(">")[0]
    kept = htmx.post(f"/promises/{made.pk}/keeping/", headers={"hx-target": "promises"})
    assert "recorded" in kept["HX-Trigger"]
    assert "We owe 1 promise" not in owed()


def test_only_reading(desk):
    assert desk.post(CustomerFactory().get_absolute_url()).status_code == 405


@pytest.mark.parametrize(("waited", "is_overdue"), [(timedelta(minutes=5), False), (timedelta(days=30), True)])
def test_who_waits_is_red_only_when_the_answer_is_overdue(desk, waited, is_overdue):
    thread = ConversationFactory(customer=CustomerFactory(), subject="A question")
    happens(thread.customer, "message", at=timezone.now() - waited, conversation_id=thread.pk)
    about, own = about_of(desk, thread.customer), desk.get(f"/conversations/{thread.pk}/").content.decode()
    told = about[about.index('id="customer-threads"') :].partition("</section>")[0]
    assert ("text-danger" in told) == is_overdue
    assert ("waits, answer by" in told) == (not is_overdue)
    bar = own[own.index("They wait") :].partition("</dd>")[0]
    assert ("text-danger" in bar) == is_overdue
