"""Errors in the fields of rule sets and rules, by field, with what to do about them.

Each database constraint has its message here, so that a form can show it at the field.
"""

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from partnership.scoring.models.rule_sets import RuleSet
    from partnership.scoring.models.value_rules import ValueRule

_CURRENCY = r"[A-Z]{3}"


def find_constant_errors(rule_set: "RuleSet") -> dict[str, str]:
    errors = {}
    if rule_set.promise_weight is not None and not 0 <= rule_set.promise_weight <= 1:
        errors["promise_weight"] = _("Enter a weight between 0 (only effort counts) and 1 (only promises count).")
    for name in ("doubt", "balance_doubt", "effort_half", "demand_half", "confidence_half"):
        value = getattr(rule_set, name)
        if value is not None and value <= 0:
            errors[name] = _("Enter a number above zero, such as 0.1 for almost none.")
    return errors


def find_rule_errors(rule: "ValueRule") -> dict[str, str]:
    return {**_find_point_errors(rule), **_find_payload_errors(rule), **_find_measure_errors(rule)}


def _find_point_errors(rule: "ValueRule") -> dict[str, str]:
    errors = {}
    if rule.points is not None and rule.points <= 0:
        errors["points"] = _("Enter points above zero. What counts against the customer counts toward promises missed.")
    if rule.half_life is not None and rule.half_life <= 0:
        errors["half_life"] = _("Enter a half-life above zero: 14 days fade fast, 180 slowly.")
    if rule.daily_cap is not None and rule.daily_cap <= 0:
        errors["daily_cap"] = _("Enter a cap above zero, or leave it empty for none.")
    if rule.shared_cap and rule.daily_cap is None:
        errors["daily_cap"] = _("Rules that share a cap need one: enter points a day, or clear the shared cap.")
    return errors


def _find_payload_errors(rule: "ValueRule") -> dict[str, str]:
    errors, compares = {}, rule.payload in (rule.Payload.EQUALS, rule.Payload.AT_LEAST)
    if rule.payload and not rule.payload_key:
        errors["payload_key"] = _("Enter a payload key, or choose “with any payload”.")
    if rule.payload_key and not rule.payload:
        errors["payload"] = _("Choose what the payload key must be, or clear the key.")
    if compares and not rule.payload_value:
        errors["payload_value"] = _("Enter the value to compare with.")
    if rule.payload_value and not compares:
        errors["payload_value"] = _("No value is compared: clear this, or choose “is” or “is at least”.")
    return errors


def _find_measure_errors(rule: "ValueRule") -> dict[str, str]:
    errors = {}
    if rule.per == rule.Per.NUMBER and not rule.number_key:
        errors["number_key"] = _("Enter the payload key whose number is counted, such as pages.")
    if rule.number_key and rule.per != rule.Per.NUMBER:
        errors["number_key"] = _("No number is counted: clear this, or count per unit of a number in the payload.")
    if rule.per == rule.Per.UNIT or rule.amount_at_least is not None:
        if not re.fullmatch(_CURRENCY, rule.currency or ""):
            errors["currency"] = _("Enter the currency by its three letters, such as EUR.")
    elif rule.currency:
        errors["currency"] = _("No money is counted: clear this, count per unit of money, or set an amount.")
    return errors
