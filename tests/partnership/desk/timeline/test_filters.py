"""Which rows are asked for: combined, in the URL, remembered."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from interactions.models import Interaction
from partnership.staff.models import Preferences
from tests.factories import (
    ConversationFactory,
    CustomerFactory,
    OrganisationFactory,
    UserFactory,
    goal,
    happens,
)
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 3, 8, 12, tzinfo=UTC)
SUBJECTS = re.compile(r'entry-subject" dir="auto">(.*?)</p>')


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada", language="en")


@pytest.fixture
def shown(desk):
    def shown(customer, asked):
        answer = desk.get(f"/customers/{customer.pk}/timeline/?{asked}")
        assert answer.status_code == 200
        return [re.sub("<.*?>", "", subject) for subject in SUBJECTS.findall(answer.content.decode())]

    return shown


def test_period_goal_and_author_combine(ada, sam, shown):
    aim = goal(ada, "Pass the exam", at=NOON - timedelta(days=99), by=sam)
    other = UserFactory()
    for number, author in enumerate((sam, other, sam)):
        happens(
            ada, "note", at=NOON - timedelta(days=number), by=author, channel="internal", direction="internal",
            subject=f"{number}", goal_id=aim.pk if number else None,
        )  # fmt: skip
    assert shown(ada, "from=2024-03-07&to=2024-03-08") == ["0", "1"]
    assert shown(ada, f"author={sam.pk}&kind=note") == ["0", "2"]
    assert shown(ada, f"author={sam.pk}&goal={aim.pk}&to=2024-03-08&kind=note") == ["2"]
    assert shown(ada, f"author={sam.pk}&goal={aim.pk}&from=2024-03-07") == []


@pytest.mark.parametrize("asked", ["from=never", "author=x", "goal=999999999999999999999", "to=9999-12-31"])
def test_what_means_nothing_is_left_out(ada, shown, asked):
    happens(ada, "message", at=NOON, subject="there")
    assert shown(ada, asked) == ["there"]


def test_days_are_the_firms(ada, shown):
    happens(ada, "message", at=datetime(2024, 3, 8, 23, 30, tzinfo=UTC), subject="past midnight in Berlin")
    assert shown(ada, "to=2024-03-08") == []
    assert shown(ada, "from=2024-03-09&to=2024-03-09") == ["past midnight in Berlin"]


def test_words_are_found_by_stem_and_beginning_and_marked(ada, desk, shown):
    happens(ada, "message", at=NOON, subject="Running late", body="<b>Homework</b> & meetings")
    happens(ada, "message", at=NOON, subject="Else", body="nothing")
    assert shown(ada, "q=run") == ["Running late"]
    assert shown(ada, "q=meeting homew") == ["Running late"]
    assert shown(ada, "q=meeting absent") == []
    assert shown(ada, "q=run&kind=call") == []
    page = desk.get(f"/customers/{ada.pk}/timeline/?q=meeting+homew").content.decode()
    assert "&lt;b&gt;<mark>Homework</mark>&lt;/b&gt; &amp; <mark>meetings</mark>" in page


def test_what_looks_like_a_mark_is_none(ada, desk):
    happens(ada, "message", at=NOON, body="\ue000homework\ue001 \ue000 homework")
    page = desk.get(f"/customers/{ada.pk}/timeline/?q=homework").content.decode()
    assert page.count("<mark>") == page.count("</mark>") == 2


def test_a_long_text_shows_the_parts_about_the_words(ada, desk):
    happens(ada, "message", at=NOON, body="word " * 500 + "the bicycle " + "word " * 500)
    page = desk.get(f"/customers/{ada.pk}/timeline/?q=bicycles").content.decode()
    assert "<mark>bicycle</mark>" in page
    assert page.count("word") < 200


def test_a_person_of_an_organisation(desk, shown, firm):
    works = OrganisationFactory(name="Okafor Ltd")
    ben, cleo = (CustomerFactory(name=name, organisation=works) for name in ("Ben", "Cleo"))
    happens(works, "message", at=NOON, subject="for the firm", person_id=ben.pk)
    happens(ben, "message", at=NOON + timedelta(hours=1), subject="by himself")
    happens(cleo, "message", at=NOON + timedelta(hours=2), subject="by herself")
    happens(CustomerFactory(), "message", at=NOON, subject="by a stranger")
    assert shown(works, "keep=1") == ["by herself", "by himself", "for the firm"]
    assert shown(works, f"person={ben.pk}") == ["by himself", "for the firm"]
    assert shown(ben, "keep=1") == ["by himself"]
    page = desk.get(f"/customers/{works.pk}/timeline/?person={ben.pk}").content.decode()
    assert f"/customers/{ben.pk}/entries/" in page
    assert 'dir="auto">Ben</span>' in page  # the chip


def test_a_restricted_person_is_not_on_the_organisations_line(shown, managers_desk, firm):
    works = OrganisationFactory()
    secret = CustomerFactory(organisation=works, restricted=True)
    row = happens(secret, "message", at=NOON, subject="secret")
    assert shown(works, "keep=1") == []
    assert shown(works, "q=secret") == []
    assert "secret" in managers_desk.get(f"/customers/{works.pk}/timeline/?q=secret").content.decode()
    assert managers_desk.get(f"/customers/{works.pk}/timeline/?at={row.pk}").status_code == 200


def test_a_restricted_persons_entry_is_nowhere_to_go_to(desk, firm):
    works = OrganisationFactory()
    row = happens(CustomerFactory(organisation=works, restricted=True), "message", at=NOON)
    assert desk.get(f"/customers/{works.pk}/timeline/?at={row.pk}").status_code == 404


def test_an_organisations_pages_have_every_row_once(desk, firm):
    works = OrganisationFactory()
    people = [works, *CustomerFactory.create_batch(3, organisation=works)]
    rows = [happens(people[n % 4], "message", at=NOON - timedelta(hours=n // 6)) for n in range(120)]
    expected = sorted(rows, key=lambda row: (row.occurred_at, row.pk), reverse=True)
    seen, url = [], f"/customers/{works.pk}/timeline/"
    while url:
        page = desk.get(url).content.decode()
        seen += re.findall(r'id="entry-(\d+)"', page)
        older = re.search(r'rel="next"\s+href="([^"]*)"', page)
        url = older and older[1].replace("&amp;", "&")
    assert seen == [str(row.pk) for row in expected]


def test_a_thread_stands_at_its_newest_with_a_count(ada, desk, shown):
    thread = ConversationFactory(customer=ada)
    for number in range(4):
        happens(ada, "message", at=NOON + timedelta(hours=number), subject=f"mail {number}", conversation_id=thread.pk)
    happens(ada, "purchase", at=NOON + timedelta(hours=9), subject="bought", conversation_id=thread.pk)
    happens(ada, "message", at=NOON + timedelta(hours=2), subject="alone")
    assert shown(ada, "scope=talk") == ["mail 3", "alone"]
    assert "3 earlier in this conversation" in desk.get(f"/customers/{ada.pk}/timeline/?scope=talk").content.decode()
    assert shown(ada, "keep=1") == ["bought", "alone"]
    assert shown(ada, "channel=email&to=2024-12-31") == ["bought", "mail 3", "alone", "mail 2", "mail 1", "mail 0"]
    assert shown(ada, f"thread={thread.pk}&flat=1&kind=message") == ["mail 3", "mail 2", "mail 1", "mail 0"]


def test_the_earlier_ones_of_a_thread_are_fetched_in_place(ada, desk, htmx):
    thread = ConversationFactory(customer=ada)
    for number in range(3):
        happens(ada, "message", at=NOON + timedelta(hours=number), subject=f"{number}", conversation_id=thread.pk)
    page = desk.get(ada.get_absolute_url()).content.decode()
    assert f'href="/conversations/{thread.pk}/"' in page
    url = re.search(r'hx-get="([^"]*thread=[^"]*)"', page)[1].replace("&amp;", "&")
    assert SUBJECTS.findall(htmx.get(url).content.decode()) == ["1", "0"]


def test_filters_are_remembered_and_forgotten(ada, sam, desk, htmx):
    happens(ada, "call", at=NOON, channel="call", subject="a call")
    happens(ada, "message", at=NOON, subject="a mail")
    other = CustomerFactory()
    answer = htmx.get(
        f"/customers/{ada.pk}/timeline/?kind=call&q=call&keep=1",
        headers={"HX-Current-URL": f"http://testserver/customers/{ada.pk}/?x=1"},
    )
    assert answer.headers["HX-Replace-Url"] == f"/customers/{ada.pk}/?kind=call&q=call"
    assert Preferences.objects.get(user=sam).timeline == "kind=call"
    for client in (htmx, signed_in(sam)):
        assert SUBJECTS.findall(client.get(ada.get_absolute_url()).content.decode()) == ["a call"]
        page = client.get(f"/customers/{other.pk}/timeline/").content.decode()
        assert "No entries match" in page
        explicit = client.get(f"{ada.get_absolute_url()}?channel=email").content.decode()
        assert SUBJECTS.findall(explicit) == ["a mail"]
    answer = htmx.get(f"/customers/{ada.pk}/timeline/?keep=1")
    assert Preferences.objects.get(user=sam).timeline == ""
    assert len(SUBJECTS.findall(htmx.get(ada.get_absolute_url()).content.decode())) == 2


def test_a_link_to_what_a_rule_counts_is_not_remembered(ada, sam, desk):
    desk.get(f"/customers/{ada.pk}/timeline/?kind=call&rule=2")
    assert not Preferences.objects.filter(user=sam).exists()


def test_the_form_offers_what_there_is(ada, sam, desk, firm):
    goal(ada, "Pass the exam", at=NOON, by=sam)
    form = desk.get(f"/customers/{ada.pk}/timeline/filters/?kind=call").content.decode()
    assert "Pass the exam" in form
    assert '<option value="call" selected' in form
    assert 'name="person"' not in form
    works = OrganisationFactory()
    CustomerFactory(name="Ben", organisation=works)
    assert "Ben</option>" in desk.get(f"/customers/{works.pk}/timeline/filters/").content.decode()


@pytest.mark.parametrize("url", ["timeline/", "timeline/filters/", "news/"])
def test_only_reading(desk, ada, url):
    assert desk.post(f"/customers/{ada.pk}/{url}").status_code == 405


@pytest.mark.parametrize("url", ["timeline/", "timeline/filters/", "timeline/?print=1"])
def test_a_restricted_customers_line_is_not_there(desk, url, firm):
    secret = CustomerFactory(restricted=True)
    assert desk.get(f"/customers/{secret.pk}/{url}").status_code == 404


def test_what_it_costs(ada, desk, django_assert_num_queries):
    for number in range(60):
        happens(ada, "message", at=NOON - timedelta(hours=number))
    url = f"/customers/{ada.pk}/timeline/"
    desk.get(url)
    with django_assert_num_queries(6):  # who asks, the firm, the customer, the rows, the traces, the tiers
        desk.get(url)
    before = f"{NOON.isoformat().replace('+', '%2B')},{Interaction.objects.first().pk}"
    with django_assert_num_queries(6):
        desk.get(f"{url}?before={before}", headers={"HX-Request": "true"})
