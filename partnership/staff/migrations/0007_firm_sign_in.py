"""Which roles need a second factor, after how long without activity a session ends, and whose second factor counts."""


import django.contrib.postgres.fields
import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0006_audit_records'),
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
            name='idle_minutes',
            field=models.PositiveIntegerField(blank=True, default=720, null=True, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(20160)], verbose_name='minutes without activity until signed out'),
        ),
        migrations.AddField(
            model_name='firm',
            name='second_factor_roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('support', 'Support'), ('manager', 'Manager'), ('admin', 'Admin')], max_length=20), blank=True, default=list, size=None, verbose_name='roles that need a second factor'),
        ),
        migrations.AddField(
            model_name='firm',
            name='trusts_provider_factor',
            field=models.BooleanField(default=False, verbose_name="the provider's second factor counts"),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='idle_minutes',
            field=models.PositiveIntegerField(blank=True, default=720, null=True, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(20160)], verbose_name='minutes without activity until signed out'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='second_factor_roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('support', 'Support'), ('manager', 'Manager'), ('admin', 'Admin')], max_length=20), blank=True, default=list, size=None, verbose_name='roles that need a second factor'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='trusts_provider_factor',
            field=models.BooleanField(default=False, verbose_name="the provider's second factor counts"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='firm',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_firmevent" ("business_hours", "currency", "delivery_kinds", "holidays", "id", "idle_minutes", "language", "minutes_per_message", "name", "nudge_ceiling", "own_addresses", "own_domains", "partnership_share", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "second_factor_roles", "survey_ceiling", "terms", "timezone", "trusts_provider_factor") VALUES (OLD."business_hours", OLD."currency", OLD."delivery_kinds", OLD."holidays", OLD."id", OLD."idle_minutes", OLD."language", OLD."minutes_per_message", OLD."name", OLD."nudge_ceiling", OLD."own_addresses", OLD."own_domains", OLD."partnership_share", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."second_factor_roles", OLD."survey_ceiling", OLD."terms", OLD."timezone", OLD."trusts_provider_factor"); RETURN NULL;', hash='f6f0e51d7eef36eca3643fc2bb1c662ed6953ffe', operation='UPDATE', pgid='pgtrigger_update_update_12fd9', table='staff_firm', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='firm',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_firmevent" ("business_hours", "currency", "delivery_kinds", "holidays", "id", "idle_minutes", "language", "minutes_per_message", "name", "nudge_ceiling", "own_addresses", "own_domains", "partnership_share", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "second_factor_roles", "survey_ceiling", "terms", "timezone", "trusts_provider_factor") VALUES (OLD."business_hours", OLD."currency", OLD."delivery_kinds", OLD."holidays", OLD."id", OLD."idle_minutes", OLD."language", OLD."minutes_per_message", OLD."name", OLD."nudge_ceiling", OLD."own_addresses", OLD."own_domains", OLD."partnership_share", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."second_factor_roles", OLD."survey_ceiling", OLD."terms", OLD."timezone", OLD."trusts_provider_factor"); RETURN NULL;', hash='f17269aa2079b02a21a9428fa5876602987e72e0', operation='DELETE', pgid='pgtrigger_delete_delete_d270e', table='staff_firm', when='AFTER')),
        ),
    ]
