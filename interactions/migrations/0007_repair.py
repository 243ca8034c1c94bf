from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("interactions", "0006_received_as")]
    operations = [
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["customer", "occurred_at"],
                condition=models.Q(kind__in=("mistake", "recovery", "forgiveness")),
                name="interactions_repair",
            ),
        ),
    ]
