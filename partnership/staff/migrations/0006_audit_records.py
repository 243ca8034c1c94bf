"""The firm's log, and the triggers that write into it whatever code path changes roles, rights or settings."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# Who acts, why and from where is what partnership.staff.audit_log and pghistory attach to the statement.
LOG = r"""
CREATE FUNCTION staff_log(kind text, about text, about_ref text, facts jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  context jsonb := coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, '{}');
  actor record;
BEGIN
  SELECT id, coalesce(nullif(name, ''), email) AS name INTO actor FROM staff_user
  WHERE id = (context->>'user')::bigint;
  INSERT INTO staff_auditrecord (kind, at, by_id, by_name, about, about_ref, facts, address)
  VALUES (
    kind, clock_timestamp(), actor.id, coalesce(actor.name, ''), left(about, 300), about_ref,
    facts || CASE WHEN coalesce(context->>'reason', '') = '' THEN '{}'
             ELSE jsonb_build_object('reason', context->>'reason') END,
    coalesce(context->>'visitor', '')
  );
END $$;

CREATE FUNCTION staff_log_of_user(kind text, who staff_user, facts jsonb) RETURNS void LANGUAGE sql AS $$
  SELECT staff_log(
    kind, coalesce(nullif(who.name, ''), who.email), 'user/' || who.source || ':' || who.external_id, facts
  )
$$;

CREATE FUNCTION staff_log_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM staff_log_of_user('added', NEW, jsonb_strip_nulls(jsonb_build_object(
      'email', NEW.email, 'is_superuser', CASE WHEN NEW.is_superuser THEN true END,
      'source', nullif(NEW.source, 'partnership'))));
    RETURN NULL;
  END IF;
  IF NEW.is_active IS DISTINCT FROM OLD.is_active THEN
    PERFORM staff_log_of_user(CASE WHEN NEW.is_active THEN 'enabled' ELSE 'disabled' END, NEW, '{}');
  END IF;
  IF NEW.is_superuser IS DISTINCT FROM OLD.is_superuser THEN
    PERFORM staff_log_of_user('role', NEW, jsonb_build_object(
      'is_superuser', jsonb_build_object('from', OLD.is_superuser, 'to', NEW.is_superuser)));
  END IF;
  IF NEW.email IS DISTINCT FROM OLD.email THEN
    PERFORM staff_log_of_user('address', NEW, jsonb_build_object(
      'email', jsonb_build_object('from', OLD.email, 'to', NEW.email)));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER staff_log_added AFTER INSERT ON staff_user FOR EACH ROW EXECUTE FUNCTION staff_log_user();
CREATE TRIGGER staff_log_rights AFTER UPDATE ON staff_user FOR EACH ROW
  WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active OR OLD.is_superuser IS DISTINCT FROM NEW.is_superuser
        OR OLD.email IS DISTINCT FROM NEW.email)
  EXECUTE FUNCTION staff_log_user();

CREATE FUNCTION staff_log_role() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  membership record;
BEGIN
  IF TG_OP = 'INSERT' THEN membership := NEW; ELSE membership := OLD; END IF;
  PERFORM staff_log_of_user('role', who, jsonb_build_object(
    CASE TG_OP WHEN 'INSERT' THEN 'role_given' ELSE 'role_taken' END, role.name))
  FROM staff_user who, auth_group role
  WHERE who.id = membership.user_id AND role.id = membership.group_id;
  RETURN NULL;
END $$;

CREATE TRIGGER staff_log_role AFTER INSERT OR DELETE ON staff_user_groups
  FOR EACH ROW EXECUTE FUNCTION staff_log_role();

CREATE FUNCTION staff_log_setting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM staff_log('setting', NEW.name, '', (
    SELECT jsonb_object_agg(before.key, CASE
      WHEN before.key ~ '(password|secret|token)' THEN to_jsonb(true)
      ELSE jsonb_build_object('from', before.value, 'to', later.value) END)
    FROM jsonb_each(to_jsonb(OLD)) before JOIN jsonb_each(to_jsonb(NEW)) later USING (key)
    WHERE before.value IS DISTINCT FROM later.value));
  RETURN NULL;
END $$;

CREATE TRIGGER staff_log_setting AFTER UPDATE ON staff_firm FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION staff_log_setting();
"""

NO_LOG = """
DROP TRIGGER staff_log_setting ON staff_firm;
DROP TRIGGER staff_log_role ON staff_user_groups;
DROP TRIGGER staff_log_rights ON staff_user;
DROP TRIGGER staff_log_added ON staff_user;
DROP FUNCTION staff_log_setting(), staff_log_role(), staff_log_user(), staff_log_of_user(text, staff_user, jsonb),
  staff_log(text, text, text, jsonb);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0005_delivery_kinds'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('sign_in', 'signed in'), ('failed_sign_in', 'failed sign-in'), ('sign_out', 'signed out'), ('sessions', 'signed out everywhere'), ('password', 'password changed'), ('second_factor', 'second factor'), ('added', 'colleague added'), ('invitation', 'invitation'), ('role', 'role changed'), ('address', 'e-mail address changed'), ('disabled', 'colleague disabled'), ('enabled', 'colleague enabled'), ('handover', 'work handed over'), ('export', 'export'), ('erasure', 'erasure'), ('retention', 'retention'), ('setting', 'setting changed'), ('rules', 'rules changed'), ('mailbox', 'mailbox'), ('backup', 'backup'), ('restore', 'restore')], max_length=20, verbose_name='kind')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('by_name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='about')),
                ('about_ref', models.CharField(blank=True, max_length=800, verbose_name='reference')),
                ('facts', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('address', models.CharField(blank=True, max_length=64, verbose_name='address of the visitor')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='colleague')),
            ],
            options={
                'verbose_name': 'line of the log',
                'verbose_name_plural': 'log',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['-at', '-id'], name='staff_log_by_time'), models.Index(fields=['kind', '-at', '-id'], name='staff_log_by_kind'), models.Index(fields=['by', '-at', '-id'], name='staff_log_by_person'), models.Index(condition=models.Q(('about_ref', ''), _negated=True), fields=['about_ref', '-at', '-id'], name='staff_log_by_reference')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditrecord',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d422369bc32ebed5c805f9c7dc7ad4d0eb7b6071', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_23a92', table='staff_auditrecord', when='BEFORE')),
        ),
        migrations.RunSQL(LOG, NO_LOG),
    ]
