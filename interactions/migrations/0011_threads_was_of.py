"""Whose a thread was before it was moved."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0010_written"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="was_of",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, editable=False, size=None
            ),
        ),
    ]
