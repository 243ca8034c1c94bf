"""The ceiling on nudges, where somebody writes."""

from html import unescape

import pytest

from interactions.models import Interaction, Outgoing
from partnership.staff.models import Firm
from tests.factories import ContactPointFactory, CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada")


def test_a_draft_keeps_the_word_about_it(desk, sam, ada):
    Firm.objects.update(nudge_ceiling=0)
    url = f"/customers/{ada.pk}/drafts/"
    desk.post(url, {"tab": "notes", "body": "Half a word"})
    for page in (desk.get(url), desk.get(f"/customers/{ada.pk}/nudges/")):
        assert unescape(page.content.decode()).count("The firm's ceiling allows no nudges at all.") == 1
    assert f'href="/customers/{ada.pk}/nudges/"' not in desk.get(url).content.decode()


def test_the_composer_sends_one_and_then_says_when(desk, sam, ada):
    Firm.objects.update(nudge_ceiling=1)
    address = ContactPointFactory(customer=ada)
    url, words = f"/customers/{ada.pk}/nudges/", "that is our ceiling. The next is possible from"
    given = {"body": "One page today?", "subject": "The draft", "via": f"to-{address.pk}"}
    assert words not in desk.get(url).content.decode()
    assert words not in desk.get(ada.get_absolute_url()).content.decode()
    assert desk.post(url, given).status_code == 302
    assert Outgoing.objects.get().interaction.kind == "nudge"
    again = desk.post(url, {**given, "body": "And another?"})
    assert again.status_code == 422
    assert words in again.content.decode()
    assert "And another?" in again.content.decode()
    assert words in desk.get(ada.get_absolute_url()).content.decode()
    assert desk.post(url, {**given, "via": "by-chat"}).status_code == 422
    assert Interaction.objects.count() == 1
