"""Messages of ours without time, whose minutes the dashboards estimate."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("interactions", "0009_by_words_and_recorded")]
    operations = [
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["customer", "occurred_on"],
                condition=models.Q(direction="outbound", kind__in=("message", "decline", "nudge"), minutes__isnull=True)
                & ~models.Q(payload__has_key="auto_reply"),
                name="interactions_written",
            ),
        ),
    ]
