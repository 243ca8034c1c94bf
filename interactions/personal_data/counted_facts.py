"""What stays of a payload: the facts that rules, dashboards and the timeline's own logic count."""

import re
from collections.abc import Mapping, Set
from numbers import Number

from customers.models import Customer
from customers.signals import CountedFacts, facts_counted
from interactions.models.kinds import NOT_SENT

_GONE = "erased"
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")

# Marks by which the timeline, the outbox and the lanes read an entry.
_OWN = CountedFacts({name: frozenset() for name in ("days_late", NOT_SENT, "auto_reply", "bulk", "exception")})


def find_counted_facts() -> CountedFacts:
    """Ask every floor what it counts."""
    payload: dict[str, Set[str]] = dict(_OWN.payload)
    tags: set[str] = set()
    for _receiver, answer in facts_counted.send(sender=Customer):
        assert isinstance(answer, CountedFacts)
        for key, words in answer.payload.items():
            payload[key] = payload.get(key, frozenset()) | words
        tags |= answer.tags
    return CountedFacts(payload, tags)


def keep_facts(payload: Mapping[str, object], counted: CountedFacts) -> dict[str, object]:
    """Return what is counted of a payload: marks, numbers, words that a rule compares, the outcome of a decision."""
    kept = {key: _fact(value, counted.payload[key]) for key, value in payload.items() if key in counted.payload}
    if isinstance(decision := payload.get("decision"), dict):
        kept["decision"] = _decision(decision)
    return kept


def _fact(value: object, words: Set[str]) -> object:
    if value is None or isinstance(value, bool | Number):
        return value
    return value if isinstance(value, str) and (value in words or _NUMBER.fullmatch(value)) else _GONE


def _decision(found: Mapping[str, object]) -> dict[str, object]:
    """Keep the outcome and its day; the ref of the answer, which has to be one, leads nowhere."""
    plain: dict[str, object] = {
        name: value for name, value in found.items() if name in ("outcome", "on") and isinstance(value, str)
    }
    return plain | ({"answer": f"{_GONE}:{_GONE}"} if plain else {})
