from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.utils import translation
from django.utils.translation import trans_real

from tests.partnership.conftest import firm, manager, sam  # noqa: F401
from tests.translation.pseudo import PSEUDO, Pseudo


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every text that is marked stands in brackets."""
    english = trans_real.translation(PSEUDO)
    caches["template_fragments"].clear()
    monkeypatch.setitem(trans_real._translations, PSEUDO, Pseudo.instead_of(english))
    with translation.override(PSEUDO):
        yield
    caches["template_fragments"].clear()
