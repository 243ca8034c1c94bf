import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# Words are parted at ASCII signs alone: a database that sorts by bytes takes no other letter for a letter.
TRIGRAMS = r"""
CREATE FUNCTION customers_trigrams(given text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT gram ORDER BY gram), '{}') FROM (
    SELECT substr(padded, place, 3) AS gram
    FROM (SELECT '  ' || regexp_replace(given, '[\s!-/:-@\[-`{-~]+', '  ', 'g') || ' ' AS padded) padding,
      generate_series(1, length(padded) - 2) place
  ) grams WHERE gram NOT LIKE '%  '
$$"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(TRIGRAMS, "DROP FUNCTION customers_trigrams(text)"),
        migrations.CreateModel(
            name='ContactPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('email', 'e-mail'), ('phone', 'phone'), ('handle', 'handle'), ('external_id', 'external id')], max_length=12, verbose_name='kind')),
                ('value', models.CharField(max_length=320, verbose_name='as given')),
                ('normalised', models.CharField(editable=False, max_length=320)),
                ('trigrams', models.GeneratedField(db_persist=True, expression=models.Func('normalised', function='customers_trigrams'), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None))),
                ('verified', models.BooleanField(default=False, verbose_name='verified')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='learned from')),
            ],
            options={
                'verbose_name': 'contact point',
                'verbose_name_plural': 'contact points',
                'ordering': ['kind', 'normalised'],
            },
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('source_snapshot', models.JSONField(blank=True, editable=False, null=True)),
                ('value', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='value')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'check-in',
                'verbose_name_plural': 'check-ins',
                'ordering': ['-at', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('source_snapshot', models.JSONField(blank=True, editable=False, null=True)),
                ('kind', models.CharField(choices=[('person', 'person'), ('organisation', 'organisation')], default='person', max_length=12, verbose_name='kind')),
                ('name', models.CharField(max_length=300, verbose_name='name')),
                ('sort_key', models.CharField(editable=False, max_length=200)),
                ('trigrams', models.GeneratedField(db_persist=True, expression=models.Func('sort_key', function='customers_trigrams'), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None))),
                ('preferred_name', models.CharField(blank=True, max_length=100, verbose_name='what to call them')),
                ('photo', models.FileField(blank=True, upload_to='faces/', verbose_name='photo')),
                ('about', models.TextField(blank=True, verbose_name='about')),
                ('role', models.CharField(blank=True, max_length=200, verbose_name='role there')),
                ('lifecycle', models.CharField(choices=[('prospect', 'prospect'), ('active', 'active'), ('paused', 'paused'), ('ended', 'ended')], default='active', max_length=8, verbose_name='lifecycle')),
                ('do_not_contact', models.BooleanField(default=False, verbose_name='do not contact')),
                ('restricted', models.BooleanField(default=False, help_text='Only the owner and managers see this customer.', verbose_name='restricted')),
                ('language', models.CharField(blank=True, max_length=16, verbose_name='language')),
                ('timezone', models.CharField(blank=True, max_length=64, verbose_name='time zone')),
                ('preferred_channel', models.CharField(blank=True, choices=[('email', 'e-mail'), ('call', 'phone'), ('sms', 'text message'), ('chat', 'chat'), ('meeting', 'in person'), ('post', 'post')], max_length=8, verbose_name='preferred channel')),
                ('pace', models.CharField(blank=True, choices=[('gentle', 'gentle'), ('steady', 'steady'), ('brisk', 'brisk')], max_length=8, verbose_name='pace')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='tags')),
                ('attributes', models.JSONField(blank=True, default=dict, verbose_name='attributes')),
                ('since', models.DateField(blank=True, null=True, verbose_name='customer since')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('introduced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='introduced', to='customers.customer', verbose_name='introduced by')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='customers.customer')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='customers.customer', verbose_name='organisation')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='customers', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'ordering': ['sort_key', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ContactPointEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('email', 'e-mail'), ('phone', 'phone'), ('handle', 'handle'), ('external_id', 'external id')], max_length=12, verbose_name='kind')),
                ('value', models.CharField(max_length=320, verbose_name='as given')),
                ('normalised', models.CharField(editable=False, max_length=320)),
                ('verified', models.BooleanField(default=False, verbose_name='verified')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='learned from')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.contactpoint')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='contactpoint',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contact_points', to='customers.customer'),
        ),
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('source_snapshot', models.JSONField(blank=True, editable=False, null=True)),
                ('party', models.CharField(choices=[('us', 'us'), ('them', 'them')], max_length=4, verbose_name='promised by')),
                ('what', models.CharField(max_length=500, verbose_name='what')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('status', models.CharField(choices=[('open', 'open'), ('kept', 'kept'), ('missed', 'missed'), ('released', 'released')], default='open', max_length=8, verbose_name='status')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='commitments', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commitments', to='customers.customer')),
            ],
            options={
                'verbose_name': 'commitment',
                'verbose_name_plural': 'commitments',
                'ordering': ['due_on', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CustomerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('kind', models.CharField(choices=[('person', 'person'), ('organisation', 'organisation')], default='person', max_length=12, verbose_name='kind')),
                ('name', models.CharField(max_length=300, verbose_name='name')),
                ('sort_key', models.CharField(editable=False, max_length=200)),
                ('preferred_name', models.CharField(blank=True, max_length=100, verbose_name='what to call them')),
                ('photo', models.FileField(blank=True, upload_to='faces/', verbose_name='photo')),
                ('about', models.TextField(blank=True, verbose_name='about')),
                ('role', models.CharField(blank=True, max_length=200, verbose_name='role there')),
                ('lifecycle', models.CharField(choices=[('prospect', 'prospect'), ('active', 'active'), ('paused', 'paused'), ('ended', 'ended')], default='active', max_length=8, verbose_name='lifecycle')),
                ('do_not_contact', models.BooleanField(default=False, verbose_name='do not contact')),
                ('restricted', models.BooleanField(default=False, help_text='Only the owner and managers see this customer.', verbose_name='restricted')),
                ('language', models.CharField(blank=True, max_length=16, verbose_name='language')),
                ('timezone', models.CharField(blank=True, max_length=64, verbose_name='time zone')),
                ('preferred_channel', models.CharField(blank=True, choices=[('email', 'e-mail'), ('call', 'phone'), ('sms', 'text message'), ('chat', 'chat'), ('meeting', 'in person'), ('post', 'post')], max_length=8, verbose_name='preferred channel')),
                ('pace', models.CharField(blank=True, choices=[('gentle', 'gentle'), ('steady', 'steady'), ('brisk', 'brisk')], max_length=8, verbose_name='pace')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='tags')),
                ('attributes', models.JSONField(blank=True, default=dict, verbose_name='attributes')),
                ('since', models.DateField(blank=True, null=True, verbose_name='customer since')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('introduced_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='introduced by')),
                ('merged_into', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='organisation')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.customer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('source_snapshot', models.JSONField(blank=True, editable=False, null=True)),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('why', models.TextField(blank=True, verbose_name='why it matters to them')),
                ('measure', models.CharField(blank=True, max_length=200, verbose_name='measure')),
                ('unit', models.CharField(blank=True, max_length=60, verbose_name='unit')),
                ('baseline', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='baseline')),
                ('target', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='target')),
                ('current', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='current')),
                ('set_at', models.DateTimeField(blank=True, null=True, verbose_name='set')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('status', models.CharField(choices=[('active', 'active'), ('achieved', 'achieved'), ('dropped', 'dropped')], default='active', max_length=8, verbose_name='status')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='customers.customer')),
            ],
            options={
                'verbose_name': 'goal',
                'verbose_name_plural': 'goals',
                'ordering': ['due_on', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CommitmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('party', models.CharField(choices=[('us', 'us'), ('them', 'them')], max_length=4, verbose_name='promised by')),
                ('what', models.CharField(max_length=500, verbose_name='what')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('status', models.CharField(choices=[('open', 'open'), ('kept', 'kept'), ('missed', 'missed'), ('released', 'released')], default='open', max_length=8, verbose_name='status')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.commitment')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('goal', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.goal', verbose_name='goal')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='commitment',
            name='goal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='commitments', to='customers.goal', verbose_name='goal'),
        ),
        migrations.CreateModel(
            name='CheckInEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('value', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='value')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.checkin')),
                ('goal', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.goal')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='checkin',
            name='goal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to='customers.goal'),
        ),
        migrations.CreateModel(
            name='GoalEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('why', models.TextField(blank=True, verbose_name='why it matters to them')),
                ('measure', models.CharField(blank=True, max_length=200, verbose_name='measure')),
                ('unit', models.CharField(blank=True, max_length=60, verbose_name='unit')),
                ('baseline', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='baseline')),
                ('target', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='target')),
                ('current', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='current')),
                ('set_at', models.DateTimeField(blank=True, null=True, verbose_name='set')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('status', models.CharField(choices=[('active', 'active'), ('achieved', 'achieved'), ('dropped', 'dropped')], default='active', max_length=8, verbose_name='status')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.goal')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moved', models.JSONField(default=dict)),
                ('merged_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('absorbed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absorptions', to='customers.customer')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='customers.customer')),
            ],
            options={
                'verbose_name': 'merge',
                'verbose_name_plural': 'merges',
                'ordering': ['-merged_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='MergeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('merged_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('absorbed', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='customers.merge')),
                ('survivor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['sort_key', 'id'], name='customers_by_name'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='customers_by_tag'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=django.contrib.postgres.indexes.GinIndex(fields=['trigrams'], name='customers_by_trigram'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('restricted', True)), fields=['id'], name='customers_restricted'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(models.Q(('lifecycle', 'active'), _negated=True), ('do_not_contact', True), _connector='OR'), fields=['id'], name='customers_let_be'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('photo', ''), _negated=True), fields=['photo'], name='customers_by_photo'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='customers_customer_ref'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'person'), ('organisation__isnull', True), _connector='OR'), name='customers_customer_only_persons_have_an_employer', violation_error_message='Only a person can have an organisation: clear it, or make this a person.'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('introduced_by__isnull', True), models.Q(('introduced_by', models.F('id')), _negated=True), _connector='OR'), name='customers_customer_introduced_by_another', violation_error_message='A customer cannot introduce themselves: choose another customer, or none.'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='customers_customer_merged_into_another'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='customers_customer_has_a_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_customerevent" ("about", "attributes", "created_at", "do_not_contact", "external_id", "id", "introduced_by_id", "kind", "language", "lifecycle", "merged_into_id", "name", "organisation_id", "owner_id", "pace", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "preferred_channel", "preferred_name", "restricted", "role", "since", "sort_key", "source", "tags", "timezone") VALUES (NEW."about", NEW."attributes", NEW."created_at", NEW."do_not_contact", NEW."external_id", NEW."id", NEW."introduced_by_id", NEW."kind", NEW."language", NEW."lifecycle", NEW."merged_into_id", NEW."name", NEW."organisation_id", NEW."owner_id", NEW."pace", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."photo", NEW."preferred_channel", NEW."preferred_name", NEW."restricted", NEW."role", NEW."since", NEW."sort_key", NEW."source", NEW."tags", NEW."timezone"); RETURN NULL;', hash='26162887c6cd241d29432550861b7bd189018ba2', operation='INSERT', pgid='pgtrigger_insert_insert_a36e0', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."about" IS DISTINCT FROM (NEW."about") OR OLD."attributes" IS DISTINCT FROM (NEW."attributes") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."do_not_contact" IS DISTINCT FROM (NEW."do_not_contact") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."introduced_by_id" IS DISTINCT FROM (NEW."introduced_by_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."lifecycle" IS DISTINCT FROM (NEW."lifecycle") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pace" IS DISTINCT FROM (NEW."pace") OR OLD."photo" IS DISTINCT FROM (NEW."photo") OR OLD."preferred_channel" IS DISTINCT FROM (NEW."preferred_channel") OR OLD."preferred_name" IS DISTINCT FROM (NEW."preferred_name") OR OLD."restricted" IS DISTINCT FROM (NEW."restricted") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."since" IS DISTINCT FROM (NEW."since") OR OLD."sort_key" IS DISTINCT FROM (NEW."sort_key") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."tags" IS DISTINCT FROM (NEW."tags") OR OLD."timezone" IS DISTINCT FROM (NEW."timezone"))', func='INSERT INTO "customers_customerevent" ("about", "attributes", "created_at", "do_not_contact", "external_id", "id", "introduced_by_id", "kind", "language", "lifecycle", "merged_into_id", "name", "organisation_id", "owner_id", "pace", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "preferred_channel", "preferred_name", "restricted", "role", "since", "sort_key", "source", "tags", "timezone") VALUES (OLD."about", OLD."attributes", OLD."created_at", OLD."do_not_contact", OLD."external_id", OLD."id", OLD."introduced_by_id", OLD."kind", OLD."language", OLD."lifecycle", OLD."merged_into_id", OLD."name", OLD."organisation_id", OLD."owner_id", OLD."pace", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."photo", OLD."preferred_channel", OLD."preferred_name", OLD."restricted", OLD."role", OLD."since", OLD."sort_key", OLD."source", OLD."tags", OLD."timezone"); RETURN NULL;', hash='e12b8a3124c0c9dca02a6c4101d6f912732c65be', operation='UPDATE', pgid='pgtrigger_update_update_ca86d', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_customerevent" ("about", "attributes", "created_at", "do_not_contact", "external_id", "id", "introduced_by_id", "kind", "language", "lifecycle", "merged_into_id", "name", "organisation_id", "owner_id", "pace", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "preferred_channel", "preferred_name", "restricted", "role", "since", "sort_key", "source", "tags", "timezone") VALUES (OLD."about", OLD."attributes", OLD."created_at", OLD."do_not_contact", OLD."external_id", OLD."id", OLD."introduced_by_id", OLD."kind", OLD."language", OLD."lifecycle", OLD."merged_into_id", OLD."name", OLD."organisation_id", OLD."owner_id", OLD."pace", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."photo", OLD."preferred_channel", OLD."preferred_name", OLD."restricted", OLD."role", OLD."since", OLD."sort_key", OLD."source", OLD."tags", OLD."timezone"); RETURN NULL;', hash='56cfc7ccc026755a27ab989440b9c1ded0006c7c', operation='DELETE', pgid='pgtrigger_delete_delete_939ca', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpointevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='06823c0502d40b1f824d15143c987b34c56619aa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c2730', table='customers_contactpointevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='contactpoint',
            index=django.contrib.postgres.indexes.GinIndex(fields=['trigrams'], name='contactpoints_by_trigram'),
        ),
        migrations.AddConstraint(
            model_name='contactpoint',
            constraint=models.UniqueConstraint(fields=('kind', 'normalised'), name='customers_contactpoint_one_owner', violation_error_message='Another customer has this contact point. A shared one belongs to an organisation.'),
        ),
        migrations.AddConstraint(
            model_name='contactpoint',
            constraint=models.CheckConstraint(condition=models.Q(('normalised', ''), _negated=True), name='customers_contactpoint_not_empty'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_contactpointevent" ("customer_id", "id", "kind", "normalised", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value", "verified") VALUES (NEW."customer_id", NEW."id", NEW."kind", NEW."normalised", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."value", NEW."verified"); RETURN NULL;', hash='10e6a52dc8eb39d2dcd9c8d5dd66e85a4dbd515a', operation='INSERT', pgid='pgtrigger_insert_insert_c947a', table='customers_contactpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."normalised" IS DISTINCT FROM (NEW."normalised") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."verified" IS DISTINCT FROM (NEW."verified"))', func='INSERT INTO "customers_contactpointevent" ("customer_id", "id", "kind", "normalised", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value", "verified") VALUES (OLD."customer_id", OLD."id", OLD."kind", OLD."normalised", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."source", OLD."value", OLD."verified"); RETURN NULL;', hash='b30daabd98a7ade66f1260b8c1826f0695e2b679', operation='UPDATE', pgid='pgtrigger_update_update_90fab', table='customers_contactpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_contactpointevent" ("customer_id", "id", "kind", "normalised", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value", "verified") VALUES (OLD."customer_id", OLD."id", OLD."kind", OLD."normalised", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."value", OLD."verified"); RETURN NULL;', hash='d346fbd7e6574ccc4a15e217e979d62686c4c1c4', operation='DELETE', pgid='pgtrigger_delete_delete_f627e', table='customers_contactpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customerevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='67bbcdaa8b0ad9058ebdd1abf75818e71639ffeb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_92226', table='customers_customerevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='goal',
            index=models.Index(fields=['status', '-closed_at', '-id'], name='customers_goals_ended'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='customers_goal_ref'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('status', 'active')), models.Q(('status', 'active'), _negated=True), _connector='OR'), name='customers_goal_active_is_not_closed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='goal',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_goalevent" ("baseline", "closed_at", "current", "customer_id", "due_on", "external_id", "id", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_at", "source", "status", "target", "title", "unit", "why") VALUES (NEW."baseline", NEW."closed_at", NEW."current", NEW."customer_id", NEW."due_on", NEW."external_id", NEW."id", NEW."measure", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."set_at", NEW."source", NEW."status", NEW."target", NEW."title", NEW."unit", NEW."why"); RETURN NULL;', hash='eecf2df93972e8f0755a9273392b308a97a38b0c', operation='INSERT', pgid='pgtrigger_insert_insert_9efe6', table='customers_goal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='goal',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."baseline" IS DISTINCT FROM (NEW."baseline") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."current" IS DISTINCT FROM (NEW."current") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."measure" IS DISTINCT FROM (NEW."measure") OR OLD."set_at" IS DISTINCT FROM (NEW."set_at") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."why" IS DISTINCT FROM (NEW."why"))', func='INSERT INTO "customers_goalevent" ("baseline", "closed_at", "current", "customer_id", "due_on", "external_id", "id", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_at", "source", "status", "target", "title", "unit", "why") VALUES (OLD."baseline", OLD."closed_at", OLD."current", OLD."customer_id", OLD."due_on", OLD."external_id", OLD."id", OLD."measure", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."set_at", OLD."source", OLD."status", OLD."target", OLD."title", OLD."unit", OLD."why"); RETURN NULL;', hash='3b247b8cba27e970bc117205a19a3ca79727538c', operation='UPDATE', pgid='pgtrigger_update_update_75c87', table='customers_goal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='goal',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_goalevent" ("baseline", "closed_at", "current", "customer_id", "due_on", "external_id", "id", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_at", "source", "status", "target", "title", "unit", "why") VALUES (OLD."baseline", OLD."closed_at", OLD."current", OLD."customer_id", OLD."due_on", OLD."external_id", OLD."id", OLD."measure", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."set_at", OLD."source", OLD."status", OLD."target", OLD."title", OLD."unit", OLD."why"); RETURN NULL;', hash='70ef80d39f1484b6f983cf88efdb438163e8594b', operation='DELETE', pgid='pgtrigger_delete_delete_ed453', table='customers_goal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ea9749ebfeb66b47d2d4c943df030e90efd95ee4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3d371', table='customers_commitmentevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['due_on'], name='customers_commitments_due'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(fields=['party', 'status', '-closed_at', '-id'], name='customers_commitments_ended'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='customers_commitment_ref'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='customers_commitment_closed_when_not_open'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('party', 'us'), ('owner__isnull', True), _connector='OR'), name='customers_commitment_owner_when_ours', violation_error_message='Only a promise of ours has an owner among the staff.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_commitmentevent" ("closed_at", "customer_id", "due_on", "external_id", "goal_id", "id", "made_at", "owner_id", "party", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "status", "what") VALUES (NEW."closed_at", NEW."customer_id", NEW."due_on", NEW."external_id", NEW."goal_id", NEW."id", NEW."made_at", NEW."owner_id", NEW."party", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."status", NEW."what"); RETURN NULL;', hash='13cb8eb95bc58e510474e64e62f6dc81aede3f8e', operation='INSERT', pgid='pgtrigger_insert_insert_ef8ed', table='customers_commitment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."goal_id" IS DISTINCT FROM (NEW."goal_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."party" IS DISTINCT FROM (NEW."party") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."what" IS DISTINCT FROM (NEW."what"))', func='INSERT INTO "customers_commitmentevent" ("closed_at", "customer_id", "due_on", "external_id", "goal_id", "id", "made_at", "owner_id", "party", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "status", "what") VALUES (OLD."closed_at", OLD."customer_id", OLD."due_on", OLD."external_id", OLD."goal_id", OLD."id", OLD."made_at", OLD."owner_id", OLD."party", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."source", OLD."status", OLD."what"); RETURN NULL;', hash='e03016617c38138e6ca437ac6cfaf6c6747eb569', operation='UPDATE', pgid='pgtrigger_update_update_ef2d6', table='customers_commitment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_commitmentevent" ("closed_at", "customer_id", "due_on", "external_id", "goal_id", "id", "made_at", "owner_id", "party", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "status", "what") VALUES (OLD."closed_at", OLD."customer_id", OLD."due_on", OLD."external_id", OLD."goal_id", OLD."id", OLD."made_at", OLD."owner_id", OLD."party", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."status", OLD."what"); RETURN NULL;', hash='790b85246ea6cc8b5df71c70db7efb4bbd3dd581', operation='DELETE', pgid='pgtrigger_delete_delete_fb161', table='customers_commitment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkinevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d61e8bce1ea0c4f26fe2ff066947a71af0627f29', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_df2f4', table='customers_checkinevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='customers_checkin_ref'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkin',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."goal_id" IS DISTINCT FROM (NEW."goal_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."value" IS DISTINCT FROM (NEW."value"))', func='INSERT INTO "customers_checkinevent" ("at", "by_id", "external_id", "goal_id", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value") VALUES (OLD."at", OLD."by_id", OLD."external_id", OLD."goal_id", OLD."id", OLD."note", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."source", OLD."value"); RETURN NULL;', hash='6182768cb45e3a559df0a2025a0759195461c365', operation='UPDATE', pgid='pgtrigger_update_update_260b6', table='customers_checkin', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkin',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_checkinevent" ("at", "by_id", "external_id", "goal_id", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value") VALUES (OLD."at", OLD."by_id", OLD."external_id", OLD."goal_id", OLD."id", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."value"); RETURN NULL;', hash='9dac6d31ee58edcf02a309d8e6a2bf944368777e', operation='DELETE', pgid='pgtrigger_delete_delete_85b80', table='customers_checkin', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='goalevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fa9a111597cb2d66b4ffac826fbec15296221a8d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8ef2e', table='customers_goalevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(('survivor', models.F('absorbed')), _negated=True), name='customers_merge_of_two'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('absorbed',), name='customers_merge_absorbed_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_mergeevent" ("absorbed_id", "by_id", "id", "merged_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survivor_id", "undone_at") VALUES (NEW."absorbed_id", NEW."by_id", NEW."id", NEW."merged_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."survivor_id", NEW."undone_at"); RETURN NULL;', hash='fffc8bb2162f2a6d66452ede0a903fff42f05d60', operation='INSERT', pgid='pgtrigger_insert_insert_6998b', table='customers_merge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."absorbed_id" IS DISTINCT FROM (NEW."absorbed_id") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."merged_at" IS DISTINCT FROM (NEW."merged_at") OR OLD."survivor_id" IS DISTINCT FROM (NEW."survivor_id") OR OLD."undone_at" IS DISTINCT FROM (NEW."undone_at"))', func='INSERT INTO "customers_mergeevent" ("absorbed_id", "by_id", "id", "merged_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survivor_id", "undone_at") VALUES (OLD."absorbed_id", OLD."by_id", OLD."id", OLD."merged_at", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."survivor_id", OLD."undone_at"); RETURN NULL;', hash='53eea42e16ed7c4aa1d63231bdeb6d14dd46953c', operation='UPDATE', pgid='pgtrigger_update_update_c9d35', table='customers_merge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_mergeevent" ("absorbed_id", "by_id", "id", "merged_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survivor_id", "undone_at") VALUES (OLD."absorbed_id", OLD."by_id", OLD."id", OLD."merged_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."survivor_id", OLD."undone_at"); RETURN NULL;', hash='cc3bc6a9e0d7dd745e62d2abae485fdd1b527b3d', operation='DELETE', pgid='pgtrigger_delete_delete_d4d64', table='customers_merge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mergeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a7b6dced3772ca78986d42c8f40005b0a0d04c43', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d84f7', table='customers_mergeevent', when='BEFORE')),
        ),
    ]
