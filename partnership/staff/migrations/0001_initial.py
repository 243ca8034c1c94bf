import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('source_snapshot', models.JSONField(blank=True, editable=False, null=True)),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('photo', models.FileField(blank=True, upload_to='faces/', verbose_name='photo')),
                ('away_from', models.DateField(blank=True, null=True, verbose_name='away from')),
                ('away_to', models.DateField(blank=True, null=True, verbose_name='away to')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='may open the admin')),
                ('joined_at', models.DateTimeField(auto_now_add=True, verbose_name='joined')),
                ('cover', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='covering', to=settings.AUTH_USER_MODEL, verbose_name='cover')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'staff member',
                'verbose_name_plural': 'staff',
                'ordering': ['name', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
            ],
            options={
                'verbose_name': 'department',
                'verbose_name_plural': 'departments',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='FirmEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.SmallIntegerField(default=1, editable=False, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('timezone', models.CharField(max_length=64, verbose_name='time zone')),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='currency')),
                ('language', models.CharField(default='en', max_length=16, verbose_name='language')),
                ('business_hours', models.JSONField(blank=True, help_text='Response targets count these hours. Without any, every hour counts.', verbose_name='business hours')),
                ('holidays', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, size=None, verbose_name='holidays')),
                ('own_addresses', django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), blank=True, default=list, size=None, verbose_name='our own mail addresses')),
                ('own_domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), blank=True, default=list, size=None, verbose_name='our own mail domains')),
                ('nudge_ceiling', models.PositiveSmallIntegerField(default=2, verbose_name='nudges per customer in 30 days, at most')),
                ('survey_ceiling', models.PositiveSmallIntegerField(default=1, verbose_name='surveys per customer in 90 days, at most')),
                ('partnership_share', models.PositiveSmallIntegerField(default=50, help_text='Suggested by Focus for its list Partnerships; the rest is for Answers due.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='share of the day for partners, in per cent')),
                ('minutes_per_message', models.PositiveSmallIntegerField(default=5, help_text='The estimate for our messages without an entered time.', validators=[django.core.validators.MaxValueValidator(480)], verbose_name='minutes a message takes')),
                ('terms', models.TextField(blank=True, help_text='In plain words. Shown to staff who decide on a refund or an exception.', verbose_name='what the terms say about refunds and exceptions')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='GoodwillBudget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='amount')),
                ('minutes', models.PositiveIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(100000)], verbose_name='minutes')),
                ('period', models.CharField(choices=[('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default='month', max_length=8, verbose_name='period')),
            ],
            options={
                'verbose_name': 'goodwill budget',
                'verbose_name_plural': 'goodwill budgets',
            },
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('photo', models.FileField(blank=True, upload_to='faces/', verbose_name='photo')),
                ('away_from', models.DateField(blank=True, null=True, verbose_name='away from')),
                ('away_to', models.DateField(blank=True, null=True, verbose_name='away to')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='may open the admin')),
                ('joined_at', models.DateTimeField(auto_now_add=True, verbose_name='joined')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Preferences',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='preferences', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('timeline', models.CharField(blank=True, max_length=500)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, null=True, size=None)),
                ('notify', models.JSONField(blank=True, default=dict)),
                ('digest', models.CharField(choices=[('hourly', 'every hour'), ('daily', 'every morning'), ('never', 'never')], default='daily', max_length=6, verbose_name='digest by e-mail')),
            ],
            options={
                'verbose_name': 'preferences',
                'verbose_name_plural': 'preferences',
            },
        ),
        migrations.AddField(
            model_name='user',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='staff', to='staff.department', verbose_name='department'),
        ),
        migrations.CreateModel(
            name='Firm',
            fields=[
                ('id', models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('timezone', models.CharField(max_length=64, verbose_name='time zone')),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='currency')),
                ('language', models.CharField(default='en', max_length=16, verbose_name='language')),
                ('business_hours', models.JSONField(blank=True, help_text='Response targets count these hours. Without any, every hour counts.', verbose_name='business hours')),
                ('holidays', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, size=None, verbose_name='holidays')),
                ('own_addresses', django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), blank=True, default=list, size=None, verbose_name='our own mail addresses')),
                ('own_domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), blank=True, default=list, size=None, verbose_name='our own mail domains')),
                ('nudge_ceiling', models.PositiveSmallIntegerField(default=2, verbose_name='nudges per customer in 30 days, at most')),
                ('survey_ceiling', models.PositiveSmallIntegerField(default=1, verbose_name='surveys per customer in 90 days, at most')),
                ('partnership_share', models.PositiveSmallIntegerField(default=50, help_text='Suggested by Focus for its list Partnerships; the rest is for Answers due.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='share of the day for partners, in per cent')),
                ('minutes_per_message', models.PositiveSmallIntegerField(default=5, help_text='The estimate for our messages without an entered time.', validators=[django.core.validators.MaxValueValidator(480)], verbose_name='minutes a message takes')),
                ('terms', models.TextField(blank=True, help_text='In plain words. Shown to staff who decide on a refund or an exception.', verbose_name='what the terms say about refunds and exceptions')),
            ],
            options={
                'verbose_name': 'firm',
                'verbose_name_plural': 'firm',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='staff_firm_is_one_row'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='staff_firm_currency_code'), models.CheckConstraint(condition=models.Q(('partnership_share__lte', 100)), name='staff_firm_share_of_a_day')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='firm',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_firmevent" ("business_hours", "currency", "holidays", "id", "language", "minutes_per_message", "name", "nudge_ceiling", "own_addresses", "own_domains", "partnership_share", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_ceiling", "terms", "timezone") VALUES (OLD."business_hours", OLD."currency", OLD."holidays", OLD."id", OLD."language", OLD."minutes_per_message", OLD."name", OLD."nudge_ceiling", OLD."own_addresses", OLD."own_domains", OLD."partnership_share", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."survey_ceiling", OLD."terms", OLD."timezone"); RETURN NULL;', hash='8836c8736bc13fe5f2e299ba0fd64c4bf4e5bd3a', operation='UPDATE', pgid='pgtrigger_update_update_12fd9', table='staff_firm', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='firm',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_firmevent" ("business_hours", "currency", "holidays", "id", "language", "minutes_per_message", "name", "nudge_ceiling", "own_addresses", "own_domains", "partnership_share", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_ceiling", "terms", "timezone") VALUES (OLD."business_hours", OLD."currency", OLD."holidays", OLD."id", OLD."language", OLD."minutes_per_message", OLD."name", OLD."nudge_ceiling", OLD."own_addresses", OLD."own_domains", OLD."partnership_share", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."survey_ceiling", OLD."terms", OLD."timezone"); RETURN NULL;', hash='a375dc6e712816a401a8e38cc04a2d8304d6bcdb', operation='DELETE', pgid='pgtrigger_delete_delete_d270e', table='staff_firm', when='AFTER')),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='firmevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='staff.firm'),
        ),
        migrations.AddField(
            model_name='goodwillbudget',
            name='staff_member',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='goodwill_budget', to=settings.AUTH_USER_MODEL, verbose_name='staff member'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='cover',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='cover'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='department',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.department', verbose_name='department'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('photo', ''), _negated=True), fields=['photo'], name='staff_by_photo'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='staff_user_ref'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('away_to__isnull', True), ('away_from__lte', models.F('away_to')), _connector='OR'), name='staff_user_away_in_order'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('cover__isnull', True), models.Q(('cover', models.F('id')), _negated=True), _connector='OR'), name='staff_user_covered_by_another'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."away_from" IS DISTINCT FROM (NEW."away_from") OR OLD."away_to" IS DISTINCT FROM (NEW."away_to") OR OLD."cover_id" IS DISTINCT FROM (NEW."cover_id") OR OLD."department_id" IS DISTINCT FROM (NEW."department_id") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."joined_at" IS DISTINCT FROM (NEW."joined_at") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."photo" IS DISTINCT FROM (NEW."photo") OR OLD."source" IS DISTINCT FROM (NEW."source"))', func='INSERT INTO "staff_userevent" ("away_from", "away_to", "cover_id", "department_id", "email", "external_id", "id", "is_active", "is_staff", "is_superuser", "joined_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "source") VALUES (OLD."away_from", OLD."away_to", OLD."cover_id", OLD."department_id", OLD."email", OLD."external_id", OLD."id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."joined_at", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."photo", OLD."source"); RETURN NULL;', hash='eff42c67c122de98cd0b9b5c0e090896dc6ca4bd', operation='UPDATE', pgid='pgtrigger_update_update_8c3eb', table='staff_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_userevent" ("away_from", "away_to", "cover_id", "department_id", "email", "external_id", "id", "is_active", "is_staff", "is_superuser", "joined_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "source") VALUES (OLD."away_from", OLD."away_to", OLD."cover_id", OLD."department_id", OLD."email", OLD."external_id", OLD."id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."joined_at", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."photo", OLD."source"); RETURN NULL;', hash='a2b2d19752d63d5392eb31c977d7e9be27cf815a', operation='DELETE', pgid='pgtrigger_delete_delete_4dad5', table='staff_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='firmevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d3570c07502a5d3a64eae5d7606cb88f30b8ca4d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8c42f', table='staff_firmevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='goodwillbudget',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='staff_goodwillbudget_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='goodwillbudget',
            constraint=models.UniqueConstraint(fields=('staff_member',), name='staff_goodwillbudget_one_for_each', nulls_distinct=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='userevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d9e3e5cda0d3e4611ee2539d3061fc48cb158c5f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_38e6a', table='staff_userevent', when='BEFORE')),
        ),
    ]
