"""What machines tell is one line a day."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from interactions.models import Attachment
from tests.factories import CustomerFactory, OrganisationFactory, happens

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 3, 8, 12, tzinfo=UTC)
FOLD = re.compile(r'<li class="entry entry-fold">.*?</details>', re.DOTALL)


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada")


def told(customer, kind, *, at=NOON, **entry):
    """What a machine tells."""
    number = told.number = getattr(told, "number", 0) + 1
    return happens(customer, kind, at=at, channel="app", source="course", external_id=str(number), **entry)


def page_of(client, customer, more=""):
    return client.get(f"/customers/{customer.pk}/{more}").content.decode()


def summaries(page):
    return [
        re.sub(r"\s+", " ", text).strip()
        for text in re.findall(r"<summary>([^<]*)</summary>", "".join(FOLD.findall(page)))
    ]


def test_a_line_for_each_day_says_what_and_how_often(desk, ada):
    for number in range(5):
        told(ada, "work_done", at=NOON - timedelta(minutes=number), subject=f"Lesson {number}")
    for _ in range(2):
        told(ada, "payment", amount="380.00", currency="EUR")
    told(ada, "attendance", at=NOON - timedelta(days=1), subject="Evening class")
    page = page_of(desk, ada)
    assert sorted(summaries(page)[0].split(", ")) == ["2 payments", "5 pieces of work done"]
    assert summaries(page)[1:] == ["Attendance · app · Evening class"]
    assert len(FOLD.findall(page)) == 2
    assert "Lesson 4" in page
    assert "<article" not in page.partition('id="line"')[2]


def test_it_stands_after_what_people_said_that_day(desk, ada):
    told(ada, "work_done")
    said = happens(ada, "message", at=NOON - timedelta(hours=2), subject="Hello")
    line = page_of(desk, ada).partition('id="line"')[2]
    assert line.index(f'id="entry-{said.pk}"') < line.index("entry-fold")


def test_what_a_person_told_or_put_into_words_stands_by_itself(desk, ada, sam):
    told(ada, "work_done", body="I tried it with a client.")
    told(ada, "cancellation")
    told(ada, "message", body="")
    told(ada, "payment", by=sam, author_id=sam.pk)
    happens(ada, "work_done", at=NOON)
    pinned, with_file = told(ada, "work_done", pinned=True), told(ada, "work_done")
    Attachment.objects.create(
        interaction=with_file, name="plan.pdf", content_type="application/pdf", size=1, sha256="0" * 64, file="x"
    )
    page = page_of(desk, ada)
    assert not FOLD.findall(page)
    assert page.count(f'id="entry-{pinned.pk}"') == 1


def test_links_to_one_of_them_still_open_it(desk, ada):
    row = told(ada, "work_done", subject="Lesson 1")
    told(ada, "work_done")
    for more in (f"timeline/?at={row.pk}", f"entries/{row.pk}/", "timeline/?kind=work_done", "timeline/?q=lesson"):
        page = page_of(desk, ada, more)
        assert f'id="entry-{row.pk}"' in page
        assert not FOLD.findall(page), more
    assert f'id="entry-{row.pk}"' in page_of(desk, ada)
    assert FOLD.findall(page_of(desk, ada, "timeline/?scope=activity"))


def test_of_an_organisation_it_says_who(desk, firm):
    works = OrganisationFactory()
    told(CustomerFactory(name="Ines Duarte", organisation=works), "attendance", subject="Workshop")
    assert summaries(page_of(desk, works)) == ["Ines Duarte · attendance · app · Workshop"]


def test_what_machines_say_stays_text(desk, ada):
    told(ada, "work_done", subject="<script>alert(1)</script>")
    assert "<script>alert" not in page_of(desk, ada)
