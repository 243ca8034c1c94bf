import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('scoring', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StaleFocus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'verbose_name': 'stale focus',
                'verbose_name_plural': 'stale focus',
            },
        ),
        migrations.CreateModel(
            name='FocusItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('recovery', 'recovery open'), ('our_promise', 'our promise'), ('goal', 'goal at risk'), ('quiet', 'gone quiet'), ('thank', 'to thank'), ('engaged', 'newly engaged'), ('their_promise', 'their promise')], max_length=14, verbose_name='reason')),
                ('cause', models.CharField(editable=False, max_length=100, verbose_name='cause')),
                ('since', models.DateField(verbose_name='since')),
                ('strength', models.FloatField(verbose_name='strength')),
                ('facts', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('place', models.FloatField(default=0)),
                ('is_lead', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('open', 'open'), ('taken', 'taken'), ('snoozed', 'snoozed'), ('done', 'done')], default='open', max_length=7, verbose_name='state')),
                ('snoozed_until', models.DateTimeField(blank=True, null=True, verbose_name='snoozed until')),
                ('snooze_reason', models.CharField(blank=True, max_length=300, verbose_name='why it can wait')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('outcome', models.CharField(blank=True, max_length=500, verbose_name='outcome')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='focus_items', to='customers.customer')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('taken_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='focus_items', to=settings.AUTH_USER_MODEL, verbose_name='taken by')),
            ],
            options={
                'verbose_name': 'focus item',
                'verbose_name_plural': 'focus items',
                'ordering': ['-place', '-id'],
                'indexes': [models.Index(condition=models.Q(('is_lead', True)), fields=['-place', '-id'], name='focus_items_in_order'), models.Index(condition=models.Q(('state', 'snoozed')), fields=['snoozed_until'], name='focus_items_snoozed'), models.Index(condition=models.Q(('state', 'done')), fields=['customer', 'reason', 'cause'], name='focus_items_done')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'done'), _negated=True), fields=('customer', 'reason'), name='focus_item_one_of_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('snoozed_until__isnull', False), ('state', 'snoozed')), models.Q(models.Q(('state', 'snoozed'), _negated=True), ('snoozed_until__isnull', True)), _connector='OR'), name='focus_item_snoozed_until'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='focus_item_done_at'), models.CheckConstraint(condition=models.Q(('is_lead', False), ('state__in', ['open', 'taken']), _connector='OR'), name='focus_item_leads_while_open'), models.CheckConstraint(condition=models.Q(('strength__gte', 0), ('strength__lte', 1)), name='focus_item_strength_in_range')],
            },
        ),
        migrations.CreateModel(
            name='Refreshed',
            fields=[
                ('id', models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('rule_set', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='scoring.ruleset')),
            ],
            options={
                'verbose_name': 'refreshed',
                'verbose_name_plural': 'refreshed',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='focus_refreshed_is_one_row')],
            },
        ),
    ]
