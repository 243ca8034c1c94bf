import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('interactions', '0001_initial'),
        ('staff', '0002_role_groups'),
    ]

    operations = [
        migrations.CreateModel(
            name='WeeklySummarySubscription',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('sent_for', models.DateField(null=True)),
            ],
            options={
                'verbose_name': 'weekly summary subscription',
                'verbose_name_plural': 'weekly summary subscriptions',
            },
        ),
        migrations.CreateModel(
            name='StaleMetrics',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'verbose_name': 'stale metrics',
                'verbose_name_plural': 'stale metrics',
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('answered_at', models.DateTimeField(verbose_name='answered')),
                ('rank', models.SmallIntegerField(null=True, verbose_name='tier then')),
                ('waited', models.FloatField(verbose_name='waited')),
                ('promised', models.PositiveSmallIntegerField(verbose_name='promised')),
                ('late', models.BooleanField(verbose_name='after the promise')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='interactions.conversation')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'answers',
                'indexes': [models.Index(fields=['late', '-answered_at', '-id'], name='health_answers_newest')],
            },
        ),
        migrations.CreateModel(
            name='CustomerMetrics',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(choices=[('week', 'week'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], max_length=7)),
                ('day', models.DateField()),
                ('rank', models.SmallIntegerField(null=True)),
                ('rank_then', models.SmallIntegerField(null=True)),
                ('partnership', models.FloatField(default=0)),
                ('partnership_then', models.FloatField(null=True)),
                ('loudness', models.FloatField(default=0)),
                ('minutes', models.BigIntegerField(default=0)),
                ('before_minutes', models.BigIntegerField(default=0)),
                ('free', models.BigIntegerField(default=0)),
                ('before_free', models.BigIntegerField(default=0)),
                ('messages', models.IntegerField(default=0)),
                ('before_messages', models.IntegerField(default=0)),
                ('asked', models.IntegerField(default=0)),
                ('before_asked', models.IntegerField(default=0)),
                ('worked', models.IntegerField(default=0)),
                ('before_worked', models.IntegerField(default=0)),
                ('received', models.IntegerField(default=0)),
                ('before_received', models.IntegerField(default=0)),
                ('mistakes', models.IntegerField(default=0)),
                ('before_mistakes', models.IntegerField(default=0)),
                ('goals_reached', models.IntegerField(default=0)),
                ('before_goals_reached', models.IntegerField(default=0)),
                ('goals_dropped', models.IntegerField(default=0)),
                ('before_goals_dropped', models.IntegerField(default=0)),
                ('ours_kept', models.IntegerField(default=0)),
                ('before_ours_kept', models.IntegerField(default=0)),
                ('ours_late', models.IntegerField(default=0)),
                ('before_ours_late', models.IntegerField(default=0)),
                ('ours_missed', models.IntegerField(default=0)),
                ('before_ours_missed', models.IntegerField(default=0)),
                ('theirs_kept', models.IntegerField(default=0)),
                ('before_theirs_kept', models.IntegerField(default=0)),
                ('theirs_late', models.IntegerField(default=0)),
                ('before_theirs_late', models.IntegerField(default=0)),
                ('theirs_missed', models.IntegerField(default=0)),
                ('before_theirs_missed', models.IntegerField(default=0)),
                ('answered', models.IntegerField(default=0)),
                ('before_answered', models.IntegerField(default=0)),
                ('answered_late', models.IntegerField(default=0)),
                ('before_answered_late', models.IntegerField(default=0)),
                ('goals_active', models.IntegerField(default=0)),
                ('goals_stalled', models.IntegerField(default=0)),
                ('ours_open', models.IntegerField(default=0)),
                ('theirs_open', models.IntegerField(default=0)),
                ('recoveries_open', models.IntegerField(default=0)),
                ('free_for_nothing', models.BigIntegerField(default=0)),
                ('bought', models.BigIntegerField(default=0)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='metrics', to='customers.customer')),
            ],
            options={
                'verbose_name': 'customer metrics',
                'verbose_name_plural': 'customer metrics',
                'indexes': [models.Index(fields=['day'], name='health_metrics_by_day'), models.Index(condition=models.Q(('recoveries_open__gt', 0)), fields=['period', '-partnership', 'customer'], name='health_metrics_open_recoveries'), models.Index(condition=models.Q(('free_for_nothing__gt', 0)), fields=['period', '-free_for_nothing', 'customer'], name='health_metrics_free_in_vain')],
                'constraints': [models.UniqueConstraint(fields=('period', 'customer'), name='health_customermetrics_one_of_a_period')],
            },
        ),
    ]
