"""SQL conditions for the interactions that a value rule counts, over the columns of interactions_interaction."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from interactions.models.kinds import MAILED, NOT_SENT, Direction
from partnership.scoring.models import ValueRule
from partnership.scoring.models.value_rules import PAYLOAD_NUMBER

Parameters = dict[str, Any]  # of an SQL statement, by name


def rule_match_expression(rule: ValueRule) -> RawSQL:
    """Return an expression for querysets of interactions: whether the rule counts a row."""
    named: Parameters = {}
    sql = rule_condition(rule, 1, named, of="interactions_interaction.")
    name = re.compile(r"%\((\w+)\)s")
    return RawSQL(name.sub("%s", sql), [named[one] for one in name.findall(sql)], output_field=BooleanField())


def rule_condition(rule: ValueRule, number: int, parameters: Parameters, *, of: str = "") -> str:
    """Return the SQL condition for interactions that the rule counts, and add its `parameters`, named by `number`.

    `of` is the table's name with a dot, where columns need it.
    """
    parts = [_equals_any(f"{of}kind", rule.kinds, f"kinds{number}", parameters)]
    if rule.direction:
        parts.append(_equals_any(f"{of}direction", [rule.direction], f"direction{number}", parameters))
    if rule.channels:
        parts.append(_equals_any(f"{of}channel", rule.channels, f"channels{number}", parameters))
    if rule.tags:
        parameters[f"tags{number}"] = list(rule.tags)
        # A subquery rather than a join: PostgreSQL hashes the ids of tagged customers once.
        tagged = f"SELECT id FROM customers_customer WHERE tags && %(tags{number})s::varchar[]"
        parts.append(f"{of}customer_id IN ({tagged})")
    if rule.direction != Direction.INBOUND and not MAILED.isdisjoint(rule.kinds):
        # What reads the payload reads the table, so only rules that may count mail of ours do.
        parts.append(f"NOT ({of}direction = '{Direction.OUTBOUND}' AND {of}payload ? '{NOT_SENT}')")
    if rule.payload:
        parts.append(_payload_condition(rule, number, parameters, of))
    if rule.amount_at_least is not None:
        parameters[f"amount{number}"] = rule.amount_at_least
        parts.append(f"coalesce(abs({of}amount) >= %(amount{number})s, false)")
    if rule.currency:
        parts.append(_equals_any(f"{of}currency", [rule.currency], f"currency{number}", parameters))
    return " AND ".join(parts)


def _payload_condition(rule: ValueRule, number: int, parameters: Parameters, of: str) -> str:
    late = rule.payload_key == "days_late" and rule.payload in (ValueRule.Payload.HAS, ValueRule.Payload.LACKS)
    if not late:
        parameters[f"key{number}"] = rule.payload_key
    has = f"{of}late" if late else f"{of}payload ? %(key{number})s"
    if rule.payload == ValueRule.Payload.HAS:
        return has
    if rule.payload == ValueRule.Payload.LACKS:
        return f"NOT ({has})"
    parameters[f"value{number}"] = rule.payload_value
    if rule.payload == ValueRule.Payload.EQUALS:
        return f"coalesce({of}payload ->> %(key{number})s = %(value{number})s, false)"
    return f"coalesce({_number_at(f'key{number}', of)} >= %(value{number})s::numeric, false)"


def payload_number_sql(rule: ValueRule, number: int, parameters: Parameters) -> str:
    """Return SQL for the payload number that a rule counts; a negative one counts as 0, so no row takes points away."""
    parameters[f"number{number}"] = rule.number_key
    return f"greatest({_number_at(f'number{number}', '')}, 0)"


def _number_at(key: str, of: str) -> str:
    # CASE rather than AND, whose parts PostgreSQL may evaluate in any order: the cast must not see other text.
    text = f"{of}payload ->> %({key})s"
    return f"CASE WHEN {text} ~ '{PAYLOAD_NUMBER}' THEN ({text})::numeric END"


def _equals_any(column: str, values: Sequence[str], name: str, parameters: Parameters) -> str:
    if len(values) == 1:
        parameters[name] = values[0]
        return f"{column} = %({name})s"
    parameters[name] = list(values)
    return f"{column} = ANY(%({name})s::text[])"
