"""Words that are kept are translated when they are read, and their parts with them."""

import pytest

from partnership.core import translatable_text
from partnership.core.translatable_text import Text, told

GERMAN = {"%(whom)s of %(n)d": "%(whom)s von %(n)d", "Nobody": "Niemand", "100% sure": "100% sicher"}


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        (Text("%(whom)s of %(n)d", {"whom": Text("Nobody"), "n": 3}), "Nobody of 3", "Niemand von 3"),
        (Text("%(whom)s of %(n)d", {"whom": "Nobody [“%s”]", "n": 3}), "Nobody [“%s”] of 3", "Nobody [“%s”] von 3"),
        (Text("100% sure"), "100% sure", "100% sicher"),
    ],
)
def test_there_and_back(text: Text, english: str, german: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (str(text), told(text.kept)) == (english, english)
    monkeypatch.setattr(translatable_text, "_", lambda msgid: GERMAN.get(msgid, msgid))
    assert (str(text), told(text.kept)) == (german, german)


@pytest.mark.parametrize("kept", ["", "It was begun 3 times."])
def test_what_was_kept_in_words_stays_so(kept: str) -> None:
    assert told(kept) == kept
