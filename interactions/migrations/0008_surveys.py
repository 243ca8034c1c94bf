from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("interactions", "0007_repair")]
    operations = [
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["customer", "occurred_at"],
                condition=models.Q(kind="survey_response"),
                name="interactions_surveys",
            ),
        ),
    ]
