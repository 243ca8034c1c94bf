"""The wall: faces and stories, for everybody who may see whose they are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from partnership.desk.models import WallPost
from partnership.desk.wall.posts import PAGE_SIZE, share
from tests.factories import CustomerFactory, UserFactory, happens
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def praised(customer, body="You changed my year", **more):
    return happens(customer, "praise", at=NOW, body=body, **more)


def at(row, action="wall/"):
    return f"/customers/{row.customer_id}/entries/{row.pk}/{action}"


def test_nothing_yet(desk):
    assert "Nothing is shared yet" in desk.get("/wall/").content.decode()


def test_sharing_and_taking_down(desk, sam):
    row = praised(CustomerFactory(name="Ada Okafor"))
    assert "Share on the wall" in desk.get(at(row)).content.decode()
    response = desk.post(at(row), {"words": "Read this"})
    assert response["Location"] == at(row, "")
    page = desk.get("/wall/").content.decode()
    assert "You changed my year" in page
    assert "Ada Okafor" in page
    assert "Read this" in page
    assert "Sam Rivera" in page
    desk.post(at(row), {"words": "Read that"})
    assert WallPost.objects.get().words == "Read that"
    assert "Take off the wall" in desk.get(at(row, "")).content.decode()
    desk.post(at(row), {"take_down": "1"})
    desk.post(at(row), {"take_down": "1"})
    assert not WallPost.objects.exists()
    assert desk.post(at(row), {"words": "x" * 501}).status_code == 422


def test_only_who_shared_it_and_managers_take_it_down(sam, desk, managers_desk):
    row = praised(CustomerFactory())
    share(row, words="Mine", by=sam, at=NOW)
    other = signed_in(UserFactory())
    assert other.post(at(row), {"take_down": "1"}).status_code == 403
    assert other.post(at(row), {"words": "Yours"}).status_code == 403
    page = other.get(at(row, "")).content.decode()
    assert "Take off the wall" not in page
    assert "Share on the wall" not in page
    assert WallPost.objects.get().words == "Mine"
    assert managers_desk.post(at(row), {"take_down": "1"}).status_code == 302
    assert not WallPost.objects.exists()


def test_restricted_customers_are_for_who_may_see_them(desk, managers_desk, sam):
    secret, merged = CustomerFactory(name="Secret One", restricted=True), CustomerFactory(name="Merged One")
    for customer in (secret, merged):
        share(praised(customer), words="", by=sam, at=NOW)
    merged.merged_into = secret
    merged.save()
    assert "Secret One" not in desk.get("/wall/").content.decode()
    page = managers_desk.get("/wall/").content.decode()
    assert "Secret One" in page
    assert "Merged One" not in page


def test_pages_by_key_without_a_gap(desk, htmx, sam, django_assert_max_num_queries):
    for number in range(PAGE_SIZE + 3):
        row = praised(CustomerFactory(), body=f"Story {number:02}.")
        share(row, words="", by=sam, at=NOW - timedelta(minutes=number // 3))
    with django_assert_max_num_queries(5):
        first = desk.get("/wall/")
    older = first.context["older"]
    rest = htmx.get(older)
    told = [post.interaction.body for page in (first, rest) for post in page.context["posts"]]
    assert sorted(told) == [f"Story {number:02}." for number in range(PAGE_SIZE + 3)]
    assert rest.context["older"] is None
    assert "<html" not in rest.content.decode()
    assert desk.get("/wall/?after=yesterday").status_code == 400
    assert desk.post("/wall/").status_code == 405
