from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """By itself, so that the table is read without a lock that writers wait for."""

    dependencies = [("interactions", "0006_forwarded_mail")]

    operations = [
        ValidateConstraint(model_name="interaction", name="interactions_interaction_known_words"),
    ]
