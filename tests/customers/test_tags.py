import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.tags import join_tags, split_tags

TAG = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=60)


@given(st.lists(TAG, unique=True))
def test_tags_survive_the_form(tags):
    assert split_tags(join_tags(tags)) == tags


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (" vip, law ,vip", ["vip", "law"]),
        ('"Munich, spring", vip', ["Munich, spring", "vip"]),
        ('5" pipe, "open, to the end', ['5" pipe', "open, to the end"]),
        ("", []),
        (" , ,", []),
        ('a\n"b\nc"', ['a "b c"']),
    ],
)
def test_tags_as_they_are_typed(text, tags):
    assert split_tags(text) == tags
