"""What a preset is made of, and what most of them share."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from partnership.scoring.rules.defaults import ASKING_KINDS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = dict[str, Any]
"""Fields of a ValueRule or a Tier."""

VOICE_KINDS = ["feedback", "praise", "survey_response", "forgiveness"]
INTRODUCTION_KINDS = ["referral", "introduction", "testimonial"]


@dataclass(frozen=True)
class Preset:
    """`title` and `why_these` are for whoever chooses; `name` and `description` become the rule set's."""

    name: str
    title: "StrOrPromise"
    description: str
    why_these: "StrOrPromise"
    rules: list[Row]
    tiers: list[Row]
    constants: Row = field(default_factory=dict)


def promise_rules(half_life: float) -> list[Row]:
    """Kept in time, kept late, missed: of one half-life, so that silence fades and does not punish."""
    theirs = {"direction": "inbound", "half_life": half_life}
    late = {"payload_key": "days_late"}
    return [
        {"name": "Promise kept", "sum": "kept", "kinds": ["commitment_kept"], "points": 1, "payload": "lacks", **late,
         **theirs},
        {"name": "Promise kept late", "sum": "kept", "kinds": ["commitment_kept"], "points": "0.5", "payload": "has",
         **late, **theirs},
        {"name": "Promise missed", "sum": "missed", "kinds": ["commitment_missed"], "points": 1, **theirs},
    ]  # fmt: skip


def given_rules(half_life: float) -> list[Row]:
    return [
        {"name": "Free work", "sum": "given", "kinds": ["free_work"], "points": 1, "per": "hour",
         "half_life": half_life},
        {"name": "Refund", "sum": "given", "kinds": ["refund"], "points": 1, "half_life": half_life},
    ]  # fmt: skip


def demand_rules(half_life: float) -> list[Row]:
    theirs = {"sum": "demand", "direction": "inbound", "half_life": half_life}
    return [
        {"name": "Asking", "kinds": ASKING_KINDS, "points": 1, **theirs},
        {"name": "Other messages", "kinds": ["message", "call"], "points": "0.25", **theirs},
    ]
