"""Rules for projects of several months, with workshops and material that the client brings."""

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
    name=_("Consultancy"),
    title=gettext_lazy("Consultancy: projects of months"),
    description=_(
        "Clients who bring what the project needs, decide in time and pay as agreed; introductions weigh most."
    ),
    reasons=gettext_lazy(
        "A client works on the project every week or two, not daily: work fades over a month, and less of it counts"
        " as full effort. Promises count for a quarter of a year. An invoice paid late is a promise missed."
        " Introductions count for most of a year, because they win projects."
    ),
    rules=[
        *promise_rules(90),
        {"name": _("Paid late"), "sum": "missed", "kinds": ["late_payment"], "points": "0.5", "half_life": 90},
        {"name": _("Bringing their part"), "sum": "effort", "kinds": ["work_done", "attendance", "check_in"],
         "direction": "inbound", "points": 1, "daily_cap": 1, "half_life": 30},
        {"name": _("Opening doors"), "sum": "received", "kinds": INTRODUCTION_KINDS, "direction": "inbound",
         "points": 3, "half_life": 270},
        {"name": _("Speaking up"), "sum": "received", "kinds": VOICE_KINDS, "direction": "inbound", "points": 1,
         "daily_cap": 1, "half_life": 180},
        *given_rules(120),
        *demand_rules(30),
    ],
    tiers=[
        {"rank": 0, "name": _("By the contract"), "response_hours": 16},
        {"rank": 1, "name": _("Getting to know each other"), "for_newcomers": True, "response_hours": 8,
         "goodwill": 100},
        {"rank": 2, "name": _("Client"), "partnership": 35, "confidence": 0.4, "response_hours": 12, "goodwill": 200},
        {"rank": 3, "name": _("Partner"), "partnership": 55, "confidence": 0.4, "response_hours": 8, "goodwill": 1000,
         "exceptions_offered": True},
        {"rank": 4, "name": _("Champion"), "partnership": 75, "commitment": 60, "confidence": 0.4, "response_hours": 4,
         "goodwill": 3000, "exceptions_offered": True},
    ],
    constants={"effort_half": 4, "newcomer_days": 120},
)  # fmt: skip
