"""Initials and a tint that stand in for a missing photograph."""

from zlib import crc32

TINTS = 8  # as many as look.css has .tint-… classes


def initials(name: str) -> str:
    """Return the initials of the first and last word of a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def tint(name: str) -> int:
    """Return the number of the tint for a name, from 0."""
    return crc32(name.encode()) % TINTS
