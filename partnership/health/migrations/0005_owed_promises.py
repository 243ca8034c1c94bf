"""How many promises of either side are past their date and neither kept nor released; everybody is counted again."""

from django.db import migrations, models

COUNT_AGAIN = """
INSERT INTO health_stalemetrics (customer_id) SELECT id FROM customers_customer WHERE merged_into_id IS NULL"""


class Migration(migrations.Migration):
    dependencies = [("health", "0004_thin_evidence")]
    operations = [
        migrations.AddField("customermetrics", "ours_owed", models.IntegerField(default=0)),
        migrations.AddField("customermetrics", "theirs_owed", models.IntegerField(default=0)),
        migrations.RunSQL(COUNT_AGAIN, migrations.RunSQL.noop),
    ]
