"""The canonical form of a record, and the snapshot of it that is kept for comparison."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

Record = dict[str, Any]

# Meaning of a missing field, where it is not empty. A conversation's status has no default: see conversations.py.
_DEFAULTS: Mapping[str, Mapping[str, object]] = {
    "customer": {"kind": "person", "lifecycle": "active"},
    "goal": {"status": "active"},
    "commitment": {"status": "open"},
    "staff": {"active": True},
    "attachment": {"content_type": "application/octet-stream"},
}

_NO_DEFAULTS: Mapping[str, object] = {}

# Characters of a value in a snapshot; of a longer one only the hash is kept.
MAX_SNAPSHOT_VALUE = 64


def canonical_record(record: Mapping[str, object], type_: str) -> Record:
    """Return the record's stated fields as JSON values: no nulls, no defaults, times in UTC."""
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


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return format_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    return _json_number(value) if isinstance(value, Decimal) else value


def format_utc(at: datetime) -> str:
    moved = at if at.tzinfo is UTC else at.astimezone(UTC)
    return moved.isoformat()[:-6] + "Z"


def _json_number(value: Decimal) -> int | float | str:
    """Return a JSON number, or text if a float would lose digits."""
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else format(value.normalize(), "f")


dump_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def snapshot_of(plain: Mapping[str, object]) -> Record:
    """Return the snapshot of a canonical record that is kept. Raise ValueError for an infinite number."""
    kept = {
        name: value if type(value) is str and len(value) <= MAX_SNAPSHOT_VALUE else _digest(value)
        for name, value in plain.items()
    }
    del kept["ref"], kept["type"]
    return kept


def _digest(value: object) -> object:
    """Convert lists and objects to text first, since the database would change their numbers."""
    if type(value) is dict or type(value) is list:
        try:
            value = dump_json(value)
        except ValueError:
            raise ValueError("a number in it is too large") from None
    return hash_text(value) if type(value) is str and len(value) > MAX_SNAPSHOT_VALUE else value


def hash_text(text: str) -> str:
    return "sha256:" + sha256(text.encode()).hexdigest()
