-- The schema of 0.1.0 up to where the migrations of today begin: customers, interactions, staff, scoring, focus and desk
-- keep their tables, under the names they have now. Tables that belong to another app now are set aside; migrate makes
-- them anew, and after_migrate.sql fills them.

-- Columns, with the indexes and constraints that are named after them.
ALTER TABLE customers_checkin RENAME said TO source_snapshot;
ALTER TABLE customers_commitment RENAME said TO source_snapshot;
ALTER TABLE customers_customer RENAME said TO source_snapshot;
ALTER TABLE customers_goal RENAME said TO source_snapshot;
ALTER TABLE interactions_attachment RENAME said TO source_snapshot;
ALTER TABLE interactions_conversation RENAME said TO source_snapshot;
ALTER TABLE interactions_conversation RENAME was_of TO split_from;
ALTER TABLE interactions_interaction RENAME said TO source_snapshot;
ALTER TABLE interactions_interaction RENAME received_as_id TO addressed_to_id;
ALTER INDEX interactions_by_received_as RENAME TO interactions_by_addressed_to;
ALTER TABLE staff_user RENAME said TO source_snapshot;
ALTER TABLE focus_focusitem RENAME leads TO is_lead;
ALTER TABLE desk_preferences RENAME TO staff_preferences;
ALTER INDEX desk_preferences_pkey RENAME TO staff_preferences_pkey;
ALTER TABLE staff_preferences RENAME CONSTRAINT desk_preferences_user_id_3383ae17_fk_staff_user_id
    TO staff_preferences_user_id_1a3e65d6_fk_staff_user_id;

-- Since PostgreSQL 18 "not null" is a constraint with a name as well.
DO $$
DECLARE
    here record;
BEGIN
    FOR here IN
        SELECT conrelid::regclass AS name, conname, conrelid::regclass || '_' || attname || '_not_null' AS wanted
        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'n' AND (
            conrelid = 'staff_preferences'::regclass
            OR (conrelid = 'interactions_conversation'::regclass AND attname = 'split_from')
            OR (conrelid = 'focus_focusitem'::regclass AND attname = 'is_lead')
        )
    LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', here.name, here.conname, here.wanted);
    END LOOP;
END $$;

-- Names inside JSON.
UPDATE interactions_deletion SET kept = kept - 'said' || jsonb_build_object('source_snapshot', kept -> 'said')
WHERE kept ? 'said';
UPDATE interactions_deletion
SET kept = kept - 'received_as_id' || jsonb_build_object('addressed_to_id', kept -> 'received_as_id')
WHERE kept ? 'received_as_id';
UPDATE customers_merge
SET moved = moved - 'desk_notification.customer_id'
    || jsonb_build_object('notifications_notification.customer_id', moved -> 'desk_notification.customer_id')
WHERE moved ? 'desk_notification.customer_id';

-- Set aside.
CREATE SCHEMA partnership_before;
ALTER TABLE focus_recovery SET SCHEMA partnership_before;
ALTER TABLE focus_recoveryevent SET SCHEMA partnership_before;
ALTER TABLE desk_notification SET SCHEMA partnership_before;
ALTER TABLE health_answer SET SCHEMA partnership_before;
ALTER TABLE health_brieftally SET SCHEMA partnership_before;
ALTER TABLE health_letterwish SET SCHEMA partnership_before;
ALTER TABLE health_staletally SET SCHEMA partnership_before;
ALTER TABLE health_tally SET SCHEMA partnership_before;
ALTER TABLE health_tallysum SET SCHEMA partnership_before;

-- Content types, with the permissions that groups and people have on them.
UPDATE django_content_type SET app_label = 'recoveries'
WHERE app_label = 'focus' AND model IN ('recovery', 'recoveryevent');
UPDATE django_content_type SET app_label = 'notifications' WHERE app_label = 'desk' AND model = 'notification';
UPDATE django_content_type SET app_label = 'staff' WHERE app_label = 'desk' AND model = 'preferences';
UPDATE auth_permission
SET codename = split_part(codename, '_', 1) || '_weeklysummarysubscription',
    name = 'Can ' || split_part(codename, '_', 1) || ' weekly summary subscription'
FROM django_content_type AS type
WHERE content_type_id = type.id AND app_label = 'health' AND model = 'letterwish';
UPDATE django_content_type SET model = 'weeklysummarysubscription' WHERE app_label = 'health' AND model = 'letterwish';

-- The sums of the dashboards are other tables now; nobody needs a permission on them.
CREATE TEMP TABLE gone ON COMMIT DROP AS
SELECT id FROM django_content_type
WHERE app_label = 'health' AND model IN ('tally', 'brieftally', 'tallysum', 'staletally');
UPDATE django_admin_log SET content_type_id = NULL WHERE content_type_id IN (TABLE gone);
DELETE FROM auth_group_permissions USING auth_permission AS permission
WHERE permission_id = permission.id AND content_type_id IN (TABLE gone);
DELETE FROM staff_user_user_permissions USING auth_permission AS permission
WHERE permission_id = permission.id AND content_type_id IN (TABLE gone);
DELETE FROM auth_permission WHERE content_type_id IN (TABLE gone);
DELETE FROM django_content_type WHERE id IN (TABLE gone);

-- What stands counts as migrated; health, recoveries and notifications are not.
DELETE FROM django_migrations
WHERE app IN ('customers', 'interactions', 'staff', 'scoring', 'focus', 'desk', 'health') AND (
    app = 'health'
    OR (app, name) NOT IN (
        ('customers', '0001_initial'), ('interactions', '0001_initial'), ('staff', '0001_initial'),
        ('staff', '0002_role_groups'), ('scoring', '0001_initial'), ('scoring', '0002_default_rules'),
        ('focus', '0001_initial'), ('desk', '0001_initial')
    )
);
