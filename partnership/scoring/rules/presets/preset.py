"""The parts of a preset, and rules that presets share."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from django.utils.translation import gettext_noop as _

from partnership.scoring.rules.defaults import ASKING_KINDS, RuleFields, TierFields

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

VOICE_KINDS = ["feedback", "praise", "survey_response", "forgiveness"]
INTRODUCTION_KINDS = ["referral", "introduction", "testimonial"]


class Constants(TypedDict, total=False):
    promise_weight: float
    effort_half: float
    newcomer_days: int


@dataclass(frozen=True)
class Preset:
    """Rules to begin with. `title` and `reasons` help to choose; `name` and `description` become the rule set's."""

    name: str
    title: "StrOrPromise"
    description: str
    reasons: "StrOrPromise"
    rules: list[RuleFields]
    tiers: list[TierFields]
    constants: Constants = field(default_factory=Constants)


def promise_rules(half_life: float) -> list[RuleFields]:
    """Count promises kept, kept late and missed, all with one half-life: silence must not lower the score."""
    return [
        {"name": _("Promise kept"), "sum": "kept", "kinds": ["commitment_kept"], "direction": "inbound", "points": 1,
         "payload": "lacks", "payload_key": "days_late", "half_life": half_life},
        {"name": _("Promise kept late"), "sum": "kept", "kinds": ["commitment_kept"], "direction": "inbound",
         "points": "0.5", "payload": "has", "payload_key": "days_late", "half_life": half_life},
        {"name": _("Promise missed"), "sum": "missed", "kinds": ["commitment_missed"], "direction": "inbound",
         "points": 1, "half_life": half_life},
    ]  # fmt: skip


def given_rules(half_life: float) -> list[RuleFields]:
    return [
        {"name": _("Free work"), "sum": "given", "kinds": ["free_work"], "points": 1, "per": "hour",
         "half_life": half_life},
        {"name": _("Refund"), "sum": "given", "kinds": ["refund"], "points": 1, "half_life": half_life},
    ]  # fmt: skip


def demand_rules(half_life: float) -> list[RuleFields]:
    return [
        {"name": _("Asking"), "sum": "demand", "kinds": ASKING_KINDS, "direction": "inbound", "points": 1,
         "half_life": half_life},
        {"name": _("Other messages"), "sum": "demand", "kinds": ["message", "call"], "direction": "inbound",
         "points": "0.25", "half_life": half_life},
    ]  # fmt: skip
