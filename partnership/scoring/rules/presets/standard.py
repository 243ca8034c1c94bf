"""The default rules, made for courses and a good start for other firms."""

from django.utils.translation import gettext_lazy

from partnership.scoring.rules.defaults import RULE_SET, RULES, TIERS
from partnership.scoring.rules.presets.preset import Preset

PRESET = Preset(
    name=RULE_SET["name"],
    title=gettext_lazy("Standard: courses, or if you are unsure"),
    description=RULE_SET["description"],
    reasons=gettext_lazy(
        "Customers do something nearly every day, so work fades within weeks. On real courses, scores of the first"
        " months predicted who would pass better than the number of clicks or messages did."
    ),
    rules=RULES,
    tiers=TIERS,
)
