from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("mention", "you were mentioned"),
                    ("assignment", "a conversation was given to you"),
                    ("handover", "a conversation was handed over to you"),
                    ("takeover", "a colleague took over a conversation of yours"),
                    ("promise_due", "a promise is due"),
                    ("tier", "a tier changed"),
                    ("focus", "a customer to look after was handed over to you"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
    ]
