from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Commitment
from interactions.actions.promises import miss_overdue
from interactions.models import Interaction
from tests.factories import CustomerFactory, firm_today, promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(sam):
    return promise(
        CustomerFactory(), "Send the plan", at=timezone.now(), due_on=firm_today() + timedelta(days=2), by=sam
    )


def do(client, made, what, **given):
    return client.post(f"/promises/{made.pk}/{what}/", given)


@pytest.mark.parametrize(("what", "status"), [("keeping", "kept"), ("release", "released")])
def test_closing_a_promise_once_and_again(desk, made, what, status):
    assert do(desk, made, what).url == made.customer.get_absolute_url()
    made.refresh_from_db()
    assert made.status == status
    again = desk.post(f"/promises/{made.pk}/{what}/", follow=True)
    assert "already" in again.content.decode()
    assert Interaction.objects.filter(kind=f"commitment_{status}").count() == 1


def test_a_missed_promise_can_be_kept_late(desk, sam):
    late = promise(
        CustomerFactory(), "Late", at=timezone.now() - timedelta(days=9),
        due_on=firm_today() - timedelta(days=3), by=sam,
    )  # fmt: skip
    miss_overdue(at=timezone.now())
    do(desk, late, "keeping")
    kinds = set(Interaction.objects.filter(commitment=late).values_list("kind", flat=True))
    assert kinds == {"commitment_made", "commitment_missed", "commitment_kept"}


def test_a_new_day_releases_the_old_promise_and_makes_a_new_one(desk, made):
    later = made.due_on + timedelta(days=7)
    assert do(desk, made, "renegotiation", due_on=later.isoformat()).url == made.customer.get_absolute_url()
    made.refresh_from_db()
    assert made.status == "released"
    new = Commitment.objects.get(status="open")
    assert (new.what, new.due_on, new.owner) == (made.what, later, made.owner)


@pytest.mark.parametrize("due_on", ["", "2020-01-01", "soon"])
def test_a_new_day_must_be_one_to_come(desk, made, due_on):
    assert do(desk, made, "renegotiation", due_on=due_on).status_code == 422
    made.refresh_from_db()
    assert made.status == "open"
    assert "The new date" in desk.get(f"/promises/{made.pk}/renegotiation/").content.decode()


def test_renegotiating_what_is_closed_changes_nothing(desk, made):
    do(desk, made, "keeping")
    do(desk, made, "renegotiation", due_on="2999-01-01")
    assert Commitment.objects.count() == 1


def test_closing_takes_a_post_by_somebody_who_may_see_it(desk, client, sam):
    hidden = promise(CustomerFactory(restricted=True), "Secret", at=timezone.now(), due_on=None, by=sam)
    assert desk.get(f"/promises/{hidden.pk}/keeping/").status_code == 405
    assert desk.get(f"/promises/{hidden.pk}/release/").status_code == 404
    for what in ("keeping", "release", "renegotiation"):
        assert do(desk, hidden, what, due_on="2999-01-01").status_code == 404
        assert do(client, hidden, what).status_code == 401
    hidden.refresh_from_db()
    assert hidden.status == "open"


def test_releasing_asks_first(desk, made):
    page = desk.get(f"/promises/{made.pk}/release/").content.decode()
    assert "Release this promise?" in page
    assert made.what in page
    made.refresh_from_db()
    assert made.status == "open"
