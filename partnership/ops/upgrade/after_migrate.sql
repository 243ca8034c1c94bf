-- Fill the tables that migrate made anew, and drop those that before_migrate.sql set aside.

INSERT INTO recoveries_recovery (
    id, customer_id, mistake_id, forgiveness_id, owner_id, opened_at, closed_at, outcome, what_happened, what_we_did
)
SELECT id, customer_id, mistake_id, forgiveness_id, owner_id, opened_at, closed_at, outcome, what_happened, what_we_did
FROM partnership_before.focus_recovery;

INSERT INTO recoveries_recoveryevent (
    pgh_id, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id,
    id, customer_id, mistake_id, forgiveness_id, owner_id, opened_at, closed_at, outcome, what_happened, what_we_did
)
SELECT pgh_id, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id,
    id, customer_id, mistake_id, forgiveness_id, owner_id, opened_at, closed_at, outcome, what_happened, what_we_did
FROM partnership_before.focus_recoveryevent;

INSERT INTO notifications_notification (
    id, user_id, kind, key, customer_id, interaction_id, conversation_id, commitment_id, by_id, text,
    made_at, read_at, mailed_at
)
SELECT id, user_id, kind, key, customer_id, interaction_id, conversation_id, commitment_id, by_id, text,
    made_at, read_at, mailed_at
FROM partnership_before.desk_notification;

INSERT INTO health_answer (
    id, customer_id, conversation_id, asked_at, answered_at, waited, promised, late
)
SELECT id, customer_id, conversation_id, asked_at, answered_at, waited, promised, late
FROM partnership_before.health_answer;

INSERT INTO health_weeklysummarysubscription (user_id, sent_for)
SELECT user_id, sent_for FROM partnership_before.health_letterwish;

INSERT INTO health_stalemetrics (id, customer_id)
SELECT id, customer_id FROM partnership_before.health_staletally;

-- Keys go on where they stood.
SELECT setval('recoveries_recovery_id_seq', last_value, is_called) FROM partnership_before.focus_recovery_id_seq;
SELECT setval('recoveries_recoveryevent_pgh_id_seq', last_value, is_called)
FROM partnership_before.focus_recoveryevent_pgh_id_seq;
SELECT setval('notifications_notification_id_seq', last_value, is_called)
FROM partnership_before.desk_notification_id_seq;
SELECT setval('health_answer_id_seq', last_value, is_called) FROM partnership_before.health_answer_id_seq;
SELECT setval('health_stalemetrics_id_seq', last_value, is_called) FROM partnership_before.health_staletally_id_seq;

DROP TABLE
    partnership_before.focus_recovery,
    partnership_before.focus_recoveryevent,
    partnership_before.desk_notification,
    partnership_before.health_answer,
    partnership_before.health_brieftally,
    partnership_before.health_letterwish,
    partnership_before.health_staletally,
    partnership_before.health_tally,
    partnership_before.health_tallysum;
DROP SCHEMA partnership_before;
DROP FUNCTION
    pgtrigger_append_only_288ac,
    pgtrigger_delete_delete_68bd8,
    pgtrigger_update_update_e1daa,
    health_add_up,
    health_put_briefly;
