"""Names as they are sorted and found: in Python, because the embedded PostgreSQL sorts by bytes."""

import unicodedata

from anyascii import anyascii


def sort_key(name: str) -> str:
    """Return the name folded, without extra spaces, cut at 200 characters."""
    return " ".join(fold(name).split())[:200]


def fold(text: str) -> str:
    """Return the text in small Latin letters without accents, other scripts by their transliteration."""
    text = text.replace("\0", " ")  # PostgreSQL cannot be asked for it
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, unicodedata.normalize("NFKC", text))).lower()


def _fold_character(character: str) -> str:
    if unicodedata.combining(character):
        return ""
    latin = anyascii(character)
    # A soft sign and its like stand between the letters of a word: they would break it in two.
    return "".join(filter(str.isalnum, latin)) if character.isalnum() else latin
