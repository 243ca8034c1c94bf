from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("scoring", "0007_drafts_alone_change_runs_end")]
    operations = [
        AddIndexConcurrently(
            "score", models.Index(fields=["tier", "-partnership", "-customer"], name="scoring_best_of_tier")
        ),
    ]
