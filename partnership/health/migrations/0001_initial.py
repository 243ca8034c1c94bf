import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('interactions', '0001_initial'),
        ('staff', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BriefTally',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='brief_tally', serialize=False, to='customers.customer')),
                ('partnership', models.FloatField()),
                ('loudness', models.FloatField()),
                ('minutes_week', models.BigIntegerField()),
                ('minutes_month', models.BigIntegerField()),
                ('minutes_quarter', models.BigIntegerField()),
                ('minutes_year', models.BigIntegerField()),
                ('messages_week', models.BigIntegerField()),
                ('messages_month', models.BigIntegerField()),
                ('messages_quarter', models.BigIntegerField()),
                ('messages_year', models.BigIntegerField()),
                ('rank', models.SmallIntegerField(null=True)),
                ('moved_week', models.FloatField(null=True)),
                ('moved_month', models.FloatField(null=True)),
                ('moved_quarter', models.FloatField(null=True)),
                ('moved_year', models.FloatField(null=True)),
                ('then_week', models.SmallIntegerField(null=True)),
                ('then_month', models.SmallIntegerField(null=True)),
                ('then_quarter', models.SmallIntegerField(null=True)),
                ('then_year', models.SmallIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'tally in brief',
                'verbose_name_plural': 'tallies in brief',
            },
        ),
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
            name='StaleTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'verbose_name': 'stale tally',
                'verbose_name_plural': 'stale tallies',
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('rank', models.SmallIntegerField(null=True, verbose_name='tier')),
                ('partnership', models.FloatField(default=0, verbose_name='partnership')),
                ('minutes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='minutes entered')),
                ('messages', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='messages without time')),
                ('asked', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='times they asked for something')),
                ('worked', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='times they did their part')),
                ('received', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='times they put in something')),
                ('free', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='minutes of free work')),
                ('mistakes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='mistakes of ours')),
                ('goals_reached', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='goals reached')),
                ('goals_dropped', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='goals dropped')),
                ('ours_kept', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of ours kept')),
                ('ours_late', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of ours kept late')),
                ('ours_missed', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of ours broken')),
                ('theirs_kept', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of theirs kept')),
                ('theirs_late', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of theirs kept late')),
                ('theirs_missed', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of theirs missed')),
                ('answered', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='answers within the promise')),
                ('answered_late', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='answers after the promise')),
                ('goals_active', models.IntegerField(default=0, verbose_name='goals pursued')),
                ('goals_stalled', models.IntegerField(default=0, verbose_name='goals stalled')),
                ('ours_open', models.IntegerField(default=0, verbose_name='promises of ours open')),
                ('theirs_open', models.IntegerField(default=0, verbose_name='promises of theirs open')),
                ('recoveries_open', models.IntegerField(default=0, verbose_name='recoveries open')),
                ('free_for_nothing', models.BigIntegerField(default=0, verbose_name='minutes of free work that led nowhere')),
                ('bought', models.BigIntegerField(default=0, verbose_name="bought in all, in the firm's currency")),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='tally', serialize=False, to='customers.customer')),
                ('day', models.DateField()),
                ('loudness', models.FloatField(default=0, verbose_name='loudness')),
                ('rank_then', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(null=True), default=list, size=4)),
                ('partnership_then', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(null=True), default=list, size=4)),
            ],
            options={
                'verbose_name': 'tally',
                'verbose_name_plural': 'tallies',
                'indexes': [models.Index(fields=['day'], name='health_tallies_by_day'), models.Index(condition=models.Q(('recoveries_open__gt', 0)), fields=['-partnership', 'customer'], name='health_tallies_to_be_mended'), models.Index(condition=models.Q(('free_for_nothing__gt', 0)), fields=['-free_for_nothing', 'customer'], name='health_tallies_for_nothing')],
            },
        ),
        migrations.CreateModel(
            name='TallySum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.SmallIntegerField(null=True, verbose_name='tier')),
                ('partnership', models.FloatField(default=0, verbose_name='partnership')),
                ('minutes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='minutes entered')),
                ('messages', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='messages without time')),
                ('asked', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='times they asked for something')),
                ('worked', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='times they did their part')),
                ('received', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='times they put in something')),
                ('free', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='minutes of free work')),
                ('mistakes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='mistakes of ours')),
                ('goals_reached', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='goals reached')),
                ('goals_dropped', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='goals dropped')),
                ('ours_kept', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of ours kept')),
                ('ours_late', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of ours kept late')),
                ('ours_missed', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of ours broken')),
                ('theirs_kept', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of theirs kept')),
                ('theirs_late', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of theirs kept late')),
                ('theirs_missed', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='promises of theirs missed')),
                ('answered', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='answers within the promise')),
                ('answered_late', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=8, verbose_name='answers after the promise')),
                ('goals_active', models.IntegerField(default=0, verbose_name='goals pursued')),
                ('goals_stalled', models.IntegerField(default=0, verbose_name='goals stalled')),
                ('ours_open', models.IntegerField(default=0, verbose_name='promises of ours open')),
                ('theirs_open', models.IntegerField(default=0, verbose_name='promises of theirs open')),
                ('recoveries_open', models.IntegerField(default=0, verbose_name='recoveries open')),
                ('free_for_nothing', models.BigIntegerField(default=0, verbose_name='minutes of free work that led nowhere')),
                ('bought', models.BigIntegerField(default=0, verbose_name="bought in all, in the firm's currency")),
                ('block', models.BigIntegerField()),
                ('customers', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name': 'sum of tallies',
                'verbose_name_plural': 'sums of tallies',
                'constraints': [models.UniqueConstraint(fields=('block', 'rank'), name='health_tallysum_one_of_a_tier', nulls_distinct=False)],
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
    ]
