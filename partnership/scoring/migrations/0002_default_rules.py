from django.db import migrations
from django.utils import timezone

from partnership.scoring.rules.defaults import RULE_SET, RULES, TIERS


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
