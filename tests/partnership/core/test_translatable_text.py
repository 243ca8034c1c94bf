"""A stored text is translated when it is read, and its parts with it."""

import pytest

from partnership.core import translatable_text
from partnership.core.translatable_text import TranslatableText, translate_stored

GERMAN = {"%(whom)s of %(n)d": "%(whom)s von %(n)d", "Nobody": "Niemand", "100% sure": "100% sicher"}


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        (
            TranslatableText("%(whom)s of %(n)d", {"whom": TranslatableText("Nobody"), "n": 3}),
            "Nobody of 3",
            "Niemand von 3",
        ),
        (
            TranslatableText("%(whom)s of %(n)d", {"whom": "Nobody [“%s”]", "n": 3}),
            "Nobody [“%s”] of 3",
            "Nobody [“%s”] von 3",
        ),
        (TranslatableText("100% sure"), "100% sure", "100% sicher"),
    ],
)
def test_there_and_back(text: TranslatableText, english: str, german: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (str(text), translate_stored(text.stored)) == (english, english)
    monkeypatch.setattr(translatable_text, "gettext", lambda msgid: GERMAN.get(msgid, msgid))
    assert (str(text), translate_stored(text.stored)) == (german, german)


@pytest.mark.parametrize("stored", ["", "It was begun 3 times.", "[Errno 104] Connection reset by peer"])
def test_plain_text_stays_as_it_is(stored: str) -> None:
    assert translate_stored(stored) == stored
