from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interactions", "0007_forwarded_mail_validated")]

    operations = [
        migrations.RemoveIndex(model_name="interaction", name="interactions_written"),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(
                    ("direction", "outbound"),
                    ("kind__in", ("message", "decline", "nudge")),
                    ("minutes__isnull", True),
                    models.Q(("payload__has_key", "auto_reply"), _negated=True),
                    models.Q(("payload__has_key", "not_sent"), _negated=True),
                ),
                fields=["customer", "occurred_on"],
                name="interactions_written",
            ),
        ),
        migrations.AlterField(
            model_name="outgoing",
            name="leaves_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="to be sent at"),
        ),
    ]
