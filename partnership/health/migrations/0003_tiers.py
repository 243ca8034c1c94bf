"""Metrics refer to tiers, which have their own order in each rule set, rather than to ranks."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE health_customermetrics metrics SET tier_id = score.tier_id, tier_then_id = (
  SELECT tier_id FROM scoring_scoresnapshot snapshot
  WHERE snapshot.customer_id = metrics.customer_id
    AND snapshot.day <= metrics.day - 7 * CASE period WHEN 'week' THEN 1 WHEN 'month' THEN 4 WHEN 'quarter' THEN 13
      ELSE 52 END
  ORDER BY snapshot.day DESC LIMIT 1)
FROM scoring_score score WHERE score.customer_id = metrics.customer_id"""


def tier():
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="scoring.tier",
    )


class Migration(migrations.Migration):
    dependencies = [("health", "0002_settlements"), ("scoring", "0004_tier_lineage")]
    operations = [
        migrations.RemoveField("answer", "rank"),
        migrations.RemoveField("customermetrics", "rank"),
        migrations.RemoveField("customermetrics", "rank_then"),
        migrations.AddField("customermetrics", "tier", tier()),
        migrations.AddField("customermetrics", "tier_then", tier()),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
