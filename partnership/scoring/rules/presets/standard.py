"""What a new firm starts with: scoring.md's defaults, for whoever teaches, and a good start for others."""

from django.utils.translation import gettext_lazy as _

from partnership.scoring.rules.defaults import RULE_SET, RULES, TIERS
from partnership.scoring.rules.presets.preset import Preset

PRESET = Preset(
    name=RULE_SET["name"],
    title=_("Standard: courses, and whoever is unsure"),
    description=RULE_SET["description"],
    why_these=_(
        "Customers do something nearly every day, so work fades within weeks. Tried on real courses: what it says of"
        " the first months tells who will pass better than how much anybody clicks or writes."
    ),
    rules=RULES,
    tiers=TIERS,
)
