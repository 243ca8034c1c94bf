"""The words that name an erased customer: found in texts of others, and replaced."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from html import escape
from urllib.parse import quote, quote_plus

ERASED_ADDRESS = "erased@erased.invalid"
ERASED_WORD = "[erased]"

# Shorter ones are found in what has nothing to do with them.
_SHORTEST = 4


@dataclass(frozen=True)
class Words:
    """`addresses`: contact points as given and normalised; `names`: in full."""

    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, addresses: Collection[str], names: Collection[str]) -> "Words":
        """Take those that are long enough, the longest first: one may be part of another."""
        chosen = (
            tuple(sorted({text.strip() for text in texts if len(text.strip()) >= _SHORTEST}, key=len, reverse=True))
            for texts in (addresses, names)
        )
        return cls(*chosen)

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.addresses, *self.names)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.sql_pattern, re.IGNORECASE)

    @property
    def sql_pattern(self) -> str:
        """Return a regular expression that Python and PostgreSQL read alike."""
        return "|".join(_pattern_of(text) for text in self.all)

    def find(self, text: str) -> bool:
        return bool(self.all) and self._pattern.search(text) is not None

    def replace(self, text: str) -> str:
        """Write an address that no mail reaches, or a word, in their place."""
        return self._pattern.sub(lambda found: replacement(found[0]), text) if self.all else text


def replacement(text: str) -> str:
    return ERASED_ADDRESS if "@" in text or "%40" in text else ERASED_WORD


def _pattern_of(text: str) -> str:
    """Match the text as it is, as HTML has it, and as it stands in the query string of a saved search."""
    plain = rf"(?<![\w.+-])(?:{_escape(text)}|{_escape(escape(text))})(?![\w-])"
    encoded = {quote(text, safe=""), quote_plus(text)} - {text}
    return "|".join([plain, *(rf"(?<![\w.-]){_escape(one)}(?![\w-])" for one in sorted(encoded))])


def _escape(text: str) -> str:
    """Escape for Python and PostgreSQL alike, any space matching any run of white space."""
    return r"\s+".join(re.sub(r"([^\w@\s])", r"\\\1", word) for word in text.split())
