"""No minutes used to mean no limit; 0 now allows none."""

import django.core.validators
from django.db import migrations, models


def forget_zero(apps, schema_editor):
    apps.get_model("staff", "GoodwillBudget").objects.filter(minutes=0).update(minutes=None)


def restore_zero(apps, schema_editor):
    apps.get_model("staff", "GoodwillBudget").objects.filter(minutes=None).update(minutes=0)


class Migration(migrations.Migration):
    dependencies = [("staff", "0003_user_signature")]
    operations = [
        migrations.AlterField(
            "goodwillbudget",
            "minutes",
            models.PositiveIntegerField(
                blank=True,
                help_text="Leave it empty for no limit on minutes; 0 allows none.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(100000)],
                verbose_name="minutes",
            ),
        ),
        migrations.RunPython(forget_zero, restore_zero),
    ]
