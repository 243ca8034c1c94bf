"""Goodwill gestures are counted; everybody is counted again."""

from django.db import migrations, models

COUNT_AGAIN = """
INSERT INTO health_stalemetrics (customer_id) SELECT id FROM customers_customer WHERE merged_into_id IS NULL"""


class Migration(migrations.Migration):
    dependencies = [("health", "0006_delivery")]
    operations = [
        migrations.AddField("customermetrics", "gestures", models.IntegerField(default=0)),
        migrations.AddField("customermetrics", "before_gestures", models.IntegerField(default=0)),
        migrations.RunSQL(COUNT_AGAIN, migrations.RunSQL.noop),
    ]
