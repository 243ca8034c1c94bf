from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customers", "0003_trigrams")]
    operations = [
        AddIndexConcurrently(
            "customer",
            models.Index(fields=["id"], condition=models.Q(restricted=True), name="customers_restricted"),
        )
    ]
