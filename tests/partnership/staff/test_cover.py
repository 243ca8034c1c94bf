"""Who does somebody's work while they are away."""

from datetime import date, timedelta

import pytest

from partnership.staff.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 15)


def away(**more: object) -> User:
    return UserFactory(away_from=DAY, away_to=DAY, **more)


@pytest.mark.parametrize(
    ("start", "end", "here"),
    [(None, None, True), (0, 0, False), (-3, None, False), (-3, 3, False), (1, None, True), (-3, -1, True)],
)
def test_away_from_the_first_to_the_last_day(start: int | None, end: int | None, here: bool) -> None:
    first, last = (None if days is None else DAY + timedelta(days=days) for days in (start, end))
    assert UserFactory(away_from=first, away_to=last).is_available(DAY) is here


def test_who_has_left_is_never_here() -> None:
    assert not UserFactory(is_active=False).is_available(DAY)


def test_one_who_is_here_needs_no_cover() -> None:
    user = UserFactory(cover=UserFactory())
    assert user.stand_in(DAY) == user


def test_the_first_along_the_covers_who_is_here() -> None:
    here = UserFactory()
    assert away(cover=away(cover=UserFactory(is_active=False, cover=here))).stand_in(DAY) == here


def test_nobody_where_none_is_here() -> None:
    one = away()
    other = away(cover=one)
    one.cover = other
    one.save()
    assert one.stand_in(DAY) is None
    assert away().stand_in(DAY) is None
