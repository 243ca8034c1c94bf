"""The words that name somebody, in the texts of others."""

import pytest
from django.db import connection

from interactions.personal_data.words import Words

WORDS = Words.of({"ada@example.org", "+49 30 123", "x"}, {"Ada O'Kafor", "Débora Guimarães", "Li"})

CASES = [
    ("Write to ADA@example.org now", "Write to erased@erased.invalid now"),
    ("nada@example.org", "nada@example.org"),
    ("ada@example.organic", "ada@example.organic"),
    ("jo+ada@example.org", "jo+ada@example.org"),
    ("Ada  O'Kafor, and adA o'kafor.", "[erased], and [erased]."),
    ("Ada O&#x27;Kafor", "[erased]"),
    ("Vada O'Kafor or Ada O'Kaforina", "Vada O'Kafor or Ada O'Kaforina"),
    ("call +49 30 123 today", "call [erased] today"),
    ("q=Ada+O%27Kafor&tag=x", "q=[erased]&tag=x"),
    ("q=D%C3%A9bora%20Guimar%C3%A3es", "q=[erased]"),
    ("q=mail+ada%40example.org", "q=mail+erased@erased.invalid"),
    ("Li and x stay: they are too short", "Li and x stay: they are too short"),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_replaced_whole_and_alone(text, wanted):
    assert WORDS.replace(text) == wanted
    assert WORDS.find(text) == (text != wanted)


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_postgresql_finds_the_same(text, wanted):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s", [text, WORDS.sql_pattern])
        assert cursor.fetchone() == (text != wanted,)


def test_nothing_to_look_for_finds_nothing():
    assert not Words().find("anything")
    assert Words().replace("anything") == "anything"
