import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# The beginning of a text is searched, as much of it as surely fits into a tsvector. PL/pgSQL keeps its plans: the same
# function in SQL takes twice as long to start as to read the text.
WORDS = """
CREATE FUNCTION interactions_words(language text, subject text, body text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  given text := left(subject || ' ' || body, 50000);
BEGIN
  RETURN to_tsvector('pg_catalog.simple', given) || CASE split_part(language, '-', 1)
    WHEN 'ar' THEN to_tsvector('pg_catalog.arabic', given)
    WHEN 'ca' THEN to_tsvector('pg_catalog.catalan', given)
    WHEN 'da' THEN to_tsvector('pg_catalog.danish', given)
    WHEN 'de' THEN to_tsvector('pg_catalog.german', given)
    WHEN 'el' THEN to_tsvector('pg_catalog.greek', given)
    WHEN 'en' THEN to_tsvector('pg_catalog.english', given)
    WHEN 'es' THEN to_tsvector('pg_catalog.spanish', given)
    WHEN 'et' THEN to_tsvector('pg_catalog.estonian', given)
    WHEN 'eu' THEN to_tsvector('pg_catalog.basque', given)
    WHEN 'fi' THEN to_tsvector('pg_catalog.finnish', given)
    WHEN 'fr' THEN to_tsvector('pg_catalog.french', given)
    WHEN 'ga' THEN to_tsvector('pg_catalog.irish', given)
    WHEN 'hi' THEN to_tsvector('pg_catalog.hindi', given)
    WHEN 'hu' THEN to_tsvector('pg_catalog.hungarian', given)
    WHEN 'hy' THEN to_tsvector('pg_catalog.armenian', given)
    WHEN 'id' THEN to_tsvector('pg_catalog.indonesian', given)
    WHEN 'it' THEN to_tsvector('pg_catalog.italian', given)
    WHEN 'lt' THEN to_tsvector('pg_catalog.lithuanian', given)
    WHEN 'ne' THEN to_tsvector('pg_catalog.nepali', given)
    WHEN 'nl' THEN to_tsvector('pg_catalog.dutch', given)
    WHEN 'no' THEN to_tsvector('pg_catalog.norwegian', given)
    WHEN 'pt' THEN to_tsvector('pg_catalog.portuguese', given)
    WHEN 'ro' THEN to_tsvector('pg_catalog.romanian', given)
    WHEN 'ru' THEN to_tsvector('pg_catalog.russian', given)
    WHEN 'sr' THEN to_tsvector('pg_catalog.serbian', given)
    WHEN 'sv' THEN to_tsvector('pg_catalog.swedish', given)
    WHEN 'ta' THEN to_tsvector('pg_catalog.tamil', given)
    WHEN 'tr' THEN to_tsvector('pg_catalog.turkish', given)
    WHEN 'yi' THEN to_tsvector('pg_catalog.yiddish', given)
    ELSE ''::tsvector
  END;
END
$$"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('staff', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION interactions_words(text, text, text)"),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('source_snapshot', models.JSONField(blank=True, editable=False, null=True)),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('content_type', models.CharField(max_length=127, verbose_name='content type')),
                ('content_id', models.CharField(blank=True, editable=False, max_length=255)),
                ('size', models.PositiveBigIntegerField(editable=False, verbose_name='bytes')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('file', models.FileField(upload_to='attachments/%Y/%m/', verbose_name='file')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('source_snapshot', models.JSONField(blank=True, editable=False, null=True)),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('call', 'call'), ('meeting', 'meeting'), ('chat', 'chat'), ('sms', 'text message'), ('social', 'social network'), ('visit', 'visit'), ('web', 'web'), ('app', 'app'), ('billing', 'billing'), ('post', 'post'), ('internal', 'internal')], max_length=8, verbose_name='channel')),
                ('subject', models.CharField(blank=True, max_length=500, verbose_name='subject')),
                ('status', models.CharField(choices=[('open', 'open'), ('snoozed', 'snoozed'), ('closed', 'closed')], default='open', max_length=8, verbose_name='status')),
                ('snoozed_until', models.DateTimeField(blank=True, null=True, verbose_name='snoozed until')),
                ('snooze_reason', models.CharField(blank=True, max_length=300, verbose_name='why it is snoozed')),
                ('split_from', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, editable=False, size=None)),
                ('last_interaction_at', models.DateTimeField(editable=False, null=True)),
                ('waiting_since', models.DateTimeField(editable=False, null=True)),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conversations', to=settings.AUTH_USER_MODEL, verbose_name='assignee')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='customers.customer')),
                ('department', models.ForeignKey(blank=True, help_text='Responsible until a member of it is assigned.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conversations', to='staff.department', verbose_name='department')),
                ('joined_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='joined', to='interactions.conversation')),
            ],
            options={
                'verbose_name': 'conversation',
                'verbose_name_plural': 'conversations',
                'ordering': ['-last_interaction_at', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ConversationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('call', 'call'), ('meeting', 'meeting'), ('chat', 'chat'), ('sms', 'text message'), ('social', 'social network'), ('visit', 'visit'), ('web', 'web'), ('app', 'app'), ('billing', 'billing'), ('post', 'post'), ('internal', 'internal')], max_length=8, verbose_name='channel')),
                ('subject', models.CharField(blank=True, max_length=500, verbose_name='subject')),
                ('status', models.CharField(choices=[('open', 'open'), ('snoozed', 'snoozed'), ('closed', 'closed')], default='open', max_length=8, verbose_name='status')),
                ('snoozed_until', models.DateTimeField(blank=True, null=True, verbose_name='snoozed until')),
                ('snooze_reason', models.CharField(blank=True, max_length=300, verbose_name='why it is snoozed')),
                ('assignee', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assignee')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('department', models.ForeignKey(blank=True, db_constraint=False, help_text='Responsible until a member of it is assigned.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.department', verbose_name='department')),
                ('joined_into', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='interactions.conversation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='interactions.conversation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Deletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('interaction_id', models.BigIntegerField()),
                ('source', models.CharField(max_length=64)),
                ('external_id', models.CharField(max_length=700)),
                ('occurred_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('message', 'message'), ('call', 'call'), ('meeting', 'meeting'), ('note', 'note'), ('handover', 'handover'), ('question', 'question'), ('request', 'request'), ('complaint', 'complaint'), ('refund_request', 'refund request'), ('work_done', 'work done'), ('attendance', 'attendance'), ('check_in', 'check-in'), ('goal_set', 'goal set'), ('goal_achieved', 'goal achieved'), ('goal_dropped', 'goal dropped'), ('commitment_made', 'promise made'), ('commitment_kept', 'promise kept'), ('commitment_missed', 'promise missed'), ('commitment_released', 'promise released'), ('purchase', 'purchase'), ('renewal', 'renewal'), ('payment', 'payment'), ('late_payment', 'late payment'), ('refund', 'refund'), ('cancellation', 'cancellation'), ('gesture', 'gesture'), ('free_work', 'free work'), ('introduction', 'introduction'), ('referral', 'referral'), ('testimonial', 'testimonial'), ('feedback', 'feedback'), ('praise', 'praise'), ('survey_response', 'survey response'), ('decline', 'decline'), ('nudge', 'nudge'), ('mistake', 'mistake of ours'), ('recovery', 'recovery'), ('forgiveness', 'forgiveness')], max_length=20)),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('deleted_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('kept', models.JSONField(default=dict, editable=False, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deletions', to='customers.customer')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'deletion',
                'verbose_name_plural': 'deletions',
                'ordering': ['-occurred_at', '-interaction_id'],
            },
        ),
        migrations.CreateModel(
            name='Interaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('source_snapshot', models.JSONField(blank=True, editable=False, null=True)),
                ('occurred_at', models.DateTimeField(verbose_name='happened at')),
                ('occurred_on', models.DateField(editable=False, help_text="In the firm's time zone.", verbose_name='day')),
                ('recorded_at', models.DateTimeField(editable=False, verbose_name='recorded at')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('call', 'call'), ('meeting', 'meeting'), ('chat', 'chat'), ('sms', 'text message'), ('social', 'social network'), ('visit', 'visit'), ('web', 'web'), ('app', 'app'), ('billing', 'billing'), ('post', 'post'), ('internal', 'internal')], max_length=8, verbose_name='channel')),
                ('direction', models.CharField(choices=[('inbound', 'from them'), ('outbound', 'from us'), ('internal', 'internal')], max_length=8, verbose_name='direction')),
                ('kind', models.CharField(choices=[('message', 'message'), ('call', 'call'), ('meeting', 'meeting'), ('note', 'note'), ('handover', 'handover'), ('question', 'question'), ('request', 'request'), ('complaint', 'complaint'), ('refund_request', 'refund request'), ('work_done', 'work done'), ('attendance', 'attendance'), ('check_in', 'check-in'), ('goal_set', 'goal set'), ('goal_achieved', 'goal achieved'), ('goal_dropped', 'goal dropped'), ('commitment_made', 'promise made'), ('commitment_kept', 'promise kept'), ('commitment_missed', 'promise missed'), ('commitment_released', 'promise released'), ('purchase', 'purchase'), ('renewal', 'renewal'), ('payment', 'payment'), ('late_payment', 'late payment'), ('refund', 'refund'), ('cancellation', 'cancellation'), ('gesture', 'gesture'), ('free_work', 'free work'), ('introduction', 'introduction'), ('referral', 'referral'), ('testimonial', 'testimonial'), ('feedback', 'feedback'), ('praise', 'praise'), ('survey_response', 'survey response'), ('decline', 'decline'), ('nudge', 'nudge'), ('mistake', 'mistake of ours'), ('recovery', 'recovery'), ('forgiveness', 'forgiveness')], max_length=20, verbose_name='kind')),
                ('subject', models.CharField(blank=True, max_length=998, verbose_name='subject')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('html', models.TextField(blank=True, editable=False)),
                ('quoted', models.TextField(blank=True, editable=False, help_text='The quoted reply that was cut off the text.')),
                ('language', models.CharField(blank=True, editable=False, max_length=16)),
                ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='amount')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('payload', models.JSONField(blank=True, default=dict)),
                ('shared', models.BooleanField(default=False, verbose_name='shown to the customer')),
                ('pinned', models.BooleanField(default=False, verbose_name='pinned')),
                ('late', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.RawSQL("payload ? 'days_late'", ()), output_field=models.BooleanField())),
                ('addressed_to', models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.customer')),
                ('author', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='interactions', to=settings.AUTH_USER_MODEL)),
                ('commitment', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='interactions', to='customers.commitment')),
                ('conversation', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='interactions', to='interactions.conversation')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='interactions', to='customers.customer')),
                ('goal', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='interactions', to='customers.goal')),
                ('person', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='spoken', to='customers.customer')),
            ],
            options={
                'verbose_name': 'interaction',
                'verbose_name_plural': 'interactions',
                'ordering': ['-occurred_at', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AttachmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('content_type', models.CharField(max_length=127, verbose_name='content type')),
                ('content_id', models.CharField(blank=True, editable=False, max_length=255)),
                ('size', models.PositiveBigIntegerField(editable=False, verbose_name='bytes')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('file', models.FileField(upload_to='attachments/%Y/%m/', verbose_name='file')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='interactions.attachment')),
                ('interaction', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='interactions.interaction')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='attachment',
            name='interaction',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='interactions.interaction'),
        ),
        migrations.CreateModel(
            name='InteractionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(default='partnership', editable=False, max_length=64, verbose_name='source')),
                ('external_id', models.CharField(editable=False, max_length=700, verbose_name='id in the source')),
                ('occurred_at', models.DateTimeField(verbose_name='happened at')),
                ('occurred_on', models.DateField(editable=False, help_text="In the firm's time zone.", verbose_name='day')),
                ('recorded_at', models.DateTimeField(editable=False, verbose_name='recorded at')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('call', 'call'), ('meeting', 'meeting'), ('chat', 'chat'), ('sms', 'text message'), ('social', 'social network'), ('visit', 'visit'), ('web', 'web'), ('app', 'app'), ('billing', 'billing'), ('post', 'post'), ('internal', 'internal')], max_length=8, verbose_name='channel')),
                ('direction', models.CharField(choices=[('inbound', 'from them'), ('outbound', 'from us'), ('internal', 'internal')], max_length=8, verbose_name='direction')),
                ('kind', models.CharField(choices=[('message', 'message'), ('call', 'call'), ('meeting', 'meeting'), ('note', 'note'), ('handover', 'handover'), ('question', 'question'), ('request', 'request'), ('complaint', 'complaint'), ('refund_request', 'refund request'), ('work_done', 'work done'), ('attendance', 'attendance'), ('check_in', 'check-in'), ('goal_set', 'goal set'), ('goal_achieved', 'goal achieved'), ('goal_dropped', 'goal dropped'), ('commitment_made', 'promise made'), ('commitment_kept', 'promise kept'), ('commitment_missed', 'promise missed'), ('commitment_released', 'promise released'), ('purchase', 'purchase'), ('renewal', 'renewal'), ('payment', 'payment'), ('late_payment', 'late payment'), ('refund', 'refund'), ('cancellation', 'cancellation'), ('gesture', 'gesture'), ('free_work', 'free work'), ('introduction', 'introduction'), ('referral', 'referral'), ('testimonial', 'testimonial'), ('feedback', 'feedback'), ('praise', 'praise'), ('survey_response', 'survey response'), ('decline', 'decline'), ('nudge', 'nudge'), ('mistake', 'mistake of ours'), ('recovery', 'recovery'), ('forgiveness', 'forgiveness')], max_length=20, verbose_name='kind')),
                ('subject', models.CharField(blank=True, max_length=998, verbose_name='subject')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('html', models.TextField(blank=True, editable=False)),
                ('quoted', models.TextField(blank=True, editable=False, help_text='The quoted reply that was cut off the text.')),
                ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='amount')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('payload', models.JSONField(blank=True, default=dict)),
                ('shared', models.BooleanField(default=False, verbose_name='shown to the customer')),
                ('pinned', models.BooleanField(default=False, verbose_name='pinned')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('commitment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.commitment')),
                ('conversation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='interactions.conversation')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('goal', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.goal')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='interactions.interaction')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Outgoing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), size=None, verbose_name='to')),
                ('message_id', models.CharField(max_length=255, unique=True)),
                ('in_reply_to', models.CharField(blank=True, max_length=998)),
                ('references', models.TextField(blank=True)),
                ('status', models.CharField(choices=[('queued', 'queued'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'failed')], default='queued', max_length=8, verbose_name='status')),
                ('error', models.TextField(blank=True, verbose_name='what went wrong')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('queued_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('interaction', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='outgoing', to='interactions.interaction')),
            ],
            options={
                'verbose_name': 'outgoing message',
                'verbose_name_plural': 'outbox',
                'ordering': ['-queued_at', '-id'],
            },
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['customer', '-last_interaction_at'], name='conversations_of_customer'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('waiting_since__isnull', False), models.Q(('status', 'closed'), _negated=True)), fields=['waiting_since', 'id'], name='conversations_waiting'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('status', 'snoozed')), fields=['snoozed_until'], name='conversations_snoozed'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='interactions_conversation_ref'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('snoozed_until__isnull', False), ('status', 'snoozed')), models.Q(models.Q(('status', 'snoozed'), _negated=True), ('snoozed_until__isnull', True)), _connector='OR'), name='interactions_conversation_snoozed_until'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(('joined_into__isnull', True), models.Q(('joined_into', models.F('id')), _negated=True), _connector='OR'), name='interactions_conversation_joined_into_another'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conversation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."assignee_id" IS DISTINCT FROM (NEW."assignee_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."department_id" IS DISTINCT FROM (NEW."department_id") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."joined_into_id" IS DISTINCT FROM (NEW."joined_into_id") OR OLD."snooze_reason" IS DISTINCT FROM (NEW."snooze_reason") OR OLD."snoozed_until" IS DISTINCT FROM (NEW."snoozed_until") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."subject" IS DISTINCT FROM (NEW."subject"))', func='INSERT INTO "interactions_conversationevent" ("assignee_id", "channel", "customer_id", "department_id", "external_id", "id", "joined_into_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "snooze_reason", "snoozed_until", "source", "status", "subject") VALUES (OLD."assignee_id", OLD."channel", OLD."customer_id", OLD."department_id", OLD."external_id", OLD."id", OLD."joined_into_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."snooze_reason", OLD."snoozed_until", OLD."source", OLD."status", OLD."subject"); RETURN NULL;', hash='56c47601e737a9784f4f167be9aec612589d21c7', operation='UPDATE', pgid='pgtrigger_update_update_f2702', table='interactions_conversation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conversation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "interactions_conversationevent" ("assignee_id", "channel", "customer_id", "department_id", "external_id", "id", "joined_into_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "snooze_reason", "snoozed_until", "source", "status", "subject") VALUES (OLD."assignee_id", OLD."channel", OLD."customer_id", OLD."department_id", OLD."external_id", OLD."id", OLD."joined_into_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."snooze_reason", OLD."snoozed_until", OLD."source", OLD."status", OLD."subject"); RETURN NULL;', hash='60e10fbe326012b88c7ae2b96624dd8e28ebfffb', operation='DELETE', pgid='pgtrigger_delete_delete_15059', table='interactions_conversation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conversationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bdf7a749bba41344a5000a21c1adba052af7bc72', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2c85e', table='interactions_conversationevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='deletion',
            index=models.Index(condition=models.Q(('undone_at__isnull', True)), fields=['customer', '-occurred_at'], name='deletions_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='deletion',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('source', 'external_id'), name='interactions_deletion_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='deletion',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='interactions_deletion_has_a_reason'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['customer', '-occurred_at', '-id'], name='interactions_timeline'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['customer', 'occurred_on'], include=('kind', 'direction', 'channel', 'minutes', 'late'), name='interactions_scoring'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('conversation__isnull', False)), fields=['conversation', 'occurred_at'], name='interactions_by_conversation'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('person__isnull', False)), fields=['person', 'occurred_at'], name='interactions_by_person'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('goal__isnull', False)), fields=['goal', 'occurred_at'], name='interactions_by_goal'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('commitment__isnull', False)), fields=['commitment', 'occurred_at'], name='interactions_by_commitment'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('addressed_to__isnull', False)), fields=['addressed_to'], name='interactions_by_addressed_to'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('kind__in', ['free_work', 'gesture', 'refund', 'referral', 'introduction', 'testimonial', 'praise', 'feedback', 'purchase', 'renewal'])), fields=['customer', 'kind', 'currency'], include=('minutes', 'amount'), name='interactions_value'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('kind__in', ('mistake', 'recovery', 'forgiveness'))), fields=['customer', 'occurred_at'], name='interactions_repair'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('kind', 'survey_response')), fields=['customer', 'occurred_at'], name='interactions_surveys'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('direction', 'outbound'), ('kind__in', ('message', 'decline', 'nudge')), ('minutes__isnull', True), models.Q(('payload__has_key', 'auto_reply'), _negated=True)), fields=['customer', 'occurred_on'], name='interactions_written'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('pinned', True)), fields=['customer'], name='interactions_pinned'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['-occurred_at', '-id'], name='interactions_newest'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=django.contrib.postgres.indexes.GinIndex(models.Func('customer', output_field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None), template='ARRAY[%(expressions)s]::bigint[]'), models.Func('language', 'subject', 'body', function='interactions_words', output_field=django.contrib.postgres.search.SearchVectorField()), name='interactions_by_words'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['recorded_at'], name='interactions_recorded'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='interactions_interaction_ref'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.CheckConstraint(condition=models.Q(('amount__isnull', True), ('currency__regex', '^[A-Z]{3}$'), _connector='OR'), name='interactions_interaction_money_has_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['message', 'call', 'meeting', 'note', 'handover', 'question', 'request', 'complaint', 'refund_request', 'work_done', 'attendance', 'check_in', 'goal_set', 'goal_achieved', 'goal_dropped', 'commitment_made', 'commitment_kept', 'commitment_missed', 'commitment_released', 'purchase', 'renewal', 'payment', 'late_payment', 'refund', 'cancellation', 'gesture', 'free_work', 'introduction', 'referral', 'testimonial', 'feedback', 'praise', 'survey_response', 'decline', 'nudge', 'mistake', 'recovery', 'forgiveness']), ('channel__in', ['email', 'call', 'meeting', 'chat', 'sms', 'social', 'visit', 'web', 'app', 'billing', 'post', 'internal']), ('direction__in', ['inbound', 'outbound', 'internal'])), name='interactions_interaction_known_words'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.CheckConstraint(condition=models.Q(('person__isnull', True), models.Q(('person', models.F('customer')), _negated=True), _connector='OR'), name='interactions_interaction_person_of_organisation'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."commitment_id" IS DISTINCT FROM (NEW."commitment_id") OR OLD."conversation_id" IS DISTINCT FROM (NEW."conversation_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."direction" IS DISTINCT FROM (NEW."direction") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."goal_id" IS DISTINCT FROM (NEW."goal_id") OR OLD."html" IS DISTINCT FROM (NEW."html") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."occurred_at" IS DISTINCT FROM (NEW."occurred_at") OR OLD."occurred_on" IS DISTINCT FROM (NEW."occurred_on") OR OLD."payload" IS DISTINCT FROM (NEW."payload") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."pinned" IS DISTINCT FROM (NEW."pinned") OR OLD."quoted" IS DISTINCT FROM (NEW."quoted") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."shared" IS DISTINCT FROM (NEW."shared") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."subject" IS DISTINCT FROM (NEW."subject"))', func='INSERT INTO "interactions_interactionevent" ("amount", "author_id", "body", "channel", "commitment_id", "conversation_id", "currency", "customer_id", "direction", "external_id", "goal_id", "html", "id", "kind", "minutes", "occurred_at", "occurred_on", "payload", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinned", "quoted", "recorded_at", "shared", "source", "subject") VALUES (OLD."amount", OLD."author_id", OLD."body", OLD."channel", OLD."commitment_id", OLD."conversation_id", OLD."currency", OLD."customer_id", OLD."direction", OLD."external_id", OLD."goal_id", OLD."html", OLD."id", OLD."kind", OLD."minutes", OLD."occurred_at", OLD."occurred_on", OLD."payload", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."pinned", OLD."quoted", OLD."recorded_at", OLD."shared", OLD."source", OLD."subject"); RETURN NULL;', hash='df106ba65429e913f46c34b5bd8b8bfc2ac34db5', operation='UPDATE', pgid='pgtrigger_update_update_99134', table='interactions_interaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "interactions_interactionevent" ("amount", "author_id", "body", "channel", "commitment_id", "conversation_id", "currency", "customer_id", "direction", "external_id", "goal_id", "html", "id", "kind", "minutes", "occurred_at", "occurred_on", "payload", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinned", "quoted", "recorded_at", "shared", "source", "subject") VALUES (OLD."amount", OLD."author_id", OLD."body", OLD."channel", OLD."commitment_id", OLD."conversation_id", OLD."currency", OLD."customer_id", OLD."direction", OLD."external_id", OLD."goal_id", OLD."html", OLD."id", OLD."kind", OLD."minutes", OLD."occurred_at", OLD."occurred_on", OLD."payload", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pinned", OLD."quoted", OLD."recorded_at", OLD."shared", OLD."source", OLD."subject"); RETURN NULL;', hash='aed518a2d64275373293846bfaa6ab449de0861d', operation='DELETE', pgid='pgtrigger_delete_delete_b79e2', table='interactions_interaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachmentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0c70ce26bf1f7df067c42c85d0ca2d3797c6993f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_17a38', table='interactions_attachmentevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='interactions_attachment_ref'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='interactions_attachment_sha256'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."content_id" IS DISTINCT FROM (NEW."content_id") OR OLD."content_type" IS DISTINCT FROM (NEW."content_type") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."file" IS DISTINCT FROM (NEW."file") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."interaction_id" IS DISTINCT FROM (NEW."interaction_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."source" IS DISTINCT FROM (NEW."source"))', func='INSERT INTO "interactions_attachmentevent" ("content_id", "content_type", "external_id", "file", "id", "interaction_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "source") VALUES (OLD."content_id", OLD."content_type", OLD."external_id", OLD."file", OLD."id", OLD."interaction_id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."sha256", OLD."size", OLD."source"); RETURN NULL;', hash='19c2ed64bf90ed9e9599dae07c8519101941e57e', operation='UPDATE', pgid='pgtrigger_update_update_b2c18', table='interactions_attachment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "interactions_attachmentevent" ("content_id", "content_type", "external_id", "file", "id", "interaction_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "source") VALUES (OLD."content_id", OLD."content_type", OLD."external_id", OLD."file", OLD."id", OLD."interaction_id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sha256", OLD."size", OLD."source"); RETURN NULL;', hash='864287e88ef0b1ad55128ff2ec19cca1190b57cc', operation='DELETE', pgid='pgtrigger_delete_delete_eecda', table='interactions_attachment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interactionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fe24ea73f2644479c780505bacd42d542b775190', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f8482', table='interactions_interactionevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='outgoing',
            index=models.Index(condition=models.Q(('status__in', ['queued', 'sending'])), fields=['queued_at', 'id'], name='outgoing_under_way'),
        ),
        migrations.AddConstraint(
            model_name='outgoing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('status', 'sent')), models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='interactions_outgoing_sent_at'),
        ),
        migrations.AddConstraint(
            model_name='outgoing',
            constraint=models.CheckConstraint(condition=models.Q(('to__len__gte', 1)), name='interactions_outgoing_has_recipients'),
        ),
    ]
