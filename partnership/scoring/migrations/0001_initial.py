import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('retired', 'retired')], default='draft', editable=False, max_length=8, verbose_name='status')),
                ('description', models.TextField(blank=True, help_text='What these rules value, and in which business.', verbose_name='description')),
                ('why', models.TextField(blank=True, help_text='Required before activation.', verbose_name='what it changes and why')),
                ('doubt', models.FloatField(default=2.0, help_text='How much evidence it takes to move away from neutral.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='doubt κ')),
                ('promise_weight', models.FloatField(default=0.6, help_text='Against doing the work.', verbose_name='weight of promises α')),
                ('effort_half', models.FloatField(default=6.0, help_text='Points of effort that reach half of full effort.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='effort E½')),
                ('demand_half', models.FloatField(default=5.0, help_text='Points of demand that reach half of full loudness.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='demand D½')),
                ('confidence_half', models.FloatField(default=2.0, help_text='Points of evidence that reach half confidence.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='confidence C½')),
                ('thin_below', models.FloatField(default=0.4, verbose_name='evidence is thin below a confidence of')),
                ('newcomer_days', models.PositiveSmallIntegerField(default=180, verbose_name='days of getting to know each other')),
                ('margin', models.FloatField(default=3.0, verbose_name='margin against flapping')),
                ('activated_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='activated')),
                ('retired_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retired')),
                ('based_on', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='scoring.ruleset', verbose_name='copied from')),
            ],
            options={
                'verbose_name': 'rule set',
                'verbose_name_plural': 'rule sets',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='RuleSetEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('retired', 'retired')], default='draft', editable=False, max_length=8, verbose_name='status')),
                ('description', models.TextField(blank=True, help_text='What these rules value, and in which business.', verbose_name='description')),
                ('why', models.TextField(blank=True, help_text='Required before activation.', verbose_name='what it changes and why')),
                ('doubt', models.FloatField(default=2.0, help_text='How much evidence it takes to move away from neutral.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='doubt κ')),
                ('promise_weight', models.FloatField(default=0.6, help_text='Against doing the work.', verbose_name='weight of promises α')),
                ('effort_half', models.FloatField(default=6.0, help_text='Points of effort that reach half of full effort.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='effort E½')),
                ('demand_half', models.FloatField(default=5.0, help_text='Points of demand that reach half of full loudness.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='demand D½')),
                ('confidence_half', models.FloatField(default=2.0, help_text='Points of evidence that reach half confidence.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='confidence C½')),
                ('thin_below', models.FloatField(default=0.4, verbose_name='evidence is thin below a confidence of')),
                ('newcomer_days', models.PositiveSmallIntegerField(default=180, verbose_name='days of getting to know each other')),
                ('margin', models.FloatField(default=3.0, verbose_name='margin against flapping')),
                ('activated_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='activated')),
                ('retired_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retired')),
                ('based_on', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scoring.ruleset', verbose_name='copied from')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.ruleset')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('preview', 'preview'), ('backtest', 'backtest'), ('rescore', 'rescore'), ('audit', 'audit')], max_length=8, verbose_name='kind')),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='waiting', max_length=9, verbose_name='status')),
                ('settings', models.JSONField(blank=True, default=dict)),
                ('done', models.PositiveIntegerField(default=0, verbose_name='customers done')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='of')),
                ('result', models.JSONField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='How often a worker started it since progress was last saved.', verbose_name='begun')),
                ('error', models.TextField(blank=True, verbose_name='what went wrong')),
                ('cancelling', models.BooleanField(default=False, verbose_name='asked to stop')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='scoring.ruleset', verbose_name='rule set')),
            ],
            options={
                'verbose_name': 'run',
                'verbose_name_plural': 'runs',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='StaleScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(auto_now_add=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'verbose_name': 'stale score',
                'verbose_name_plural': 'stale scores',
            },
        ),
        migrations.CreateModel(
            name='Tier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rank')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('for_newcomers', models.BooleanField(default=False, verbose_name='for newcomers')),
                ('partnership', models.FloatField(default=0, verbose_name='partnership at least')),
                ('commitment', models.FloatField(default=0, verbose_name='commitment at least')),
                ('confidence', models.FloatField(default=0, verbose_name='confidence at least')),
                ('response_hours', models.PositiveSmallIntegerField(default=16, verbose_name='answer within business hours')),
                ('goodwill', models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name='goodwill a year')),
                ('exceptions_offered', models.BooleanField(default=False, verbose_name='exceptions are offered')),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='scoring.ruleset')),
            ],
            options={
                'verbose_name': 'tier',
                'verbose_name_plural': 'tiers',
                'ordering': ['rank'],
            },
        ),
        migrations.CreateModel(
            name='ScoreSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reciprocity', models.FloatField(default=0, verbose_name='reciprocity')),
                ('commitment', models.FloatField(default=0, verbose_name='commitment')),
                ('partnership', models.FloatField(default=0, verbose_name='partnership')),
                ('loudness', models.FloatField(default=0, verbose_name='loudness')),
                ('confidence', models.FloatField(default=0, verbose_name='confidence')),
                ('pinned', models.BooleanField(db_default=False, default=False, verbose_name='its tier is pinned')),
                ('day', models.DateField(verbose_name='as of')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='customers.customer')),
                ('rule_set', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.ruleset')),
                ('tier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.tier', verbose_name='tier')),
            ],
            options={
                'verbose_name': 'score snapshot',
                'verbose_name_plural': 'score snapshots',
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('reciprocity', models.FloatField(default=0, verbose_name='reciprocity')),
                ('commitment', models.FloatField(default=0, verbose_name='commitment')),
                ('partnership', models.FloatField(default=0, verbose_name='partnership')),
                ('loudness', models.FloatField(default=0, verbose_name='loudness')),
                ('confidence', models.FloatField(default=0, verbose_name='confidence')),
                ('pinned', models.BooleanField(db_default=False, default=False, verbose_name='its tier is pinned')),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='score', serialize=False, to='customers.customer')),
                ('day', models.DateField(null=True, verbose_name='as of')),
                ('kept', models.BigIntegerField(default=0)),
                ('missed', models.BigIntegerField(default=0)),
                ('effort', models.BigIntegerField(default=0)),
                ('received', models.BigIntegerField(default=0)),
                ('given', models.BigIntegerField(default=0)),
                ('demand', models.BigIntegerField(default=0)),
                ('trend', models.FloatField(help_text='Points of partnership gained in 30 days.', null=True, verbose_name='trend')),
                ('rule_set', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.ruleset')),
                ('earned_tier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.tier', verbose_name='earned tier')),
                ('tier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.tier', verbose_name='tier')),
            ],
            options={
                'verbose_name': 'score',
                'verbose_name_plural': 'scores',
            },
        ),
        migrations.CreateModel(
            name='TierEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rank')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('for_newcomers', models.BooleanField(default=False, verbose_name='for newcomers')),
                ('partnership', models.FloatField(default=0, verbose_name='partnership at least')),
                ('commitment', models.FloatField(default=0, verbose_name='commitment at least')),
                ('confidence', models.FloatField(default=0, verbose_name='confidence at least')),
                ('response_hours', models.PositiveSmallIntegerField(default=16, verbose_name='answer within business hours')),
                ('goodwill', models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name='goodwill a year')),
                ('exceptions_offered', models.BooleanField(default=False, verbose_name='exceptions are offered')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.tier')),
                ('rule_set', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scoring.ruleset')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TierPin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='reason')),
                ('until', models.DateField(verbose_name='until')),
                ('pinned_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='tier_pin', to='customers.customer')),
                ('tier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pins', to='scoring.tier', verbose_name='tier')),
            ],
            options={
                'verbose_name': 'pinned tier',
                'verbose_name_plural': 'pinned tiers',
            },
        ),
        migrations.CreateModel(
            name='TierPinEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('reason', models.TextField(verbose_name='reason')),
                ('until', models.DateField(verbose_name='until')),
                ('pinned_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.tierpin')),
                ('tier', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scoring.tier', verbose_name='tier')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ValueRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('sum', models.CharField(choices=[('kept', 'promises kept'), ('missed', 'promises missed'), ('effort', 'doing their part'), ('received', 'what they put in'), ('given', 'what we put in'), ('demand', 'what they ask for')], max_length=8, verbose_name='counts toward')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('message', 'message'), ('call', 'call'), ('meeting', 'meeting'), ('note', 'note'), ('handover', 'handover'), ('question', 'question'), ('request', 'request'), ('complaint', 'complaint'), ('refund_request', 'refund request'), ('work_done', 'work done'), ('attendance', 'attendance'), ('check_in', 'check-in'), ('goal_set', 'goal set'), ('goal_achieved', 'goal achieved'), ('goal_dropped', 'goal dropped'), ('commitment_made', 'promise made'), ('commitment_kept', 'promise kept'), ('commitment_missed', 'promise missed'), ('commitment_released', 'promise released'), ('purchase', 'purchase'), ('renewal', 'renewal'), ('payment', 'payment'), ('late_payment', 'late payment'), ('refund', 'refund'), ('cancellation', 'cancellation'), ('gesture', 'gesture'), ('free_work', 'free work'), ('introduction', 'introduction'), ('referral', 'referral'), ('testimonial', 'testimonial'), ('feedback', 'feedback'), ('praise', 'praise'), ('survey_response', 'survey response'), ('decline', 'decline'), ('nudge', 'nudge'), ('mistake', 'mistake of ours'), ('recovery', 'recovery'), ('forgiveness', 'forgiveness')], max_length=20), size=None, verbose_name='kinds')),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('email', 'e-mail'), ('call', 'call'), ('meeting', 'meeting'), ('chat', 'chat'), ('sms', 'text message'), ('social', 'social network'), ('visit', 'visit'), ('web', 'web'), ('app', 'app'), ('billing', 'billing'), ('post', 'post'), ('internal', 'internal')], max_length=8), blank=True, default=list, help_text='None chosen means every channel.', size=None, verbose_name='channels')),
                ('direction', models.CharField(blank=True, choices=[('inbound', 'from them'), ('outbound', 'from us'), ('internal', 'internal')], max_length=8, verbose_name='direction')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='Only customers with one of these tags. None means every customer.', size=None, verbose_name='tags')),
                ('payload', models.CharField(blank=True, choices=[('', 'with any payload'), ('has', 'with the payload key'), ('lacks', 'without the payload key'), ('equals', 'where the payload key is'), ('at_least', 'where the payload key is at least')], default='', max_length=8, verbose_name='payload')),
                ('payload_key', models.CharField(blank=True, max_length=60, verbose_name='payload key')),
                ('payload_value', models.CharField(blank=True, max_length=200, verbose_name='payload value')),
                ('amount_at_least', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount at least')),
                ('points', models.DecimalField(decimal_places=3, max_digits=8, verbose_name='points')),
                ('per', models.CharField(choices=[('event', 'event'), ('minute', 'minute'), ('hour', 'hour'), ('unit', 'unit of money'), ('number', 'one in a number of the payload')], default='event', max_length=6, verbose_name='per')),
                ('number_key', models.CharField(blank=True, help_text='The payload key whose number is counted.', max_length=60, verbose_name='payload number')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('daily_cap', models.DecimalField(blank=True, decimal_places=3, max_digits=8, null=True, verbose_name='at most a day')),
                ('shared_cap', models.CharField(blank=True, help_text='Rules with the same word here have one daily cap together.', max_length=60, verbose_name='shares its cap as')),
                ('half_life', models.FloatField(validators=[django.core.validators.MinValueValidator(0.1)], verbose_name='half-life in days')),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='scoring.ruleset')),
            ],
            options={
                'verbose_name': 'value rule',
                'verbose_name_plural': 'value rules',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ValueRuleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('sum', models.CharField(choices=[('kept', 'promises kept'), ('missed', 'promises missed'), ('effort', 'doing their part'), ('received', 'what they put in'), ('given', 'what we put in'), ('demand', 'what they ask for')], max_length=8, verbose_name='counts toward')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('message', 'message'), ('call', 'call'), ('meeting', 'meeting'), ('note', 'note'), ('handover', 'handover'), ('question', 'question'), ('request', 'request'), ('complaint', 'complaint'), ('refund_request', 'refund request'), ('work_done', 'work done'), ('attendance', 'attendance'), ('check_in', 'check-in'), ('goal_set', 'goal set'), ('goal_achieved', 'goal achieved'), ('goal_dropped', 'goal dropped'), ('commitment_made', 'promise made'), ('commitment_kept', 'promise kept'), ('commitment_missed', 'promise missed'), ('commitment_released', 'promise released'), ('purchase', 'purchase'), ('renewal', 'renewal'), ('payment', 'payment'), ('late_payment', 'late payment'), ('refund', 'refund'), ('cancellation', 'cancellation'), ('gesture', 'gesture'), ('free_work', 'free work'), ('introduction', 'introduction'), ('referral', 'referral'), ('testimonial', 'testimonial'), ('feedback', 'feedback'), ('praise', 'praise'), ('survey_response', 'survey response'), ('decline', 'decline'), ('nudge', 'nudge'), ('mistake', 'mistake of ours'), ('recovery', 'recovery'), ('forgiveness', 'forgiveness')], max_length=20), size=None, verbose_name='kinds')),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('email', 'e-mail'), ('call', 'call'), ('meeting', 'meeting'), ('chat', 'chat'), ('sms', 'text message'), ('social', 'social network'), ('visit', 'visit'), ('web', 'web'), ('app', 'app'), ('billing', 'billing'), ('post', 'post'), ('internal', 'internal')], max_length=8), blank=True, default=list, help_text='None chosen means every channel.', size=None, verbose_name='channels')),
                ('direction', models.CharField(blank=True, choices=[('inbound', 'from them'), ('outbound', 'from us'), ('internal', 'internal')], max_length=8, verbose_name='direction')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='Only customers with one of these tags. None means every customer.', size=None, verbose_name='tags')),
                ('payload', models.CharField(blank=True, choices=[('', 'with any payload'), ('has', 'with the payload key'), ('lacks', 'without the payload key'), ('equals', 'where the payload key is'), ('at_least', 'where the payload key is at least')], default='', max_length=8, verbose_name='payload')),
                ('payload_key', models.CharField(blank=True, max_length=60, verbose_name='payload key')),
                ('payload_value', models.CharField(blank=True, max_length=200, verbose_name='payload value')),
                ('amount_at_least', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount at least')),
                ('points', models.DecimalField(decimal_places=3, max_digits=8, verbose_name='points')),
                ('per', models.CharField(choices=[('event', 'event'), ('minute', 'minute'), ('hour', 'hour'), ('unit', 'unit of money'), ('number', 'one in a number of the payload')], default='event', max_length=6, verbose_name='per')),
                ('number_key', models.CharField(blank=True, help_text='The payload key whose number is counted.', max_length=60, verbose_name='payload number')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('daily_cap', models.DecimalField(blank=True, decimal_places=3, max_digits=8, null=True, verbose_name='at most a day')),
                ('shared_cap', models.CharField(blank=True, help_text='Rules with the same word here have one daily cap together.', max_length=60, verbose_name='shares its cap as')),
                ('half_life', models.FloatField(validators=[django.core.validators.MinValueValidator(0.1)], verbose_name='half-life in days')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.valuerule')),
                ('rule_set', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scoring.ruleset')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('status',), name='scoring_ruleset_one_active'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.CheckConstraint(condition=models.Q(('confidence_half__gt', 0), ('demand_half__gt', 0), ('doubt__gt', 0), ('effort_half__gt', 0), ('promise_weight__gte', 0), ('promise_weight__lte', 1)), name='scoring_ruleset_constants_in_range'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleset',
            trigger=pgtrigger.compiler.Trigger(name='one_stays_active', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."status" = \'active\')', constraint='CONSTRAINT', func="\n                    IF NOT EXISTS (SELECT FROM scoring_ruleset WHERE status = 'active') THEN\n                        RAISE EXCEPTION 'no rule set would be active' USING ERRCODE = 'check_violation',\n                            CONSTRAINT = 'scoring_ruleset_one_stays_active';\n                    END IF;\n                    RETURN NULL;\n                ", hash='973ffbe1ab09e6644f6f6a4141e3a59b750e06ee', operation='UPDATE OR DELETE', pgid='pgtrigger_one_stays_active_28707', table='scoring_ruleset', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleset',
            trigger=pgtrigger.compiler.Trigger(name='constants_only_in_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."status" = \'draft\'))', func="\n            IF NEW.status = 'draft' OR (OLD.doubt, OLD.promise_weight, OLD.effort_half, OLD.demand_half, OLD.confidence_half, OLD.thin_below, OLD.newcomer_days, OLD.margin) IS DISTINCT FROM (NEW.doubt, NEW.promise_weight, NEW.effort_half, NEW.demand_half, NEW.confidence_half, NEW.thin_below, NEW.newcomer_days, NEW.margin) THEN\n                RAISE EXCEPTION 'constants change in drafts alone' USING ERRCODE = 'check_violation', CONSTRAINT = 'scoring_only_in_drafts';\n            END IF;\n            RETURN NEW;\n        ", hash='204a1e920bbc37cc15df5fd8bc7b41f6f19a7c1d', operation='UPDATE', pgid='pgtrigger_constants_only_in_drafts_66338', table='scoring_ruleset', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleset',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_rulesetevent" ("activated_at", "based_on_id", "confidence_half", "demand_half", "description", "doubt", "effort_half", "id", "margin", "name", "newcomer_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promise_weight", "retired_at", "status", "thin_below", "why") VALUES (NEW."activated_at", NEW."based_on_id", NEW."confidence_half", NEW."demand_half", NEW."description", NEW."doubt", NEW."effort_half", NEW."id", NEW."margin", NEW."name", NEW."newcomer_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."promise_weight", NEW."retired_at", NEW."status", NEW."thin_below", NEW."why"); RETURN NULL;', hash='7987c04f5eb621fa65639ab02abe4c00d9739104', operation='INSERT', pgid='pgtrigger_insert_insert_8d581', table='scoring_ruleset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleset',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "scoring_rulesetevent" ("activated_at", "based_on_id", "confidence_half", "demand_half", "description", "doubt", "effort_half", "id", "margin", "name", "newcomer_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promise_weight", "retired_at", "status", "thin_below", "why") VALUES (OLD."activated_at", OLD."based_on_id", OLD."confidence_half", OLD."demand_half", OLD."description", OLD."doubt", OLD."effort_half", OLD."id", OLD."margin", OLD."name", OLD."newcomer_days", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."promise_weight", OLD."retired_at", OLD."status", OLD."thin_below", OLD."why"); RETURN NULL;', hash='71b9565203bfc88d1ca066fa316f64b7aa849756', operation='UPDATE', pgid='pgtrigger_update_update_f191f', table='scoring_ruleset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleset',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_rulesetevent" ("activated_at", "based_on_id", "confidence_half", "demand_half", "description", "doubt", "effort_half", "id", "margin", "name", "newcomer_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promise_weight", "retired_at", "status", "thin_below", "why") VALUES (OLD."activated_at", OLD."based_on_id", OLD."confidence_half", OLD."demand_half", OLD."description", OLD."doubt", OLD."effort_half", OLD."id", OLD."margin", OLD."name", OLD."newcomer_days", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."promise_weight", OLD."retired_at", OLD."status", OLD."thin_below", OLD."why"); RETURN NULL;', hash='18488fe7d269d9e43dce6112f4bf950b9dfe01a5', operation='DELETE', pgid='pgtrigger_delete_delete_19bb3', table='scoring_ruleset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulesetevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c59dd58738e31a6c5940832b74527ce97aa40e2d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_140e9', table='scoring_rulesetevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('status__in', ['waiting', 'running'])), fields=['id'], name='scoring_run_unfinished'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('rule_set', 'rank'), name='scoring_tier_rank'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('rule_set', 'name'), name='scoring_tier_name'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.UniqueConstraint(condition=models.Q(('for_newcomers', True)), fields=('rule_set',), name='scoring_tier_one_for_newcomers'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='only_in_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE found RECORD;', func="\n            FOR found IN\n                SELECT status FROM scoring_ruleset\n                WHERE TG_OP <> 'INSERT' AND id = OLD.rule_set_id OR TG_OP <> 'DELETE' AND id = NEW.rule_set_id\n                ORDER BY id FOR SHARE\n            LOOP\n                IF found.status <> 'draft' THEN\n                    RAISE EXCEPTION 'rules and tiers change in drafts alone' USING ERRCODE = 'check_violation', CONSTRAINT = 'scoring_only_in_drafts';\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ", hash='38d7f160564092dcc3509e055fc785898e1180c0', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_in_drafts_598ba', table='scoring_tier', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_tierevent" ("commitment", "confidence", "exceptions_offered", "for_newcomers", "goodwill", "id", "name", "partnership", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "response_hours", "rule_set_id") VALUES (NEW."commitment", NEW."confidence", NEW."exceptions_offered", NEW."for_newcomers", NEW."goodwill", NEW."id", NEW."name", NEW."partnership", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."response_hours", NEW."rule_set_id"); RETURN NULL;', hash='faaa57139f0d0e80a893499018f1c0ec52bfe0c8', operation='INSERT', pgid='pgtrigger_insert_insert_c3361', table='scoring_tier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "scoring_tierevent" ("commitment", "confidence", "exceptions_offered", "for_newcomers", "goodwill", "id", "name", "partnership", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "response_hours", "rule_set_id") VALUES (OLD."commitment", OLD."confidence", OLD."exceptions_offered", OLD."for_newcomers", OLD."goodwill", OLD."id", OLD."name", OLD."partnership", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."rank", OLD."response_hours", OLD."rule_set_id"); RETURN NULL;', hash='a612adaaec3d17bf6f9eed7215c8a274c6ecd396', operation='UPDATE', pgid='pgtrigger_update_update_e5754', table='scoring_tier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_tierevent" ("commitment", "confidence", "exceptions_offered", "for_newcomers", "goodwill", "id", "name", "partnership", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "response_hours", "rule_set_id") VALUES (OLD."commitment", OLD."confidence", OLD."exceptions_offered", OLD."for_newcomers", OLD."goodwill", OLD."id", OLD."name", OLD."partnership", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rank", OLD."response_hours", OLD."rule_set_id"); RETURN NULL;', hash='154d456b200310e36c58d3462cd6eb2d3d0d3075', operation='DELETE', pgid='pgtrigger_delete_delete_29666', table='scoring_tier', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='scoresnapshot',
            constraint=models.UniqueConstraint(fields=('customer', 'day'), name='scoring_scoresnapshot_one_a_day'),
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(fields=['-partnership', '-customer'], include=('tier',), name='scoring_best_first'),
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(fields=['tier', '-partnership', '-customer'], name='scoring_best_of_tier'),
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(fields=['day'], name='scoring_by_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tierevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='440959f006cb45125732e01e8963d0c840e39162', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a7279', table='scoring_tierevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='tierpin',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='scoring_tierpin_has_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tierpin',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "scoring_tierpinevent" ("by_id", "customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinned_at", "reason", "tier_id", "until") VALUES (OLD."by_id", OLD."customer_id", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."pinned_at", OLD."reason", OLD."tier_id", OLD."until"); RETURN NULL;', hash='2426fd755157fb3cbf1a322e6c152b38c78b01df', operation='UPDATE', pgid='pgtrigger_update_update_acd2e', table='scoring_tierpin', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tierpin',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_tierpinevent" ("by_id", "customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinned_at", "reason", "tier_id", "until") VALUES (OLD."by_id", OLD."customer_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pinned_at", OLD."reason", OLD."tier_id", OLD."until"); RETURN NULL;', hash='a8e5573a7d3a8758801555a0a5c26c484ce026a1', operation='DELETE', pgid='pgtrigger_delete_delete_7b9c8', table='scoring_tierpin', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tierpinevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ac212b580c7ca5ff9ba7f9394960021108b0d747', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a730d', table='scoring_tierpinevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='valuerule',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('rule_set', 'name'), name='scoring_valuerule_name'),
        ),
        migrations.AddConstraint(
            model_name='valuerule',
            constraint=models.CheckConstraint(condition=models.Q(('half_life__gt', 0), ('points__gt', 0), models.Q(('daily_cap__isnull', True), ('daily_cap__gt', 0), _connector='OR')), name='scoring_valuerule_positive'),
        ),
        migrations.AddConstraint(
            model_name='valuerule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payload', ''), ('payload_key', '')), models.Q(models.Q(('payload', ''), _negated=True), models.Q(('payload_key', ''), _negated=True)), _connector='OR'), name='scoring_valuerule_payload_key'),
        ),
        migrations.AddConstraint(
            model_name='valuerule',
            constraint=models.CheckConstraint(condition=models.Q(('payload__in', ['equals', 'at_least']), ('payload_value', ''), _connector='XOR'), name='scoring_valuerule_payload_value'),
        ),
        migrations.AddConstraint(
            model_name='valuerule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payload', 'at_least'), _negated=True), ('payload_value__regex', '^-?[0-9]{1,15}(\\.[0-9]{1,15})?$'), _connector='OR'), name='scoring_valuerule_compares_numbers'),
        ),
        migrations.AddConstraint(
            model_name='valuerule',
            constraint=models.CheckConstraint(condition=models.Q(('per', 'number'), ('number_key', ''), _connector='XOR'), name='scoring_valuerule_number_key'),
        ),
        migrations.AddConstraint(
            model_name='valuerule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('per', 'unit'), ('amount_at_least__isnull', False), _connector='OR'), ('currency__regex', '^[A-Z]{3}$')), models.Q(models.Q(('per', 'unit'), _negated=True), ('amount_at_least__isnull', True), ('currency', '')), _connector='OR'), name='scoring_valuerule_money_has_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='valuerule',
            constraint=models.CheckConstraint(condition=models.Q(('shared_cap', ''), ('daily_cap__isnull', False), _connector='OR'), name='scoring_valuerule_shared_cap_is_a_cap'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='valuerule',
            trigger=pgtrigger.compiler.Trigger(name='only_in_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE found RECORD;', func="\n            FOR found IN\n                SELECT status FROM scoring_ruleset\n                WHERE TG_OP <> 'INSERT' AND id = OLD.rule_set_id OR TG_OP <> 'DELETE' AND id = NEW.rule_set_id\n                ORDER BY id FOR SHARE\n            LOOP\n                IF found.status <> 'draft' THEN\n                    RAISE EXCEPTION 'rules and tiers change in drafts alone' USING ERRCODE = 'check_violation', CONSTRAINT = 'scoring_only_in_drafts';\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ", hash='38852f097a6e6b222c69a2bfc4551e73b13c817c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_in_drafts_ba6c6', table='scoring_valuerule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='valuerule',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_valueruleevent" ("amount_at_least", "channels", "currency", "daily_cap", "direction", "half_life", "id", "kinds", "name", "number_key", "payload", "payload_key", "payload_value", "per", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "rule_set_id", "shared_cap", "sum", "tags") VALUES (NEW."amount_at_least", NEW."channels", NEW."currency", NEW."daily_cap", NEW."direction", NEW."half_life", NEW."id", NEW."kinds", NEW."name", NEW."number_key", NEW."payload", NEW."payload_key", NEW."payload_value", NEW."per", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."points", NEW."position", NEW."rule_set_id", NEW."shared_cap", NEW."sum", NEW."tags"); RETURN NULL;', hash='d1b1f06c8f2e9e7b1b54cb398ff7e3699f9b1abe', operation='INSERT', pgid='pgtrigger_insert_insert_2491d', table='scoring_valuerule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='valuerule',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "scoring_valueruleevent" ("amount_at_least", "channels", "currency", "daily_cap", "direction", "half_life", "id", "kinds", "name", "number_key", "payload", "payload_key", "payload_value", "per", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "rule_set_id", "shared_cap", "sum", "tags") VALUES (OLD."amount_at_least", OLD."channels", OLD."currency", OLD."daily_cap", OLD."direction", OLD."half_life", OLD."id", OLD."kinds", OLD."name", OLD."number_key", OLD."payload", OLD."payload_key", OLD."payload_value", OLD."per", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."points", OLD."position", OLD."rule_set_id", OLD."shared_cap", OLD."sum", OLD."tags"); RETURN NULL;', hash='1c3939c013a7539cd9119b08ac796488b278206f', operation='UPDATE', pgid='pgtrigger_update_update_9d17c', table='scoring_valuerule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='valuerule',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_valueruleevent" ("amount_at_least", "channels", "currency", "daily_cap", "direction", "half_life", "id", "kinds", "name", "number_key", "payload", "payload_key", "payload_value", "per", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "rule_set_id", "shared_cap", "sum", "tags") VALUES (OLD."amount_at_least", OLD."channels", OLD."currency", OLD."daily_cap", OLD."direction", OLD."half_life", OLD."id", OLD."kinds", OLD."name", OLD."number_key", OLD."payload", OLD."payload_key", OLD."payload_value", OLD."per", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."points", OLD."position", OLD."rule_set_id", OLD."shared_cap", OLD."sum", OLD."tags"); RETURN NULL;', hash='6f08e99e2762025d6664ca9f541fd044a85f7c71', operation='DELETE', pgid='pgtrigger_delete_delete_af33b', table='scoring_valuerule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='valueruleevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='628dacdc0ee245677e439eba10a1a9ddc85ad7c4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e9a4d', table='scoring_valueruleevent', when='BEFORE')),
        ),
    ]
