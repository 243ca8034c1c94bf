"""Paid delivery apart from service time; everybody is counted again."""

from django.db import migrations, models

COUNT_AGAIN = """
INSERT INTO health_stalemetrics (customer_id) SELECT id FROM customers_customer WHERE merged_into_id IS NULL"""


class Migration(migrations.Migration):
    dependencies = [("health", "0005_owed_promises"), ("staff", "0005_delivery_kinds")]
    operations = [
        migrations.AddField("customermetrics", "delivered", models.BigIntegerField(default=0)),
        migrations.AddField("customermetrics", "before_delivered", models.BigIntegerField(default=0)),
        migrations.RunSQL(COUNT_AGAIN, migrations.RunSQL.noop),
    ]
