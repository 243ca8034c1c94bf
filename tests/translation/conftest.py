from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.utils import translation
from django.utils.translation import trans_real

from partnership.desk.timeline import entries
from tests.partnership.conftest import firm, manager, sam  # noqa: F401
from tests.translation.pseudo import PSEUDO, Pseudo


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every text that is marked stands in brackets."""
    english = trans_real.translation(PSEUDO)
    _forget_texts()
    with monkeypatch.context() as patched:
        patched.setitem(trans_real._translations, PSEUDO, Pseudo.instead_of(english))
        with translation.override(PSEUDO):
            yield
    translation.deactivate()  # what `override` activated again is the pseudo language
    _forget_texts()


def _forget_texts() -> None:
    """Clear what is kept by language: this one has the name of another."""
    caches["template_fragments"].clear()
    entries._day_title.cache_clear()
