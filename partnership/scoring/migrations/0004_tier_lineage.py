"""Tiers are the same across rule sets by their names, no longer by their ranks; their colours are their own."""

import django.db.models.deletion
import pgtrigger
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

COLOURS = "UPDATE {} SET colour = least(rank, 4)"

# Of a name, or in the same place where the name of neither is in the other's set: renamed.
LINKS = """
UPDATE scoring_tier tier SET same_as_id = coalesce(
  (SELECT id FROM scoring_tier WHERE rule_set_id = other.id AND name = tier.name),
  (SELECT id FROM scoring_tier twin WHERE rule_set_id = other.id AND rank = tier.rank
    AND for_newcomers = tier.for_newcomers
    AND NOT EXISTS (SELECT FROM scoring_tier WHERE rule_set_id = tier.rule_set_id AND name = twin.name)))
FROM scoring_ruleset own, scoring_ruleset other
WHERE own.id = tier.rule_set_id
  AND (own.status = 'retired' AND other.status = 'active' OR own.status = 'draft' AND other.id = own.based_on_id)"""


def link_tiers(apps, schema_editor):
    with pgtrigger.ignore("scoring.TierEvent:append_only"), schema_editor.connection.cursor() as cursor:
        for table in ("scoring_tier", "scoring_tierevent"):
            cursor.execute(COLOURS.format(table))
        cursor.execute(LINKS)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table has pending trigger events
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0003_balance_doubt'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='tier',
            name='only_in_drafts',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='tier',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='tier',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='tier',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='tier',
            name='colour',
            field=models.PositiveSmallIntegerField(choices=[(0, 'grey'), (1, 'blue'), (2, 'green'), (3, 'teal'), (4, 'amber')], default=2, verbose_name='colour'),
        ),
        migrations.AddField(
            model_name='tier',
            name='same_as',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='scoring.tier'),
        ),
        migrations.AddField(
            model_name='tierevent',
            name='colour',
            field=models.PositiveSmallIntegerField(choices=[(0, 'grey'), (1, 'blue'), (2, 'green'), (3, 'teal'), (4, 'amber')], default=2, verbose_name='colour'),
        ),
        migrations.RunPython(link_tiers, migrations.RunPython.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='only_in_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE found RECORD;', func="\n            IF TG_OP = 'UPDATE' THEN\n                IF to_jsonb(OLD) - 'same_as_id' = to_jsonb(NEW) - 'same_as_id' THEN\n                    RETURN NEW;\n                END IF;\n            END IF;\n            FOR found IN\n                SELECT status FROM scoring_ruleset\n                WHERE TG_OP <> 'INSERT' AND id = OLD.rule_set_id OR TG_OP <> 'DELETE' AND id = NEW.rule_set_id\n                ORDER BY id FOR SHARE\n            LOOP\n                IF found.status <> 'draft' THEN\n                    RAISE EXCEPTION 'rules and tiers change in drafts alone' USING ERRCODE = 'check_violation', CONSTRAINT = 'scoring_only_in_drafts';\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ", hash='c7b28ec2fde419917bddcdd301fe0edf87f14503', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_in_drafts_598ba', table='scoring_tier', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_tierevent" ("colour", "commitment", "confidence", "exceptions_offered", "for_newcomers", "goodwill", "id", "name", "partnership", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "response_hours", "rule_set_id") VALUES (NEW."colour", NEW."commitment", NEW."confidence", NEW."exceptions_offered", NEW."for_newcomers", NEW."goodwill", NEW."id", NEW."name", NEW."partnership", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."response_hours", NEW."rule_set_id"); RETURN NULL;', hash='0f028d076558bf2ee5188cd2c15c6caa840e391d', operation='INSERT', pgid='pgtrigger_insert_insert_c3361', table='scoring_tier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."colour" IS DISTINCT FROM (NEW."colour") OR OLD."commitment" IS DISTINCT FROM (NEW."commitment") OR OLD."confidence" IS DISTINCT FROM (NEW."confidence") OR OLD."exceptions_offered" IS DISTINCT FROM (NEW."exceptions_offered") OR OLD."for_newcomers" IS DISTINCT FROM (NEW."for_newcomers") OR OLD."goodwill" IS DISTINCT FROM (NEW."goodwill") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."partnership" IS DISTINCT FROM (NEW."partnership") OR OLD."rank" IS DISTINCT FROM (NEW."rank") OR OLD."response_hours" IS DISTINCT FROM (NEW."response_hours") OR OLD."rule_set_id" IS DISTINCT FROM (NEW."rule_set_id"))', func='INSERT INTO "scoring_tierevent" ("colour", "commitment", "confidence", "exceptions_offered", "for_newcomers", "goodwill", "id", "name", "partnership", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "response_hours", "rule_set_id") VALUES (OLD."colour", OLD."commitment", OLD."confidence", OLD."exceptions_offered", OLD."for_newcomers", OLD."goodwill", OLD."id", OLD."name", OLD."partnership", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."rank", OLD."response_hours", OLD."rule_set_id"); RETURN NULL;', hash='b0442bcc09f5af58e32361951da95df403461646', operation='UPDATE', pgid='pgtrigger_update_update_e5754', table='scoring_tier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tier',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_tierevent" ("colour", "commitment", "confidence", "exceptions_offered", "for_newcomers", "goodwill", "id", "name", "partnership", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "response_hours", "rule_set_id") VALUES (OLD."colour", OLD."commitment", OLD."confidence", OLD."exceptions_offered", OLD."for_newcomers", OLD."goodwill", OLD."id", OLD."name", OLD."partnership", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rank", OLD."response_hours", OLD."rule_set_id"); RETURN NULL;', hash='59232eaca2df40d48ae0549227b4c5f4b9126980', operation='DELETE', pgid='pgtrigger_delete_delete_29666', table='scoring_tier', when='AFTER')),
        ),
    ]
