
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import interactions.models.words
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_trigrams'),
        ('interactions', '0002_words_function'),
        ('staff', '0002_role_groups'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Deletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('interaction_id', models.BigIntegerField()),
                ('source', models.CharField(max_length=64)),
                ('external_id', models.CharField(max_length=700)),
                ('occurred_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('message', 'message'), ('call', 'call'), ('meeting', 'meeting'), ('note', 'note'), ('handover', 'handover'), ('question', 'question'), ('request', 'request'), ('complaint', 'complaint'), ('refund_request', 'refund request'), ('work_done', 'work done'), ('attendance', 'attendance'), ('check_in', 'check-in'), ('goal_set', 'goal set'), ('goal_achieved', 'goal achieved'), ('goal_dropped', 'goal dropped'), ('commitment_made', 'promise made'), ('commitment_kept', 'promise kept'), ('commitment_missed', 'promise missed'), ('commitment_released', 'promise released'), ('purchase', 'purchase'), ('renewal', 'renewal'), ('payment', 'payment'), ('late_payment', 'late payment'), ('refund', 'refund'), ('cancellation', 'cancellation'), ('gesture', 'gesture'), ('free_work', 'free work'), ('introduction', 'introduction'), ('referral', 'referral'), ('testimonial', 'testimonial'), ('feedback', 'feedback'), ('praise', 'praise'), ('survey_response', 'survey response'), ('decline', 'honest no'), ('nudge', 'nudge'), ('mistake', 'mistake of ours'), ('recovery', 'recovery'), ('forgiveness', 'forgiveness')], max_length=20)),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('deleted_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'deletion',
                'verbose_name_plural': 'deletions',
                'ordering': ['-occurred_at', '-interaction_id'],
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
            ],
            options={
                'verbose_name': 'outgoing message',
                'verbose_name_plural': 'outbox',
                'ordering': ['-queued_at', '-id'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='conversation',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='conversation',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='conversation',
            name='department',
            field=models.ForeignKey(blank=True, help_text='Whose it is while nobody there has taken it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conversations', to='staff.department', verbose_name='department'),
        ),
        migrations.AddField(
            model_name='conversation',
            name='joined_into',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='joined', to='interactions.conversation'),
        ),
        migrations.AddField(
            model_name='conversation',
            name='snooze_reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='why it is snoozed'),
        ),
        migrations.AddField(
            model_name='conversationevent',
            name='department',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Whose it is while nobody there has taken it.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.department', verbose_name='department'),
        ),
        migrations.AddField(
            model_name='conversationevent',
            name='joined_into',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='interactions.conversation'),
        ),
        migrations.AddField(
            model_name='conversationevent',
            name='snooze_reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='why it is snoozed'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='language',
            field=models.CharField(blank=True, editable=False, max_length=16),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('status', 'snoozed')), fields=['snoozed_until'], name='conversations_snoozed'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['-occurred_at', '-id'], name='interactions_newest'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=django.contrib.postgres.indexes.GinIndex(interactions.models.words.Words('language', 'subject', 'body'), name='interactions_words'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conversation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."assignee_id" IS DISTINCT FROM (NEW."assignee_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."department_id" IS DISTINCT FROM (NEW."department_id") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."joined_into_id" IS DISTINCT FROM (NEW."joined_into_id") OR OLD."snooze_reason" IS DISTINCT FROM (NEW."snooze_reason") OR OLD."snoozed_until" IS DISTINCT FROM (NEW."snoozed_until") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."subject" IS DISTINCT FROM (NEW."subject"))', func='INSERT INTO "interactions_conversationevent" ("assignee_id", "channel", "customer_id", "department_id", "external_id", "id", "joined_into_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "snooze_reason", "snoozed_until", "source", "status", "subject") VALUES (OLD."assignee_id", OLD."channel", OLD."customer_id", OLD."department_id", OLD."external_id", OLD."id", OLD."joined_into_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."snooze_reason", OLD."snoozed_until", OLD."source", OLD."status", OLD."subject"); RETURN NULL;', hash='56c47601e737a9784f4f167be9aec612589d21c7', operation='UPDATE', pgid='pgtrigger_update_update_f2702', table='interactions_conversation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conversation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "interactions_conversationevent" ("assignee_id", "channel", "customer_id", "department_id", "external_id", "id", "joined_into_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "snooze_reason", "snoozed_until", "source", "status", "subject") VALUES (OLD."assignee_id", OLD."channel", OLD."customer_id", OLD."department_id", OLD."external_id", OLD."id", OLD."joined_into_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."snooze_reason", OLD."snoozed_until", OLD."source", OLD."status", OLD."subject"); RETURN NULL;', hash='60e10fbe326012b88c7ae2b96624dd8e28ebfffb', operation='DELETE', pgid='pgtrigger_delete_delete_15059', table='interactions_conversation', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(('joined_into__isnull', True), models.Q(('joined_into', models.F('id')), _negated=True), _connector='OR'), name='interactions_conversation_joined_into_another'),
        ),
        migrations.AddField(
            model_name='deletion',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deletion',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deletions', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='deletion',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='interaction',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='outgoing', to='interactions.interaction'),
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
