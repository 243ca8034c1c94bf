"""Who is meant by an @ in a text."""

import pytest

from partnership.notifications.mentions import mentioned_users
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _staff(db):
    for name, email in [
        ("Sam Rivera", "sam"), ("Sam Riverton", "s.riverton"), ("Al Green", "al"), ("Albert Green", "albert"),
        ("José de la Vega", "jose"), ("Søren O’Neil-Smith", "soren.os"), ("Zoë Weiß", "zw"), ("李雷", "lilei"),
        ("Mara Lind", "mara.lind"), ("Anne-Marie Dupont", "amd"), ("Anne Dupont", "anne"),
    ]:  # fmt: skip
        UserFactory(name=name, email=f"{email}@ourfirm.example")
    UserFactory(name="Gone Girl", email="gone@ourfirm.example", is_active=False)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Nobody here", []),
        ("@Sam Rivera please", ["Sam Rivera"]),
        ("@Sam Riverton, please", ["Sam Riverton"]),
        ("(@sam   rivera)", ["Sam Rivera"]),
        ("@Sam\nRivera!", ["Sam Rivera"]),
        ("@SAM RIVERA's idea", ["Sam Rivera"]),
        ("@Riverton", []),
        ("@sam please", ["Sam Rivera"]),  # what stands before the @ of an address, though two are called Sam
        ("@s.riverton.", ["Sam Riverton"]),
        ("@Al Green", ["Al Green"]),
        ("@Albert", ["Albert Green"]),
        ("@Alberta", []),
        ("@Al's", ["Al Green"]),
        ("@José de la Vega and @jose", ["José de la Vega"]),
        ("@Jose de la Vega", ["José de la Vega"]),
        ("@Søren O’Neil-Smith", ["Søren O’Neil-Smith"]),
        ("@Zoe: see", ["Zoë Weiß"]),
        ("@ZOË WEISS", ["Zoë Weiß"]),
        ("@李雷 看看", ["李雷"]),
        ("@mara.lind", ["Mara Lind"]),
        ("@mara.lindgren", ["Mara Lind"]),  # her first name, and a full stop
        ("@Mara and @Albert", ["Mara Lind", "Albert Green"]),
        ("@Anne-Marie Dupont", ["Anne-Marie Dupont"]),
        ("@Anne Dupont", ["Anne Dupont"]),
        ("@Gone Girl", []),
        ("write to sam@ourfirm.example or x@sam", []),
        ("@@sam, @ sam, @", []),
        ("@all", []),
    ],
)
def test_who_is_meant(text: str, names: list[str]) -> None:
    assert [user.name for user in mentioned_users(text)] == names


def test_two_of_the_same_full_name_are_both_meant() -> None:
    UserFactory(name="Mara Lind")
    assert len(mentioned_users("@Mara Lind")) == 2
    assert mentioned_users("@Mara") == []


def test_a_text_without_an_at_asks_the_database_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert mentioned_users("Nobody") == []
