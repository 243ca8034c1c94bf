"""Text that a worker stores and each reader sees in their own language."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from django.utils.translation import gettext


@dataclass(frozen=True)
class TranslatableText:
    """A msgid of the catalogues, marked with gettext_noop, and the numbers, words or texts that fill it in."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.msgid) % self.params if self.params else gettext(self.msgid)

    @property
    def stored(self) -> str:
        """The text as JSON, for translate_stored."""
        return json.dumps(self._as_list(), ensure_ascii=False)

    def _as_list(self) -> list[object]:
        params = self.params.items()
        return [
            self.msgid,
            {name: value._as_list() if isinstance(value, TranslatableText) else value for name, value in params},
        ]

    @classmethod
    def _from_list(cls, parts: list[object]) -> Self:
        msgid, params = parts
        assert isinstance(msgid, str)
        assert isinstance(params, dict)
        return cls(
            msgid, {name: cls._from_list(value) if isinstance(value, list) else value for name, value in params.items()}
        )


def translate_stored(stored: str) -> str:
    """Return a stored TranslatableText in the reader's language; plain text as it is."""
    try:
        parts = json.loads(stored) if stored.startswith("[") else None
    except ValueError:  # plain text may begin like a list, such as "[Errno 104] Connection reset by peer"
        return stored
    return str(TranslatableText._from_list(parts)) if isinstance(parts, list) else stored
