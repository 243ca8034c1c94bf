import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions import search
from interactions.models import Interaction
from interactions.models.words import entry_words
from interactions.search import find_interactions, search_words, words_query
from tests.examples import CHEAP
from tests.factories import CustomerFactory, FirmFactory, happens, noon

pytestmark = pytest.mark.django_db


def found(words, *languages):
    rows = Interaction.objects.alias(words=entry_words())
    return set(rows.filter(words=words_query(words, languages)).values_list("subject", flat=True))


@pytest.fixture
def _texts():
    FirmFactory(language="en")
    german = CustomerFactory(language="de-AT")
    english = CustomerFactory()
    at = noon(german.since)
    happens(german, "message", at=at, subject="Übungen", body="Die Verträge liegen bei; O'Neill schrieb c:\\temp.")
    happens(english, "message", at=at, subject="Meeting", body="She has been running late with homework 12.")
    happens(english, "message", at=at, subject="学习计划", body="-")


@pytest.mark.usefixtures("_texts")
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("run", {"Meeting"}),
        ("runs late", {"Meeting"}),
        ("runs early", set()),
        ("HOMEW", {"Meeting"}),
        ("12", {"Meeting"}),
        ("ho", set()),
        ("vertrag", {"Übungen"}),
        ("übung", {"Übungen"}),
        ("ÜBUNGEN", {"Übungen"}),
        ("o'neill", {"Übungen"}),
        ("c:\\temp", {"Übungen"}),
        ("学", {"学习计划"}),
        ("was she", set()),
        ("has she !!", {"Meeting"}),
    ],
)
def test_words_find_texts(words, shown):
    assert found(words, "en", "de-DE", "xx") == shown


def test_no_words_are_no_query():
    assert words_query("", ["en"]) is None
    assert words_query(" '& !\\ \0 ", ["en"]) is None


def test_a_pasted_page_asks_for_its_first_words():
    assert search_words("w" * 100 + " and" * 20) == ["w" * 80] + ["and"] * 11


@given(st.text(max_size=60))
@settings(CHEAP, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_typed_breaks_the_query(words):
    query = words_query(words, ["en", "de"])
    if query is not None:
        list(Interaction.objects.alias(words=entry_words()).filter(words=query))


def test_the_best_end_where_the_last_shown_is_gone(monkeypatch):
    """What was read already does not begin anew."""
    monkeypatch.setattr(search, "is_common_query", lambda query: False)  # the planner knows nothing of a few rows
    ada = CustomerFactory()
    for number in range(6):
        happens(ada, "note", at=noon(ada.since), body=f"rare {number}")
    everything, query = Interaction.objects.all(), words_query("rare", ["en"])
    first = find_interactions(everything, query, at=noon(ada.since), limit=3)
    last, key = first[-1]
    assert len(find_interactions(everything, query, at=noon(ada.since), after=key, limit=9)) == 3
    Interaction.objects.filter(pk=last).delete()
    assert find_interactions(everything, query, at=noon(ada.since), after=key, limit=9) == []
