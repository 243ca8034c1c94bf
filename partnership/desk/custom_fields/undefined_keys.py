"""Keys of customers' attributes that no field defines: they came with an import."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from customers.custom_fields.values import format_unknown
from customers.models import Customer, CustomField

_MOST_KEYS = 200
_MOST_VALUES = 200
_MOST_CHOICES = 12
_LONGEST_KEY, _LONGEST_CHOICE = 60, 60


@dataclass(frozen=True)
class UndefinedKey:
    """`url`: the page that defines it; empty where a key is too long for a field."""

    key: str
    count: int
    url: str


def list_undefined_keys(counts: Mapping[str, int]) -> list[UndefinedKey]:
    return [
        UndefinedKey(key, count, _definition_url(key) if 0 < len(key) <= _LONGEST_KEY else "")
        for key, count in list(counts.items())[:_MOST_KEYS]
    ]


def _definition_url(key: str) -> str:
    return f"{reverse('new_custom_field')}?{urlencode({'key': key})}"


def describe_key(key: str) -> dict[str, Any]:
    """Return what a form begins with to define a key: a name, and the type that its values seem to have."""
    if not key or len(key) > _LONGEST_KEY or "\0" in key:
        return {}
    known = Customer.objects.unmerged().filter(attributes__has_key=key)
    values = [stored.get(key) for stored in known.values_list("attributes", flat=True)[:_MOST_VALUES]]
    label = key.replace("_", " ").strip()
    return {
        "key": key,
        "label": label[:1].upper() + label[1:],
        **_guess_type([one for one in values if one is not None]),
    }


def _guess_type(values: list[object]) -> dict[str, Any]:
    if not values:
        return {}
    if all(isinstance(one, bool) for one in values):
        return {"type": CustomField.Type.YES_NO}
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return {"type": CustomField.Type.NUMBER}
    lists = all(isinstance(one, list) for one in values)
    parts = [part for one in values for part in (one if isinstance(one, list) else [one])]
    texts = list(dict.fromkeys(format_unknown(part) for part in parts))
    if all(_is_day(one) for one in texts):
        return {"type": CustomField.Type.DATE}
    if len(texts) <= _MOST_CHOICES and max(map(len, texts), default=0) <= _LONGEST_CHOICE and len(texts) < len(parts):
        kind = CustomField.Type.CHOICES if lists else CustomField.Type.CHOICE
        return {"type": kind, "new_options": "\n".join(sorted(texts))}
    return {"type": CustomField.Type.LONG_TEXT if any(len(one) > 200 for one in texts) else CustomField.Type.TEXT}


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdecimal()
