"""Which kinds of entries customers pay for: their time is delivery, not service time."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


def usual():
    return ["meeting", "attendance"]


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0004_goodwill_minutes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='firm',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='firm',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='firm',
            name='delivery_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('meeting', 'meeting'), ('call', 'call'), ('attendance', 'attendance'), ('work_done', 'work done'), ('check_in', 'check-in'), ('message', 'message'), ('note', 'note')], max_length=20), blank=True, default=usual, help_text='The time of these entries is paid delivery if the customer bought, renewed or paid something in the 52 weeks before. All other time is service time. Health compares only service time with partnership, so that a customer who buys more does not count as over-served. After a change, Health follows within a minute.', size=None, verbose_name='what customers pay for'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='firmevent',
            name='delivery_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('meeting', 'meeting'), ('call', 'call'), ('attendance', 'attendance'), ('work_done', 'work done'), ('check_in', 'check-in'), ('message', 'message'), ('note', 'note')], max_length=20), blank=True, default=usual, help_text='The time of these entries is paid delivery if the customer bought, renewed or paid something in the 52 weeks before. All other time is service time. Health compares only service time with partnership, so that a customer who buys more does not count as over-served. After a change, Health follows within a minute.', size=None, verbose_name='what customers pay for'),
            preserve_default=False,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='firm',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_firmevent" ("business_hours", "currency", "delivery_kinds", "holidays", "id", "language", "minutes_per_message", "name", "nudge_ceiling", "own_addresses", "own_domains", "partnership_share", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_ceiling", "terms", "timezone") VALUES (OLD."business_hours", OLD."currency", OLD."delivery_kinds", OLD."holidays", OLD."id", OLD."language", OLD."minutes_per_message", OLD."name", OLD."nudge_ceiling", OLD."own_addresses", OLD."own_domains", OLD."partnership_share", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."survey_ceiling", OLD."terms", OLD."timezone"); RETURN NULL;', hash='3a5615b81456bd0ba30c6b1bb24e3b280ec975cb', operation='UPDATE', pgid='pgtrigger_update_update_12fd9', table='staff_firm', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='firm',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_firmevent" ("business_hours", "currency", "delivery_kinds", "holidays", "id", "language", "minutes_per_message", "name", "nudge_ceiling", "own_addresses", "own_domains", "partnership_share", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_ceiling", "terms", "timezone") VALUES (OLD."business_hours", OLD."currency", OLD."delivery_kinds", OLD."holidays", OLD."id", OLD."language", OLD."minutes_per_message", OLD."name", OLD."nudge_ceiling", OLD."own_addresses", OLD."own_domains", OLD."partnership_share", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."survey_ceiling", OLD."terms", OLD."timezone"); RETURN NULL;', hash='b11a3e92d2870f262fd2643e17e88dd3c5a6a73c', operation='DELETE', pgid='pgtrigger_delete_delete_d270e', table='staff_firm', when='AFTER')),
        ),
    ]
