"""Parts of a customer's page that htmx draws anew alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Commitment, ContactPoint, Goal
from interactions.models import Interaction
from tests.factories import ContactPointFactory, CustomerFactory, firm_today, goal, promise
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return CustomerFactory(name="Ada")


@pytest.fixture
def aim(ada, sam):
    return goal(ada, "Ten clients", at=timezone.now(), by=sam, baseline=0, target=10, unit="clients")


@pytest.fixture
def made(ada, sam):
    return promise(ada, "Send the paln", at=timezone.now(), due_on=firm_today() + timedelta(days=2), by=sam)


@pytest.fixture
def asking(sam):
    """asking(name) → Sam, as htmx asks for the part of that name."""
    return lambda name: signed_in(sam, hx_request="true", hx_target=name)


def part(response, name, *, status=200):
    """The part alone: not the page, and nothing of what may be half written."""
    page = response.content.decode()
    assert response.status_code == status
    assert "<html" not in page
    assert page.count(f'id="{name}"') == 1
    assert 'id="composer"' not in page
    return page


def test_setting_a_goal_in_place(asking, ada):
    htmx = asking("goals")
    url = f"/customers/{ada.pk}/goals/"
    assert f'hx-post="{url}"' in part(htmx.get(url), "goals")
    assert "This field is required" in part(htmx.post(url, {"title": ""}), "goals", status=422)
    response = htmx.post(url, {"title": "Ten clients"})
    page = part(response, "goals")
    assert "Ten clients" in page
    assert "The goal is set." in page
    assert "recorded" in response["HX-Trigger"]
    assert f'hx-post="{url}"' not in page


def test_checking_in_and_reaching_a_goal_in_place(asking, aim):
    htmx = asking("goals")
    assert "How far is it?" in part(htmx.get(f"/goals/{aim.pk}/check-ins/"), "goals")
    assert "4 of 10 clients" in part(htmx.post(f"/goals/{aim.pk}/check-ins/", {"value": "4"}), "goals")
    assert "1 achieved or dropped" in part(htmx.post(f"/goals/{aim.pk}/achievement/"), "goals")
    again = part(htmx.post(f"/goals/{aim.pk}/achievement/"), "goals", status=422)
    assert "This goal is closed already. Its status: achieved" in again


def test_dropping_a_goal_asks_in_place(asking, aim):
    htmx = asking("goals")
    asked = part(htmx.get(f"/goals/{aim.pk}/dropping/"), "goals")
    assert "Drop this goal?" in asked
    assert Goal.objects.get().status == "active"
    part(htmx.post(f"/goals/{aim.pk}/dropping/"), "goals")
    assert Goal.objects.get().status == "dropped"


def test_correcting_and_reopening_a_goal(desk, aim):
    url = f"/goals/{aim.pk}/correction/"
    assert 'value="Ten clients"' in desk.get(url).content.decode()
    assert desk.post(url, {"title": ""}).status_code == 422
    assert desk.post(url, {"title": "Twelve clients", "target": "12"}).url == aim.customer.get_absolute_url()
    aim.refresh_from_db()
    assert (aim.title, aim.target, aim.status) == ("Twelve clients", 12, "active")
    assert aim.interactions.get().subject == "Twelve clients"
    desk.post(f"/goals/{aim.pk}/achievement/")
    desk.post(f"/goals/{aim.pk}/reopening/")
    aim.refresh_from_db()
    assert (aim.status, [row.kind for row in aim.interactions.all()]) == ("active", ["goal_set"])
    refused = desk.post(f"/goals/{aim.pk}/reopening/", follow=True)
    assert "This goal is open already." in refused.content.decode()


@pytest.mark.parametrize(("party", "direction"), [("us", "outbound"), ("them", "inbound")])
def test_making_a_promise_in_place(asking, ada, party, direction):
    htmx = asking("promises")
    url = f"/customers/{ada.pk}/commitments/"
    assert f'hx-post="{url}"' in part(htmx.get(url), "promises")
    given = {"party": party, "what": "Call", "ref": "7a1c1c1e-8b1d-4d0a-9c39-3f3a06c1a001"}
    for _ in range(2):
        assert "The promise is recorded." in part(htmx.post(url, given), "promises")
    assert (Commitment.objects.get().party, Interaction.objects.get().direction) == (party, direction)
    part(htmx.post(url, {"party": "us", "what": "Call", "due_on": "2020-01-01"}), "promises", status=422)


def test_keeping_and_renegotiating_in_place(asking, made):
    htmx = asking("promises")
    later = made.due_on + timedelta(days=7)
    asked = part(htmx.get(f"/promises/{made.pk}/renegotiation/"), "promises")
    assert "Agree on a new date" in asked
    part(htmx.post(f"/promises/{made.pk}/renegotiation/", {"due_on": later.isoformat()}), "promises")
    new = Commitment.objects.get(status="open")
    assert "The promise is marked as kept." in part(htmx.post(f"/promises/{new.pk}/keeping/"), "promises")
    assert "Its status: kept" in part(htmx.post(f"/promises/{new.pk}/keeping/"), "promises", status=422)


def test_correcting_a_promise_corrects_its_rows(desk, made, sam):
    desk.post(f"/promises/{made.pk}/keeping/")
    url = f"/promises/{made.pk}/correction/"
    assert desk.post(url, {"what": "", "owner": sam.pk}).status_code == 422
    desk.post(url, {"what": "Send the plan", "owner": sam.pk})
    made.refresh_from_db()
    assert (made.what, made.status) == ("Send the plan", "kept")
    assert {row.subject for row in made.interactions.all()} == {"Send the plan"}
    assert made.interactions.count() == 2


def test_contact_points_in_place(asking, ada):
    htmx = asking("reach")
    url = f"/customers/{ada.pk}/contact-points/"
    assert "is not an e-mail address" in part(htmx.post(url, {"kind": "email", "value": "x"}), "reach", status=422)
    page = part(htmx.post(url, {"kind": "email", "value": "ada+work@example.org"}), "reach")
    assert 'href="mailto:ada+work@example.org"' in page
    point = ContactPoint.objects.get()
    verified = part(htmx.post(f"/contact-points/{point.pk}/verification/", {"verified": "1"}), "reach")
    assert 'title="verified"' in verified
    part(htmx.post(f"/contact-points/{point.pk}/verification/"), "reach")
    point.refresh_from_db()
    assert not point.verified
    assert "Remove this contact point?" in part(htmx.get(f"/contact-points/{point.pk}/removal/"), "reach")
    assert ContactPoint.objects.exists()
    part(htmx.post(f"/contact-points/{point.pk}/removal/"), "reach")
    assert not ContactPoint.objects.exists()


def test_removing_asks_first_without_javascript(desk, ada):
    point = ContactPointFactory(customer=ada)
    page = desk.get(f"/contact-points/{point.pk}/removal/").content.decode()
    assert "Remove this contact point?" in page
    assert "<html" in page
    assert desk.post(f"/contact-points/{point.pk}/removal/").url == ada.get_absolute_url()


def test_where_they_stand(asking, ada):
    htmx = asking("standing")
    url = f"/customers/{ada.pk}/standing/"
    assert "Lifecycle and contact" in part(htmx.get(url), "standing")
    part(htmx.post(url, {"lifecycle": "gone"}), "standing", status=422)
    given = {"lifecycle": "paused", "do_not_contact": "on", "reason": "On parental leave"}
    page = part(htmx.post(url, given), "standing")
    assert "Paused" in page
    assert "Do not contact" in page
    ada.refresh_from_db()
    assert (ada.lifecycle, ada.do_not_contact) == ("paused", True)
    assert (Interaction.objects.get().kind, Interaction.objects.get().body) == ("note", "On parental leave")
    htmx.post(url, {"lifecycle": "active"})
    assert Interaction.objects.count() == 1


def test_nothing_of_whom_one_may_not_see(desk, sam):
    secret = CustomerFactory(restricted=True)
    aim = goal(secret, "Secret", at=timezone.now(), by=sam)
    theirs = promise(secret, "Secret", at=timezone.now(), due_on=None, by=sam)
    point = ContactPointFactory(customer=secret)
    for url in (
        f"/customers/{secret.pk}/commitments/", f"/customers/{secret.pk}/standing/", f"/goals/{aim.pk}/correction/",
        f"/goals/{aim.pk}/reopening/", f"/promises/{theirs.pk}/correction/",
        f"/contact-points/{point.pk}/verification/", f"/contact-points/{point.pk}/removal/",
    ):  # fmt: skip
        assert desk.post(url, {"what": "x", "title": "x"}).status_code == 404
    assert desk.get(f"/contact-points/{point.pk}/verification/").status_code == 405
    assert desk.get(f"/goals/{aim.pk}/reopening/").status_code == 405
