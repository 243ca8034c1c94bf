"""Invitations; no colleague is deleted, and of the admins who can sign in one always stays."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# The lock is core.locks.LockKey.ADMINS: two admins who demote each other at once wait for each other, and the second
# finds that nobody would be left. An admin from an import, without a password, cannot sign in and does not count.
AN_ADMIN_STAYS = r"""
CREATE FUNCTION staff_is_admin(who bigint, is_superuser boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT is_superuser OR EXISTS (
    SELECT FROM staff_user_groups membership JOIN auth_group role ON role.id = membership.group_id
    WHERE membership.user_id = who AND role.name = 'admin')
$$;

CREATE FUNCTION staff_can_sign_in(password text, last_login timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT last_login IS NOT NULL OR password <> '' AND left(password, 1) <> '!'
$$;

CREATE FUNCTION staff_keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'staff_user' THEN
    IF NOT (OLD.is_active AND staff_is_admin(OLD.id, OLD.is_superuser)) THEN RETURN NULL; END IF;
  ELSIF NOT EXISTS (SELECT FROM auth_group WHERE id = OLD.group_id AND name = 'admin') THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(11350389);
  IF NOT EXISTS (
    SELECT FROM staff_user who
    WHERE is_active AND staff_can_sign_in(password, last_login) AND staff_is_admin(who.id, who.is_superuser)
  ) THEN
    RAISE EXCEPTION 'The firm would have no admin who can sign in'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'staff_an_admin_stays';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER staff_an_admin_stays AFTER UPDATE ON staff_user FOR EACH ROW
  WHEN (OLD.is_active AND NOT NEW.is_active OR OLD.is_superuser AND NOT NEW.is_superuser
        OR left(NEW.password, 1) = '!' AND left(OLD.password, 1) <> '!')
  EXECUTE FUNCTION staff_keep_an_admin();
CREATE TRIGGER staff_an_admin_stays AFTER DELETE OR UPDATE ON staff_user_groups FOR EACH ROW
  EXECUTE FUNCTION staff_keep_an_admin();
"""

NO_ADMIN_STAYS = """
DROP TRIGGER staff_an_admin_stays ON staff_user_groups;
DROP TRIGGER staff_an_admin_stays ON staff_user;
DROP FUNCTION staff_keep_an_admin(), staff_can_sign_in(text, timestamptz), staff_is_admin(bigint, boolean);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0007_firm_sign_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('role', models.CharField(choices=[('support', 'Support'), ('manager', 'Manager'), ('admin', 'Admin')], max_length=10, verbose_name='role')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('invited_at', models.DateTimeField(verbose_name='invited')),
                ('mailed_at', models.DateTimeField(blank=True, null=True, verbose_name='sent by mail')),
                ('expires_at', models.DateTimeField(verbose_name='valid until')),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-invited_at', '-id'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'Colleagues are not deleted: disable them instead' USING ERRCODE = 'restrict_violation';", hash='d208684b9245bbeb0c862f2a2a079ee4bc332c34', operation='DELETE', pgid='pgtrigger_kept_c771f', table='staff_user', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='invitation',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='staff.department', verbose_name='department'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), fields=('email',), name='staff_invitation_one_open_for_each'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None), _connector='OR'), name='staff_invitation_one_end'),
        ),
        migrations.RunSQL(AN_ADMIN_STAYS, NO_ADMIN_STAYS),
    ]
