"""Indexes for what the dashboards list: how goals and promises ended, and whom we don't approach by ourselves."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0006_merges_kept")]

    operations = [
        AddIndexConcurrently(
            "commitment",
            models.Index(fields=["party", "status", "-closed_at", "-id"], name="customers_commitments_ended"),
        ),
        AddIndexConcurrently("goal", models.Index(fields=["status", "-closed_at", "-id"], name="customers_goals_ended")),
        AddIndexConcurrently(
            "customer",
            models.Index(
                fields=["id"],
                condition=~models.Q(lifecycle="active") | models.Q(do_not_contact=True),
                name="customers_let_be",
            ),
        ),
    ]
