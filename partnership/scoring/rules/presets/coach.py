"""Rules for weekly sessions and practice between them."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from partnership.scoring.rules.presets.preset import (
    INTRODUCTION_KINDS,
    VOICE_KINDS,
    Preset,
    demand_rules,
    given_rules,
    promise_rules,
)

PRESET = Preset(
    name=_("Coach"),
    title=gettext_lazy("Coach: weekly sessions and practice between them"),
    description=_("People who come, practise between sessions, and say honestly how it goes."),
    reasons=gettext_lazy(
        "Sessions are weekly, so a month without practice shows soon: work and promises fade fast. Attending and"
        " practising share one point a day, so that a busy day alone makes nobody a partner. Honest feedback counts as"
        " much as a check-in, because coaching builds on it."
    ),
    rules=[
        *promise_rules(30),
        {"name": _("Coming to sessions"), "sum": "effort", "kinds": ["attendance"], "direction": "inbound", "points": 1,
         "daily_cap": 1, "shared_cap": "practice", "half_life": 10},
        {"name": _("Practising between sessions"), "sum": "effort", "kinds": ["work_done", "check_in"],
         "direction": "inbound", "points": "0.5", "daily_cap": 1, "shared_cap": "practice", "half_life": 10},
        {"name": _("Opening doors"), "sum": "received", "kinds": INTRODUCTION_KINDS, "direction": "inbound",
         "points": 3, "half_life": 120},
        {"name": _("Speaking up"), "sum": "received", "kinds": VOICE_KINDS, "direction": "inbound", "points": 1,
         "daily_cap": 1, "half_life": 90},
        *given_rules(60),
        *demand_rules(14),
    ],
    tiers=[
        {"rank": 0, "name": _("Single sessions"), "response_hours": 16},
        {"rank": 1, "name": _("Getting to know each other"), "for_newcomers": True, "response_hours": 6,
         "goodwill": 30},
        {"rank": 2, "name": _("Client"), "partnership": 35, "confidence": 0.4, "response_hours": 10, "goodwill": 30},
        {"rank": 3, "name": _("Partner"), "partnership": 55, "confidence": 0.4, "response_hours": 6, "goodwill": 100,
         "exceptions_offered": True},
        {"rank": 4, "name": _("Champion"), "partnership": 75, "commitment": 60, "confidence": 0.4, "response_hours": 3,
         "goodwill": 250, "exceptions_offered": True},
    ],
    constants={"effort_half": 5, "newcomer_days": 90},
)  # fmt: skip
