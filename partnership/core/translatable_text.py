"""Words that a worker keeps, told in the language of whoever reads them."""

import json
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Text:
    """`msgid` is in the catalogues (gettext_noop); `given` is put into it: numbers, plain words, or further texts."""

    msgid: str
    given: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return _(self.msgid) % self.given if self.given else _(self.msgid)

    @property
    def kept(self) -> str:
        return json.dumps(self.as_json(), ensure_ascii=False)

    def as_json(self) -> list[Any]:
        given = self.given.items()
        return [self.msgid, {name: one.as_json() if isinstance(one, Text) else one for name, one in given}]

    @classmethod
    def of(cls, found: list[Any]) -> Self:
        msgid, given = found
        return cls(msgid, {name: cls.of(one) if isinstance(one, list) else one for name, one in given.items()})


def told(kept: str) -> str:
    """What was kept as a Text; as it stands, what was kept in words."""
    return str(Text.of(json.loads(kept))) if kept.startswith("[") else kept
