"""The firm's country, logo and colour, and its mail server."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('staff', '0005_delivery_kinds'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailSettings',
            fields=[
                ('id', models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('host', models.CharField(max_length=253, verbose_name='server')),
                ('port', models.PositiveIntegerField(default=587, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(65535)], verbose_name='port')),
                ('security', models.CharField(choices=[('starttls', 'STARTTLS'), ('tls', 'TLS from the start'), ('none', 'none')], default='starttls', max_length=8, verbose_name='encryption')),
                ('user', models.CharField(blank=True, max_length=254, verbose_name='user name')),
                ('password', models.TextField(blank=True, editable=False, verbose_name='password')),
            ],
            options={
                'verbose_name': 'mail server',
                'verbose_name_plural': 'mail server',
            },
        ),
        migrations.CreateModel(
            name='MailSettingsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.SmallIntegerField(default=1, editable=False, serialize=False)),
                ('host', models.CharField(max_length=253, verbose_name='server')),
                ('port', models.PositiveIntegerField(default=587, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(65535)], verbose_name='port')),
                ('security', models.CharField(choices=[('starttls', 'STARTTLS'), ('tls', 'TLS from the start'), ('none', 'none')], default='starttls', max_length=8, verbose_name='encryption')),
                ('user', models.CharField(blank=True, max_length=254, verbose_name='user name')),
            ],
            options={
                'abstract': False,
            },
        ),
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
            name='accent',
            field=models.CharField(blank=True, max_length=7, verbose_name='accent colour'),
        ),
        migrations.AddField(
            model_name='firm',
            name='country',
            field=models.CharField(blank=True, max_length=2, verbose_name='country'),
        ),
        migrations.AddField(
            model_name='firm',
            name='holiday_names',
            field=models.JSONField(blank=True, default=dict, verbose_name='names of the holidays'),
        ),
        migrations.AddField(
            model_name='firm',
            name='logo',
            field=models.FileField(blank=True, upload_to='logos/', verbose_name='logo'),
        ),
        migrations.AddField(
            model_name='firm',
            name='mail_address',
            field=models.EmailField(blank=True, max_length=254, verbose_name='sender’s address'),
        ),
        migrations.AddField(
            model_name='firm',
            name='mail_name',
            field=models.CharField(blank=True, max_length=100, verbose_name='sender’s name'),
        ),
        migrations.AddField(
            model_name='firm',
            name='region',
            field=models.CharField(blank=True, max_length=40, verbose_name='region'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='accent',
            field=models.CharField(blank=True, max_length=7, verbose_name='accent colour'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='country',
            field=models.CharField(blank=True, max_length=2, verbose_name='country'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='holiday_names',
            field=models.JSONField(blank=True, default=dict, verbose_name='names of the holidays'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='logo',
            field=models.FileField(blank=True, upload_to='logos/', verbose_name='logo'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='mail_address',
            field=models.EmailField(blank=True, max_length=254, verbose_name='sender’s address'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='mail_name',
            field=models.CharField(blank=True, max_length=100, verbose_name='sender’s name'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='region',
            field=models.CharField(blank=True, max_length=40, verbose_name='region'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='firm',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_firmevent" ("accent", "business_hours", "country", "currency", "delivery_kinds", "holiday_names", "holidays", "id", "language", "logo", "mail_address", "mail_name", "minutes_per_message", "name", "nudge_ceiling", "own_addresses", "own_domains", "partnership_share", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "survey_ceiling", "terms", "timezone") VALUES (OLD."accent", OLD."business_hours", OLD."country", OLD."currency", OLD."delivery_kinds", OLD."holiday_names", OLD."holidays", OLD."id", OLD."language", OLD."logo", OLD."mail_address", OLD."mail_name", OLD."minutes_per_message", OLD."name", OLD."nudge_ceiling", OLD."own_addresses", OLD."own_domains", OLD."partnership_share", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."region", OLD."survey_ceiling", OLD."terms", OLD."timezone"); RETURN NULL;', hash='c673c18476ed1c42670d91963d4800cb67f0a54a', operation='UPDATE', pgid='pgtrigger_update_update_12fd9', table='staff_firm', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='firm',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_firmevent" ("accent", "business_hours", "country", "currency", "delivery_kinds", "holiday_names", "holidays", "id", "language", "logo", "mail_address", "mail_name", "minutes_per_message", "name", "nudge_ceiling", "own_addresses", "own_domains", "partnership_share", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "survey_ceiling", "terms", "timezone") VALUES (OLD."accent", OLD."business_hours", OLD."country", OLD."currency", OLD."delivery_kinds", OLD."holiday_names", OLD."holidays", OLD."id", OLD."language", OLD."logo", OLD."mail_address", OLD."mail_name", OLD."minutes_per_message", OLD."name", OLD."nudge_ceiling", OLD."own_addresses", OLD."own_domains", OLD."partnership_share", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region", OLD."survey_ceiling", OLD."terms", OLD."timezone"); RETURN NULL;', hash='b48eba94564d1581453262bc1ab206e7786d721d', operation='DELETE', pgid='pgtrigger_delete_delete_d270e', table='staff_firm', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='firm',
            constraint=models.CheckConstraint(condition=models.Q(('accent', ''), ('accent__regex', '^#[0-9a-f]{6}$'), _connector='OR'), name='staff_firm_accent_colour'),
        ),
        migrations.AddConstraint(
            model_name='mailsettings',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='staff_mail_settings_is_one_row'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."host" IS DISTINCT FROM (NEW."host") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."port" IS DISTINCT FROM (NEW."port") OR OLD."security" IS DISTINCT FROM (NEW."security") OR OLD."user" IS DISTINCT FROM (NEW."user"))', func='INSERT INTO "staff_mailsettingsevent" ("host", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "security", "user") VALUES (OLD."host", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."port", OLD."security", OLD."user"); RETURN NULL;', hash='a5f9ab33a47a457d62977ba7759d381a2b509a33', operation='UPDATE', pgid='pgtrigger_update_update_ff19b', table='staff_mailsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailsettings',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_mailsettingsevent" ("host", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "security", "user") VALUES (OLD."host", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."port", OLD."security", OLD."user"); RETURN NULL;', hash='e905a238eec2419fd194dd1296ec16f24aedfeb6', operation='DELETE', pgid='pgtrigger_delete_delete_e2343', table='staff_mailsettings', when='AFTER')),
        ),
        migrations.AddField(
            model_name='mailsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='mailsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='staff.mailsettings'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailsettingsevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='435dafa303f50f8e95891b1cc60c98b409ccf894', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_12cd6', table='staff_mailsettingsevent', when='BEFORE')),
        ),
    ]
