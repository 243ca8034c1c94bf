"""How a record is written when there is only one way to write it, and what is kept of what a source said."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

Record = dict[str, Any]

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "customer": {"kind": "person", "lifecycle": "active"},
    "goal": {"status": "active"},
    "commitment": {"status": "open"},
    "staff": {"active": True},
    "attachment": {"content_type": "application/octet-stream"},
}
"""What a field left out means, where that is not nothing. A conversation's status has none: see conversations.py."""

_NO_DEFAULTS: Mapping[str, Any] = {}

MAX_SNAPSHOT_VALUE = 64
"""Characters of a value kept in `said`; of a longer one, such as a text, its hash: nothing is held twice."""


def canonical_record(record: Mapping[str, Any], type_: str) -> Record:
    """The fields that say something, as JSON holds them: no nulls, no defaults, times in UTC, numbers as numbers."""
    defaults = _DEFAULTS.get(type_, _NO_DEFAULTS)
    plain: Record = {}
    for name, value in record.items():
        if name in defaults:
            if value is not None and value != defaults[name]:
                plain[name] = value
        elif type(value) is str or type(value) is dict or type(value) is list:
            if value:
                plain[name] = value
        elif value is not None and value is not False:
            plain[name] = _json_value(value)
    return plain


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    return _json_number(value) if isinstance(value, Decimal) else value


def format_utc(at: datetime) -> str:
    moved = at if at.tzinfo is UTC else at.astimezone(UTC)
    return moved.isoformat()[:-6] + "Z"


def _json_number(value: Decimal) -> int | float | str:
    """As a JSON number; in quotes where a reader's floating point would lose digits."""
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else format(value.normalize(), "f")


dump_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def snapshot_of(plain: Mapping[str, Any]) -> Record:
    """What is kept of a canonical record to compare the next delivery with. ValueError: a number without end."""
    kept = {
        name: value if type(value) is str and len(value) <= MAX_SNAPSHOT_VALUE else _digest(value)
        for name, value in plain.items()
    }
    del kept["ref"], kept["type"]
    return kept


def _digest(value: Any) -> Any:
    """Lists and objects as text: the database would write their numbers in another way."""
    if type(value) is dict or type(value) is list:
        try:
            value = dump_json(value)
        except ValueError:
            raise ValueError("a number in it is too large") from None
    return hash_text(value) if type(value) is str and len(value) > MAX_SNAPSHOT_VALUE else value


def hash_text(text: str) -> str:
    return "sha256:" + sha256(text.encode()).hexdigest()
