"""The default rule set as data; docs/scoring.md explains it."""

from typing import NotRequired, TypedDict

from django.utils.translation import gettext_noop as _


class _RuleSetFields(TypedDict):
    name: str
    description: str


class RuleFields(TypedDict):
    """Fields of a ValueRule; decimals with a fraction are text."""

    name: str
    sum: str
    kinds: list[str]
    direction: NotRequired[str]
    points: int | str
    per: NotRequired[str]
    payload: NotRequired[str]
    payload_key: NotRequired[str]
    daily_cap: NotRequired[int]
    shared_cap: NotRequired[str]
    half_life: float


class TierFields(TypedDict):
    rank: int
    name: str
    for_newcomers: NotRequired[bool]
    partnership: NotRequired[float]
    commitment: NotRequired[float]
    confidence: NotRequired[float]
    response_hours: int
    goodwill: NotRequired[int]
    exceptions_offered: NotRequired[bool]


RULE_SET: _RuleSetFields = {
    "name": _("Standard"),
    "description": _(
        "Promises kept and work done make commitment; what both put in beyond the price makes reciprocity."
    ),
}

ASKING_KINDS = ["question", "request", "complaint", "refund_request"]

RULES: list[RuleFields] = [
    {"name": _("Promise kept"), "sum": "kept", "kinds": ["commitment_kept"], "direction": "inbound", "points": 1,
     "half_life": 60, "payload": "lacks", "payload_key": "days_late"},
    {"name": _("Promise kept late"), "sum": "kept", "kinds": ["commitment_kept"], "direction": "inbound",
     "points": "0.5", "half_life": 60, "payload": "has", "payload_key": "days_late"},
    {"name": _("Promise missed"), "sum": "missed", "kinds": ["commitment_missed"], "direction": "inbound", "points": 1,
     "half_life": 60},
    {"name": _("Doing their part"), "sum": "effort", "kinds": ["work_done", "attendance", "check_in"],
     "direction": "inbound", "points": 1, "daily_cap": 1, "half_life": 14},
    {"name": _("Opening doors"), "sum": "received", "kinds": ["referral", "introduction", "testimonial"],
     "direction": "inbound", "points": 3, "half_life": 180},
    {"name": _("Speaking up"), "sum": "received", "kinds": ["feedback", "praise", "survey_response", "forgiveness"],
     "direction": "inbound", "points": 1, "daily_cap": 1, "half_life": 180},
    {"name": _("Free work"), "sum": "given", "kinds": ["free_work"], "points": 1, "per": "hour", "half_life": 90},
    {"name": _("Refund"), "sum": "given", "kinds": ["refund"], "points": 1, "half_life": 90},
    {"name": _("Asking"), "sum": "demand", "kinds": ASKING_KINDS, "direction": "inbound", "points": 1, "half_life": 30},
    {"name": _("Other messages"), "sum": "demand", "kinds": ["message", "call"], "direction": "inbound",
     "points": "0.25", "half_life": 30},
]  # fmt: skip

TIERS: list[TierFields] = [
    {"rank": 0, "name": _("Transactional"), "response_hours": 16},
    {"rank": 1, "name": _("Getting to know each other"), "for_newcomers": True, "response_hours": 8, "goodwill": 50},
    {"rank": 2, "name": _("Customer"), "partnership": 35, "confidence": 0.4, "response_hours": 12, "goodwill": 50},
    {"rank": 3, "name": _("Partner"), "partnership": 55, "confidence": 0.4, "response_hours": 8, "goodwill": 200,
     "exceptions_offered": True},
    {"rank": 4, "name": _("Champion"), "partnership": 75, "commitment": 60, "confidence": 0.4, "response_hours": 4,
     "goodwill": 500, "exceptions_offered": True},
]  # fmt: skip
