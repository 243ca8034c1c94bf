import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_renewals'),
        ('scoring', '0007_plain_labels'),
    ]

    operations = [
        migrations.CreateModel(
            name='MissingTrend',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'verbose_name': 'missing trend',
                'verbose_name_plural': 'missing trends',
            },
        ),
    ]
