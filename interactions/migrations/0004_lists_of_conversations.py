from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interactions", "0003_snoozed_until_they_answer")]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["status", "-last_interaction_at", "-id"], name="conversations_by_status"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["assignee", "-last_interaction_at", "-id"],
                condition=models.Q(("assignee__isnull", False), ("status", "open")),
                name="conversations_of_assignee",
            ),
        ),
    ]
