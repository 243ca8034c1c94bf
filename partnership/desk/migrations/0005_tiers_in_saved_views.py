"""Saved views name a tier by its key: a rank means another tier once the rules change."""

from urllib.parse import parse_qsl, urlencode

from django.db import migrations


def name_by_key(apps, schema_editor):
    tiers = apps.get_model("scoring", "Tier").objects.filter(rule_set__status="active")
    keys = {str(rank): pk for rank, pk in tiers.values_list("rank", "pk")}
    for view in apps.get_model("desk", "SavedView").objects.filter(query__contains="tier="):
        given = parse_qsl(view.query, keep_blank_values=True)
        view.query = urlencode([(name, keys.get(value, value) if name == "tier" else value) for name, value in given])
        view.save(update_fields=["query"])


class Migration(migrations.Migration):
    dependencies = [("desk", "0004_reminder"), ("scoring", "0004_tier_lineage")]
    operations = [migrations.RunPython(name_by_key, migrations.RunPython.noop)]
