"""What a message says first, past its greeting: the line by which a list shows it."""

import re

_LENGTH = 160  # characters
_GREETING_WORDS = 6

# A greeting is a short first line by itself that ends so, whatever the language.
_GREETING_END = (",", "!", ":", "،", "，", "！", "：", "。")
_SPACE = re.compile(r"\s+")


def first_words(text: str) -> str:
    """Return the first words as one line of at most 160 characters."""
    lines = [line for line in (_SPACE.sub(" ", line).strip() for line in text.splitlines()) if line]
    if len(lines) > 1 and _is_greeting(lines[0]):
        del lines[0]
    words = " ".join(lines)
    return words if len(words) <= _LENGTH else f"{words[: _LENGTH - 1].rstrip()}…"


def _is_greeting(line: str) -> bool:
    return len(line.split()) <= _GREETING_WORDS and line.endswith(_GREETING_END)
