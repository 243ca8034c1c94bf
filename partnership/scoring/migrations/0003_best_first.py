from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("scoring", "0002_default_rules")]
    operations = [
        AddIndexConcurrently(
            "score",
            models.Index(fields=["-partnership", "-customer"], include=["tier"], name="scoring_best_first"),
        ),
        RemoveIndexConcurrently("score", "scoring_by_partnership"),
    ]
