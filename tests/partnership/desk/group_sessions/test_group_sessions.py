from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Commitment, Customer
from interactions.models import Interaction
from tests.factories import CustomerFactory, firm_today

pytestmark = pytest.mark.django_db
URL = "/group-session/"
REF = "7a1c1c1e-8b1d-4d0a-9c39-3f3a06c1a002"


@pytest.fixture
def course():
    return [CustomerFactory(name=name, tags=["cohort-3"]) for name in ("Ada", "Ben", "Cem")]


def given(people, **more):
    held_at = timezone.localtime() - timedelta(hours=2)
    return {
        "ref": REF, "title": "Week 3", "form": "class", "held_at": held_at.strftime("%Y-%m-%dT%H:%M"), "party": "them",
        "person": [one.pk for one in people], **more,
    }  # fmt: skip


def test_a_tag_brings_its_people_but_not_who_has_ended(desk, course):
    CustomerFactory(name="Gone", tags=["cohort-3"], lifecycle="ended")
    CustomerFactory(name="Secret", tags=["cohort-3"], restricted=True)
    Customer.objects.filter(pk=course[0].pk).update(do_not_contact=True)
    asked = CustomerFactory(name="Dora", lifecycle="ended")
    page = desk.get(URL, {"tag": "cohort-3", "person": asked.pk}).content.decode()
    for name in ("Ada", "Ben", "Cem", "Dora"):
        assert name in page
    assert "Gone" not in page
    assert "Secret" not in page
    assert "Do not contact" in page


def test_one_form_writes_on_every_line(desk, sam, course):
    ada, ben, cem = course
    answers = {f"attended-{ada.pk}": "yes", f"attended-{ben.pk}": "yes", f"attended-{cem.pk}": "no",
               f"note-{cem.pk}": "Ill, sends regrets."}  # fmt: skip
    due_on = (firm_today() + timedelta(days=7)).isoformat()
    said = {"minutes": "90", "note": "We went through pricing.", "what": "Call five leads", "due_on": due_on}
    response = desk.post(URL, given(course, **answers, **said), follow=True)
    assert response.redirect_chain == [("/group-session/summary/", 302)]
    assert "2 present" in " ".join(response.content.decode().split())
    came = Interaction.objects.filter(kind="attendance")
    assert {row.customer for row in came} == {ada, ben}
    assert {(row.direction, row.subject, row.author) for row in came} == {("inbound", "Week 3", sam)}
    assert [row.minutes for row in Interaction.objects.exclude(minutes=None)] == [90]
    notes = {row.customer: row.body for row in Interaction.objects.filter(kind="note")}
    assert notes[ada] == "We went through pricing."
    assert notes[cem] == "We went through pricing.\n\nIll, sends regrets."
    promises = Commitment.objects.filter(what="Call five leads", party="them", due_on=due_on, owner=None)
    assert {promise.customer for promise in promises} == set(course)
    assert Interaction.objects.filter(kind="commitment_made").count() == 3


def test_sent_twice_it_is_recorded_once(desk, course):
    form = given(course, what="Call", note="All well.", **{f"attended-{one.pk}": "yes" for one in course})
    for _ in range(2):
        assert desk.post(URL, form).url == "/group-session/summary/"
    assert Interaction.objects.count() == 9
    assert Commitment.objects.count() == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "This field is required"),
        ({"held_at": "2999-01-01T10:00", "note": "x"}, "That is still to come"),
        ({"due_on": "2020-01-01", "what": "x"}, "That day is in the past"),
        ({"person": [], "note": "x"}, "No people are chosen"),
        ({}, "There is nothing to record"),
        ({"what": "", "form": "party"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_lost(desk, course, wrong, said):
    answers = {f"attended-{course[0].pk}": "no", f"note-{course[1].pk}": ""}
    response = desk.post(URL, given(course, **answers) | wrong)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert not Interaction.objects.exists()
    if "person" not in wrong:
        assert page.count("checked") == 3


def test_nobody_is_written_to_whom_one_may_not_see(desk, course):
    secret = CustomerFactory(restricted=True)
    gone = CustomerFactory(merged_into=course[0])
    desk.post(URL, given([secret, gone, course[0]], note="All well."))
    assert [row.customer for row in Interaction.objects.all()] == [course[0]]


def test_finding_people_by_name(desk, htmx, course):
    found = htmx.get("/group-session/people/", {"q": "be"}).content.decode()
    assert "Ben" in found
    assert "Ada" not in found
    assert "No customers match" in htmx.get("/group-session/people/", {"q": "nobody"}).content.decode()
    line = htmx.get("/group-session/people/", {"add": course[1].pk}).content.decode()
    assert f'name="attended-{course[1].pk}"' in line
    assert f'value="{course[1].pk}"' in desk.get(URL, {"q": "be"}).content.decode()


def test_the_summary_of_nothing_leads_to_the_form(desk):
    assert desk.get("/group-session/summary/").url == URL


def test_three_hundred_at_once(desk, django_assert_max_num_queries):
    many = CustomerFactory.create_batch(300, tags=["big"])
    answers = {f"attended-{one.pk}": "yes" for one in many}
    with django_assert_max_num_queries(38):
        desk.post(URL, given(many, what="Call", note="All well.", **answers))
    assert Interaction.objects.count() == 900
    with django_assert_max_num_queries(8):
        assert "300 present" in " ".join(desk.get("/group-session/summary/").content.decode().split())
    with django_assert_max_num_queries(8):
        desk.get(URL, {"tag": "big"})


def test_there_is_a_most(desk):
    people = CustomerFactory.create_batch(301, tags=["big"])
    assert "More people have this tag" in desk.get(URL, {"tag": "big"}).content.decode()
    response = desk.post(URL, given(people, note="All well."))
    assert response.status_code == 422
    assert not Interaction.objects.exists()


def test_adding_people_and_a_refused_form_keep_what_was_typed(desk, course):
    others = CustomerFactory(name="Dora", tags=["cohort-4"])
    typed = given(course, title="Week 3", note="All well.", tag="cohort-4", due_on="2020-01-01")
    answers = {f"attended-{course[0].pk}": "yes", f"note-{course[1].pk}": "Ill."}
    response = desk.post(URL, {**typed, **answers, "choose": "1"})
    assert response.status_code == 200
    page = response.content.decode()
    assert "Dora" in page
    assert f'name="attended-{others.pk}"' in page
    for kept in ('value="Week 3"', "All well.", 'value="Ill."', 'value="2020-01-01"', 'value="cohort-4"'):
        assert kept in page, kept
    assert "in the past" not in page
    assert not Interaction.objects.exists()
    refused = desk.post(URL, {**typed, **answers})
    assert refused.status_code == 422
    for kept in ('value="Week 3"', "All well.", 'value="Ill."', 'value="2020-01-01"', 'value="cohort-4"'):
        assert kept in refused.content.decode(), kept
    assert "Dora" not in refused.content.decode()


def test_too_many_people_are_refused_with_every_line_kept(desk):
    people = CustomerFactory.create_batch(301)
    response = desk.post(URL, given(people, **{f"note-{people[-1].pk}": "The last one."}))
    assert response.status_code == 422
    assert "The last one." in response.content.decode()


def test_more_of_a_tag_than_fit_leave_the_people_already_there(desk, course):
    CustomerFactory.create_batch(300, tags=["big"])
    page = desk.post(URL, given(course, tag="big", choose="1")).content.decode()
    assert "More people have this tag" in page
    assert all(f'name="attended-{one.pk}"' in page for one in course)
