from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from interactions.models.words import Whose, Words


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("interactions", "0008_surveys")]
    operations = [
        AddIndexConcurrently(
            "interaction",
            GinIndex(Whose("customer"), Words("language", "subject", "body"), name="interactions_by_words"),
        ),
        RemoveIndexConcurrently("interaction", "interactions_words"),
        AddIndexConcurrently(
            "interaction",
            BrinIndex(fields=["recorded_at"], autosummarize=True, name="interactions_recorded"),
        ),
        # How common a word is, is known of what an index holds; of a new one nothing is, for as long as little changes.
        migrations.RunSQL("ANALYZE interactions_interaction", migrations.RunSQL.noop),
    ]
