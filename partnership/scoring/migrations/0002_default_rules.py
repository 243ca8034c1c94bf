from django.db import migrations
from django.utils import timezone

# As they were when this migration was written; partnership/scoring/rules/defaults.py has those of today.
RULE_SET = {
    "name": "Standard",
    "description": "Promises kept and work done make commitment; what both put in beyond the price makes reciprocity.",
}

ASKS = ["question", "request", "complaint", "refund_request"]

RULES = [
    {"name": "Promise kept", "sum": "kept", "kinds": ["commitment_kept"], "direction": "inbound", "points": 1,
     "half_life": 60, "payload": "lacks", "payload_key": "days_late"},
    {"name": "Promise kept late", "sum": "kept", "kinds": ["commitment_kept"], "direction": "inbound", "points": "0.5",
     "half_life": 60, "payload": "has", "payload_key": "days_late"},
    {"name": "Promise missed", "sum": "missed", "kinds": ["commitment_missed"], "direction": "inbound", "points": 1,
     "half_life": 60},
    {"name": "Doing their part", "sum": "effort", "kinds": ["work_done", "attendance", "check_in"],
     "direction": "inbound", "points": 1, "daily_cap": 1, "half_life": 14},
    {"name": "Opening doors", "sum": "received", "kinds": ["referral", "introduction", "testimonial"],
     "direction": "inbound", "points": 3, "half_life": 180},
    {"name": "Speaking up", "sum": "received", "kinds": ["feedback", "praise", "survey_response", "forgiveness"],
     "direction": "inbound", "points": 1, "daily_cap": 1, "half_life": 180},
    {"name": "Free work", "sum": "given", "kinds": ["free_work"], "points": 1, "per": "hour", "half_life": 90},
    {"name": "Refund", "sum": "given", "kinds": ["refund"], "points": 1, "half_life": 90},
    {"name": "Asking", "sum": "demand", "kinds": ASKS, "direction": "inbound", "points": 1, "half_life": 30},
    {"name": "Other messages", "sum": "demand", "kinds": ["message", "call"], "direction": "inbound",
     "points": "0.25", "half_life": 30},
]  # fmt: skip

TIERS = [
    {"rank": 0, "name": "Transactional", "response_hours": 16},
    {"rank": 1, "name": "Getting to know each other", "for_newcomers": True, "response_hours": 8, "goodwill": 50},
    {"rank": 2, "name": "Customer", "partnership": 35, "confidence": 0.4, "response_hours": 12, "goodwill": 50},
    {"rank": 3, "name": "Partner", "partnership": 55, "confidence": 0.4, "response_hours": 8, "goodwill": 200,
     "exceptions_offered": True},
    {"rank": 4, "name": "Champion", "partnership": 75, "commitment": 60, "confidence": 0.4, "response_hours": 4,
     "goodwill": 500, "exceptions_offered": True},
]  # fmt: skip


def make_defaults(apps, schema_editor):
    rule_sets, rules, tiers = (apps.get_model("scoring", name) for name in ("RuleSet", "ValueRule", "Tier"))
    if rule_sets.objects.exists():
        return
    standard = rule_sets.objects.create(**RULE_SET, status="draft")
    rules.objects.bulk_create(
        rules(rule_set=standard, position=position, **rule) for position, rule in enumerate(RULES, 1)
    )
    tiers.objects.bulk_create(tiers(rule_set=standard, **tier) for tier in TIERS)
    rule_sets.objects.filter(pk=standard.pk).update(status="active", activated_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]
    operations = [migrations.RunPython(make_defaults, migrations.RunPython.noop)]
