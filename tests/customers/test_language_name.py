"""A customer's language in words."""

import pytest
from django.utils.translation import override

from customers.models import Customer


@pytest.mark.parametrize(
    ("code", "words"), [("fr", "French"), ("pt-PT", "Portuguese"), ("zh-cn", "zh-cn"), ("tlh", "tlh"), ("", "")]
)
def test_it_is_named_where_it_is_known(code: str, words: str):
    assert Customer(language=code).language_name == words


def test_in_the_language_of_whoever_reads_it():
    with override("de"):
        assert Customer(language="fr").language_name == "Französisch"
