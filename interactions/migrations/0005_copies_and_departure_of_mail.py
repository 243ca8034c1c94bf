import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interactions", "0004_lists_of_conversations")]

    operations = [
        migrations.AddField(
            model_name="outgoing",
            name="cc",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.EmailField(max_length=254),
                blank=True,
                default=list,
                size=None,
                verbose_name="copy to",
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="bcc",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.EmailField(max_length=254),
                blank=True,
                default=list,
                size=None,
                verbose_name="hidden copy to",
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="leaves_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="leaves at"),
        ),
    ]
