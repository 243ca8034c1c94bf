"""Rules for matters that take years, with months of silence between steps."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from partnership.scoring.rules.presets.preset import VOICE_KINDS, Preset, demand_rules, given_rules, promise_rules

PRESET = Preset(
    name=_("Law office"),
    title=gettext_lazy("Law office: matters of years"),
    description=_("Clients who bring documents in time, come prepared, and trust us with the people they know."),
    reasons=gettext_lazy(
        "Months of silence between two steps of a matter are normal and must not lower the score: promises and work"
        " fade slowly, and a few documents count as full effort. A missed deadline counts most, an invoice paid late"
        " half as much. Referrals count for a year; testimonials count less, because not every client may give one."
    ),
    rules=[
        *promise_rules(180),
        {"name": _("Paid late"), "sum": "missed", "kinds": ["late_payment"], "points": "0.5", "half_life": 180},
        {"name": _("Bringing documents, coming prepared"), "sum": "effort",
         "kinds": ["work_done", "attendance", "check_in"], "direction": "inbound", "points": 1, "daily_cap": 1,
         "half_life": 60},
        {"name": _("Referrals"), "sum": "received", "kinds": ["referral", "introduction"], "direction": "inbound",
         "points": 3, "half_life": 365},
        {"name": _("Testimonials"), "sum": "received", "kinds": ["testimonial"], "direction": "inbound", "points": 2,
         "half_life": 365},
        {"name": _("Speaking up"), "sum": "received", "kinds": VOICE_KINDS, "direction": "inbound", "points": 1,
         "daily_cap": 1, "half_life": 270},
        *given_rules(180),
        *demand_rules(45),
    ],
    tiers=[
        {"rank": 0, "name": _("One matter"), "response_hours": 16},
        {"rank": 1, "name": _("New client"), "for_newcomers": True, "response_hours": 8, "goodwill": 50},
        {"rank": 2, "name": _("Client"), "partnership": 35, "confidence": 0.4, "response_hours": 12, "goodwill": 100},
        {"rank": 3, "name": _("Trusted client"), "partnership": 55, "confidence": 0.4, "response_hours": 6,
         "goodwill": 500, "exceptions_offered": True},
        {"rank": 4, "name": _("Lasting partner"), "partnership": 75, "commitment": 60, "confidence": 0.5,
         "response_hours": 4, "goodwill": 1000, "exceptions_offered": True},
    ],
    constants={"promise_weight": 0.7, "effort_half": 3, "newcomer_days": 365},
)  # fmt: skip
