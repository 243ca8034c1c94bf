import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('interactions', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recovery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what_happened', models.TextField(blank=True, verbose_name='what happened')),
                ('what_we_did', models.TextField(blank=True, verbose_name='what we did about it')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('outcome', models.CharField(blank=True, max_length=500, verbose_name='outcome')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recoveries', to='customers.customer')),
                ('forgiveness', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='interactions.interaction', verbose_name='forgiveness')),
                ('mistake', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='recovery', to='interactions.interaction')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='recoveries', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'recovery',
                'verbose_name_plural': 'recoveries',
                'ordering': ['-opened_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='RecoveryEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('what_happened', models.TextField(blank=True, verbose_name='what happened')),
                ('what_we_did', models.TextField(blank=True, verbose_name='what we did about it')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('outcome', models.CharField(blank=True, max_length=500, verbose_name='outcome')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('forgiveness', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='interactions.interaction', verbose_name='forgiveness')),
                ('mistake', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='interactions.interaction')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='recoveries.recovery')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='recovery',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['customer'], name='recoveries_open'),
        ),
        migrations.AddConstraint(
            model_name='recovery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='recoveries_recovery_closed_with_an_outcome'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recovery',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "recoveries_recoveryevent" ("closed_at", "customer_id", "forgiveness_id", "id", "mistake_id", "opened_at", "outcome", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what_happened", "what_we_did") VALUES (OLD."closed_at", OLD."customer_id", OLD."forgiveness_id", OLD."id", OLD."mistake_id", OLD."opened_at", OLD."outcome", OLD."owner_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."what_happened", OLD."what_we_did"); RETURN NULL;', hash='fd870302d0fa9f45e1bb7152aab3b710bde68e02', operation='UPDATE', pgid='pgtrigger_update_update_db24d', table='recoveries_recovery', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recovery',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "recoveries_recoveryevent" ("closed_at", "customer_id", "forgiveness_id", "id", "mistake_id", "opened_at", "outcome", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what_happened", "what_we_did") VALUES (OLD."closed_at", OLD."customer_id", OLD."forgiveness_id", OLD."id", OLD."mistake_id", OLD."opened_at", OLD."outcome", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."what_happened", OLD."what_we_did"); RETURN NULL;', hash='3c84c3bd658c5a749d3d16dd9e0a6deeceab1f76', operation='DELETE', pgid='pgtrigger_delete_delete_52a0f', table='recoveries_recovery', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recoveryevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4a9de7a65289a709511cf33ef4099888843064d7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_44d1f', table='recoveries_recoveryevent', when='BEFORE')),
        ),
    ]
