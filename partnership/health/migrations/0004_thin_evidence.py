"""Whether a customer's score rests on thin evidence."""

from django.db import migrations, models

FILL = """
UPDATE health_customermetrics metrics SET thin = score.confidence < rules.thin_below
FROM scoring_score score JOIN scoring_ruleset rules ON rules.id = score.rule_set_id
WHERE score.customer_id = metrics.customer_id"""


class Migration(migrations.Migration):
    dependencies = [("health", "0003_tiers"), ("scoring", "0004_tier_lineage")]
    operations = [
        migrations.AddField("customermetrics", "thin", models.BooleanField(db_default=True, default=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
