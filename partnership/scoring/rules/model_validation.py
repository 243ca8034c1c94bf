"""Fields that contradict each other, and values out of range: what to do about it, by field.

Each constraint of the database is told here in words, so that a form can say it where it was typed.
"""

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from partnership.scoring.models.rules import RuleSet, ValueRule

_CURRENCY = r"[A-Z]{3}"


def find_constant_errors(rule_set: "RuleSet") -> dict[str, str]:
    found = {}
    if rule_set.promise_weight is not None and not 0 <= rule_set.promise_weight <= 1:
        found["promise_weight"] = _("A weight lies between 0 (work alone counts) and 1 (promises alone).")
    for name in ("doubt", "effort_half", "demand_half", "confidence_half"):
        value = getattr(rule_set, name)
        if value is not None and value <= 0:
            found[name] = _("This is above zero: choose a small number such as 0.1 for almost none.")
    return found


def find_rule_errors(rule: "ValueRule") -> dict[str, str]:
    return {**_find_point_errors(rule), **_find_payload_errors(rule), **_find_measure_errors(rule)}


def _find_point_errors(rule: "ValueRule") -> dict[str, str]:
    found = {}
    if rule.points is not None and rule.points <= 0:
        found["points"] = _("Points are above zero. What counts against somebody counts toward promises missed.")
    if rule.half_life is not None and rule.half_life <= 0:
        found["half_life"] = _("A half-life is above zero: 14 days fade fast, 180 slowly.")
    if rule.daily_cap is not None and rule.daily_cap <= 0:
        found["daily_cap"] = _("A cap is above zero; for none leave it empty.")
    if rule.shared_cap and rule.daily_cap is None:
        found["daily_cap"] = _("Rules that share a cap have one: write how many points a day, or clear the shared cap.")
    return found


def _find_payload_errors(rule: "ValueRule") -> dict[str, str]:
    found, compares = {}, rule.payload in (rule.Payload.EQUALS, rule.Payload.AT_LEAST)
    if rule.payload and not rule.payload_key:
        found["payload_key"] = _("Name the payload key to look at, or choose “whatever its payload”.")
    if rule.payload_key and not rule.payload:
        found["payload"] = _("Choose what to ask of the payload key, or clear the key.")
    if compares and not rule.payload_value:
        found["payload_value"] = _("Write the value to compare with.")
    if rule.payload_value and not compares:
        found["payload_value"] = _("Nothing is compared: clear this, or choose “is” or “is at least”.")
    return found


def _find_measure_errors(rule: "ValueRule") -> dict[str, str]:
    found = {}
    if rule.per == rule.Per.NUMBER and not rule.number_key:
        found["number_key"] = _("Name the payload key whose number is counted, such as pages.")
    if rule.number_key and rule.per != rule.Per.NUMBER:
        found["number_key"] = _("No number is counted: clear this, or count per one in a number of the payload.")
    if rule.per == rule.Per.UNIT or rule.amount_at_least is not None:
        if not re.fullmatch(_CURRENCY, rule.currency or ""):
            found["currency"] = _("Name the currency by its three letters, such as EUR.")
    elif rule.currency:
        found["currency"] = _("No money is looked at: clear this, count per unit of money, or set an amount.")
    return found
