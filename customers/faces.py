"""Faces where there is no photograph: initials on a colour of their own, the same on every machine and day."""

from zlib import crc32

TINTS = 8  # as many as look.css has .tint-… classes


def initials(name: str) -> str:
    """Up to two letters to stand for a name: of its first and last word."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def tint(name: str) -> int:
    """Which of the colours behind initials is this name's, from 0."""
    return crc32(name.encode()) % TINTS
