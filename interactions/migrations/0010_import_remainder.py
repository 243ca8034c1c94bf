from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("interactions", "0009_erasures"),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRemainder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('import_key', models.IntegerField()),
                ('what', models.CharField(max_length=22)),
                ('row', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'what an import owes',
                'verbose_name_plural': 'what imports owe',
                'indexes': [models.Index(fields=['import_key'], name='interactions_owed_by_import')],
            },
        ),
    ]
