from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interactions", "0002_settlements")]

    operations = [
        migrations.RemoveConstraint(model_name="conversation", name="interactions_conversation_snoozed_until"),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "snoozed"), ("snoozed_until__isnull", True), _connector="OR"),
                name="interactions_conversation_snoozed_until",
            ),
        ),
    ]
