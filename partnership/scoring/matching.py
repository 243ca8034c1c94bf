"""Which interactions a value rule counts, as SQL over the columns of interactions_interaction."""

from collections.abc import Sequence
from typing import Any

from partnership.scoring.models import ValueRule
from partnership.scoring.models.rules import NUMBER

Parameters = dict[str, Any]


def condition(rule: ValueRule, number: int, parameters: Parameters) -> str:
    """Whether an interaction is one that the rule counts; its `parameters` are named by the rule's `number`."""
    parts = [any_of("kind", rule.kinds, f"kinds{number}", parameters)]
    if rule.direction:
        parts.append(any_of("direction", [rule.direction], f"direction{number}", parameters))
    if rule.channels:
        parts.append(any_of("channel", rule.channels, f"channels{number}", parameters))
    if rule.tags:
        parameters[f"tags{number}"] = list(rule.tags)
        # Not joined: a rule may count the same rows as another, and the planner hashes the few or many ids once.
        parts.append(f"customer_id IN (SELECT id FROM customers_customer WHERE tags && %(tags{number})s::varchar[])")
    if rule.payload:
        parts.append(payload(rule, number, parameters))
    if rule.amount_at_least is not None:
        parameters[f"amount{number}"] = rule.amount_at_least
        parts.append(f"coalesce(abs(amount) >= %(amount{number})s, false)")
    if rule.currency:
        parts.append(any_of("currency", [rule.currency], f"currency{number}", parameters))
    return " AND ".join(parts)


def payload(rule: ValueRule, number: int, parameters: Parameters) -> str:
    """Never NULL: NOT of it is asked, too."""
    parameters[f"key{number}"] = rule.payload_key
    has = "late" if rule.payload_key == "days_late" else f"payload ? %(key{number})s"
    if rule.payload == ValueRule.Payload.HAS:
        return has
    if rule.payload == ValueRule.Payload.LACKS:
        return f"NOT ({has})"
    parameters[f"value{number}"] = rule.payload_value
    if rule.payload == ValueRule.Payload.EQUALS:
        return f"coalesce(payload ->> %(key{number})s = %(value{number})s, false)"
    return f"coalesce({number_at(f'key{number}')} >= %(value{number})s::numeric, false)"


def payload_number(rule: ValueRule, number: int, parameters: Parameters) -> str:
    """The number that a rule per payload number counts; below zero is nothing, so that more never takes points away."""
    parameters[f"number{number}"] = rule.number_key
    return f"greatest({number_at(f'number{number}')}, 0)"


def number_at(key: str) -> str:
    """The number under a key of the payload, or NULL. CASE, since AND may be evaluated in any order."""
    return f"CASE WHEN payload ->> %({key})s ~ '{NUMBER}' THEN (payload ->> %({key})s)::numeric END"


def any_of(column: str, values: Sequence[str], name: str, parameters: Parameters) -> str:
    if len(values) == 1:
        parameters[name] = values[0]
        return f"{column} = %({name})s"
    parameters[name] = list(values)
    return f"{column} = ANY(%({name})s::text[])"
