"""Two people with the same form open: nobody overwrites what they have not seen."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from customers.models import Customer
from tests.factories import CustomerFactory, OrganisationFactory, UserFactory, goal, happens, promise
from tests.partnership.conftest import signed_in
from tests.partnership.desk.forms_on_pages import filled_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def olga(firm):
    return signed_in(UserFactory(name="Olga Owner"))


@pytest.fixture
def ada(sam):
    return CustomerFactory(
        name="Ada Okafor", about="Quiet.\nKind.", tags=["vip"], owner=sam, since="2023-01-15",
        organisation=OrganisationFactory(name="Okafor Ltd"),
    )  # fmt: skip


def saved(client, url, page, **given):
    return client.post(url, filled_in(page, url, **given))


def test_only_what_was_changed_is_saved(desk, olga, ada):
    url = f"/customers/{ada.pk}/details/"
    mine = desk.get(url)
    boss, firm = UserFactory(name="Boss"), OrganisationFactory(name="Other Ltd")
    theirs = {
        "about": "Talks a lot.\r\nNow.", "tags": "vip, law", "lifecycle": "paused", "do_not_contact": "on",
        "since": "2023-02-01", "owner": str(boss.pk), "organisation_name": "Other Ltd",
    }  # fmt: skip
    assert saved(olga, url, olga.get(url), **theirs).status_code == 302
    assert saved(desk, url, mine, preferred_name="Addie").status_code == 302
    ada.refresh_from_db()
    assert (ada.preferred_name, ada.about.split(), ada.tags) == (
        "Addie",
        ["Talks", "a", "lot.", "Now."],
        ["vip", "law"],
    )
    assert (ada.lifecycle, ada.do_not_contact, f"{ada.since}", ada.owner) == ("paused", True, "2023-02-01", boss)
    assert ada.organisation == firm


def test_what_both_changed_is_shown_first_and_saved_when_it_is_meant(desk, olga, ada):
    url = f"/customers/{ada.pk}/details/"
    mine = desk.get(url)
    saved(olga, url, olga.get(url), name="Ada O.", since="2024-01-01", role="founder")
    refused = saved(desk, url, mine, name="Ada Okafor-Chu", preferred_name="Addie")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Olga Owner changed this on" in page
    assert "to “Ada O.”. Save again to replace it with yours." in page
    assert page.count("Olga Owner changed") == 1
    assert Customer.objects.get(pk=ada.pk).name == "Ada O."
    again = saved(desk, url, refused)
    assert again.status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.preferred_name, f"{ada.since}", ada.role) == (
        "Ada Okafor-Chu", "Addie", "2024-01-01", "founder",
    )  # fmt: skip


def test_the_same_change_by_both_is_no_conflict(desk, olga, ada):
    url = f"/customers/{ada.pk}/details/"
    mine = desk.get(url)
    for client, page in ((olga, olga.get(url)), (desk, mine)):
        assert saved(client, url, page, do_not_contact="on", owner="", about="Quiet.").status_code == 302
    ada.refresh_from_db()
    assert (ada.do_not_contact, ada.owner, ada.about) == (True, None, "Quiet.")


def test_what_somebody_emptied_and_what_they_named_is_told(desk, olga, ada, sam):
    url = f"/customers/{ada.pk}/details/"
    mine = desk.get(url)
    CustomerFactory(name="Ben Chu")
    saved(olga, url, olga.get(url), about="", introducer_name="Ben Chu")
    CustomerFactory(name="Cy Diaz")
    page = saved(desk, url, mine, about="Loud.", introducer_name="Cy Diaz").content.decode()
    assert "Olga Owner emptied this on" in page
    assert "to “Ben Chu”." in page


def test_a_photo_that_both_chose(desk, olga, ada, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    url = f"/customers/{ada.pk}/details/"
    mine, untouched = desk.get(url), desk.get(url)
    assert saved(olga, url, olga.get(url), photo=picture()).status_code == 302
    theirs = Customer.objects.get(pk=ada.pk).photo.name
    refused = saved(desk, url, mine, photo=picture())
    assert (refused.status_code, "Olga Owner changed this on" in refused.content.decode()) == (422, True)
    assert saved(desk, url, untouched, role="founder").status_code == 302
    assert Customer.objects.get(pk=ada.pk).photo.name == theirs


def picture():
    kept = BytesIO()
    Image.new("RGB", (20, 20), "teal").save(kept, "PNG")
    return SimpleUploadedFile("face.png", kept.getvalue(), "image/png")


def test_where_they_stand(desk, olga, ada):
    url = f"/customers/{ada.pk}/standing/"
    mine = desk.get(url)
    saved(olga, url, olga.get(url), do_not_contact="on")
    assert saved(desk, url, mine, lifecycle="paused").status_code == 302
    ada.refresh_from_db()
    assert (ada.lifecycle, ada.do_not_contact) == ("paused", True)
    refused = saved(desk, url, mine, lifecycle="ended")
    assert "Sam Rivera changed this on" in refused.content.decode()


def test_a_goal_and_a_promise(desk, olga, ada, sam):
    aim = goal(ada, "Ten clients", at=NOW, by=sam, baseline=0, target=Decimal("10.5"), due_on=NOW.date())
    made = promise(ada, "Call", at=NOW, due_on=NOW.date() + timedelta(days=3), by=sam)
    for url, field, theirs, other, mine in (
        (f"/goals/{aim.pk}/correction/", "title", "Twelve clients", "unit", "clients"),
        (f"/promises/{made.pk}/correction/", "what", "Call twice", "goal", str(aim.pk)),
    ):
        page = desk.get(url)
        saved(olga, url, olga.get(url), **{field: theirs})
        assert saved(desk, url, page, **{other: mine}).status_code == 302
        refused = saved(desk, url, page, **{field: "Something else"})
        assert refused.status_code == 422
        assert f"Olga Owner changed this on {timezone.localtime():%-d %b %Y}" in refused.content.decode()
    aim.refresh_from_db()
    made.refresh_from_db()
    assert (aim.title, aim.unit, aim.target) == ("Twelve clients", "clients", Decimal("10.5"))
    assert (made.what, made.goal) == ("Call twice", aim)


def test_an_entry(desk, managers_desk, ada, sam):
    row = happens(ada, "note", at=NOW, direction="internal", by=sam, body="One\nline", minutes=5)
    url = f"/customers/{ada.pk}/entries/{row.pk}/edit/"
    mine = desk.get(url)
    saved(managers_desk, url, managers_desk.get(url), body="Two\r\nlines")
    assert saved(desk, url, mine, minutes="20").status_code == 302
    row.refresh_from_db()
    assert (row.body, row.minutes) == ("Two\nlines", 20)
    refused = saved(desk, url, mine, body="Three")
    assert refused.status_code == 422
    assert "Mara Lind changed this on" in refused.content.decode()
    row.refresh_from_db()
    assert row.body == "Two\nlines"


def test_a_form_without_what_it_was_shown_with_changes_what_it_names(desk, ada):
    """Sent by a script: there is nothing to compare with."""
    given = {"name": "Ada O.", "kind": "person", "lifecycle": "active"}
    assert desk.post(f"/customers/{ada.pk}/details/", given).status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.about) == ("Ada O.", "")


@pytest.mark.parametrize("what", ["goal", "check-in", "promise", "new day", "standing"])
def test_a_form_sent_twice_writes_one_row(desk, ada, sam, what):
    aim = goal(ada, "Ten clients", at=NOW, by=sam)
    made = promise(ada, "Call", at=NOW, due_on=NOW.date() + timedelta(days=3), by=sam)
    day = f"{NOW.date() + timedelta(days=9)}"
    url, given = {
        "goal": (f"/customers/{ada.pk}/goals/", {"title": "Another"}),
        "check-in": (f"/goals/{aim.pk}/check-ins/", {"value": "4", "note": "Well"}),
        "promise": (f"/customers/{ada.pk}/commitments/", {"what": "Write", "party": "us"}),
        "new day": (f"/promises/{made.pk}/renegotiation/", {"due_on": day}),
        "standing": (f"/customers/{ada.pk}/standing/", {"lifecycle": "paused", "reason": "Travels"}),
    }[what]
    before = rows_of(ada)
    sent = filled_in(desk.get(url), url, **given)
    first, second = ((desk.post(url, sent).status_code, rows_of(ada)) for _ in range(2))
    assert first == second
    assert (first[0], first[1] > before) == (302, True)


def rows_of(customer):
    goals = customer.goals.all()
    return (
        customer.interactions.count(),
        len(goals),
        customer.commitments.count(),
        sum(goal.check_ins.count() for goal in goals),
    )
