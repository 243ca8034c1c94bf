"""Whatever the tiers of a set: what may be activated gives everybody one tier, never a lower one for a higher score."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from partnership.scoring.engine.formulas import tier_reached_sql
from partnership.scoring.models import RuleSet, Tier
from partnership.scoring.rules.validation import find_problems

pytestmark = pytest.mark.django_db

_SCORES = ("partnership", "commitment", "confidence")
_numbers = st.sampled_from([0, 35, 60, 99.9, 100, 1e300, -5, float("nan"), float("inf")]) | st.floats()
_tiers = st.lists(
    st.fixed_dictionaries(
        {**dict.fromkeys(_SCORES, _numbers), "response_hours": st.integers(0, 32767), "for_newcomers": st.booleans()}
    ),
    max_size=5,
)
_scores = st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(0, 1))


@given(drawn=_tiers, has_lowest=st.booleans(), scores=_scores, more=_scores, margin=st.sampled_from([0, 3, -3]))
def test_a_higher_score_never_earns_a_lower_tier(
    drawn: list[dict[str, Any]], has_lowest: bool, scores: tuple[float, ...], more: tuple[float, ...], margin: float
) -> None:
    rows = [{}, *drawn] if has_lowest else drawn
    tiers = [Tier(pk=rank + 1, rank=rank, name=str(rank), **fields) for rank, fields in enumerate(rows)]
    if find_problems(RuleSet(name="Drawn"), [], tiers):
        return
    ranked = [tier for tier in tiers if not tier.for_newcomers]
    better = [max(pair) for pair in zip(scores, more, strict=True)]
    before, after = (tier_of(ranked, *given, margin=margin) for given in (scores, better))
    assert before <= after
    assert all(tier.response_hours > 0 for tier in tiers)


def tier_of(ranked: list[Tier], *scores: float, margin: float) -> int:
    values = ", ".join(f"%s::float8 AS {name}" for name in _SCORES)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {tier_reached_sql(ranked, margin=margin)} FROM (SELECT {values}) scores", scores)
        row = cursor.fetchone()
    assert row is not None
    found: int = row[0]
    return found
