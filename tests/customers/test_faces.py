import pytest

from customers.faces import TINTS, initials, tint


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Okafor", "AO"),
        ("Dora van der Berg", "DB"),
        ("émile", "É"),
        ("李 小龍", "李小"),
        ("— Ann —", "A"),
        ("", "?"),
        ("  ", "?"),
    ],
)
def test_initials_are_of_the_first_and_last_word(name, letters):
    assert initials(name) == letters


def test_names_spread_over_every_tint():
    assert {tint(f"name {number}") for number in range(100)} == set(range(TINTS))
