import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.first_words import first_words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello Sam,\n\nmay I come on Tuesday?\nAda", "may I come on Tuesday? Ada"),
        ("Sehr geehrte Frau Brandt,\nich kündige.", "ich kündige."),
        ("Bonjour !\nJe ne peux pas venir.", "Je ne peux pas venir."),
        ("您好：\n请问什么时候？", "请问什么时候？"),
        ("May I come on Tuesday or on Wednesday?\nAda", "May I come on Tuesday or on Wednesday? Ada"),
        ("Thanks!", "Thanks!"),
        ("  \n", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_past_the_greeting(text: str, shown: str) -> None:
    assert first_words(text) == shown


@given(st.text())
def test_one_line_that_fits(text: str) -> None:
    shown = first_words(text)
    assert len(shown) <= 160
    assert "\n" not in shown
    assert shown == shown.strip()
    assert bool(shown) == bool(text.strip())
