"""The doubt about the balance, λ, apart from κ, the doubt about promises."""

import django.core.validators
import pgtrigger
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

UNSCORED = "NOT EXISTS (SELECT FROM scoring_score) AND (SELECT count(*) FROM scoring_ruleset) = 1"


def keep_formulas(apps, schema_editor):
    """Give sets that have scored the doubt that both formulas had in common; a new firm begins with the default."""
    with pgtrigger.ignore("scoring.RuleSetEvent:append_only"), schema_editor.connection.cursor() as cursor:
        for table in ("scoring_ruleset", "scoring_rulesetevent"):
            cursor.execute(f"UPDATE {table} SET balance_doubt = doubt WHERE NOT ({UNSCORED})")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table has pending trigger events, and stays as it is
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0002_default_rules'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='ruleset',
            name='constants_only_in_drafts',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ruleset',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ruleset',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ruleset',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='ruleset',
            name='scoring_ruleset_constants_in_range',
        ),
        migrations.AddField(
            model_name='ruleset',
            name='balance_doubt',
            field=models.FloatField(default=8.0, help_text='How many points given and received it takes to move reciprocity away from neutral. One kind word proves little: with 8, one survey answered makes 67, one referral 91 and two 100.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='doubt about the balance λ'),
        ),
        migrations.AddField(
            model_name='rulesetevent',
            name='balance_doubt',
            field=models.FloatField(default=8.0, help_text='How many points given and received it takes to move reciprocity away from neutral. One kind word proves little: with 8, one survey answered makes 67, one referral 91 and two 100.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='doubt about the balance λ'),
        ),
        migrations.AlterField(
            model_name='ruleset',
            name='doubt',
            field=models.FloatField(default=2.0, help_text='How many promises kept or missed it takes to move commitment half-way from neutral.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='doubt about promises κ'),
        ),
        migrations.AlterField(
            model_name='rulesetevent',
            name='doubt',
            field=models.FloatField(default=2.0, help_text='How many promises kept or missed it takes to move commitment half-way from neutral.', validators=[django.core.validators.MinValueValidator(0.001)], verbose_name='doubt about promises κ'),
        ),
        migrations.RunPython(keep_formulas, migrations.RunPython.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleset',
            trigger=pgtrigger.compiler.Trigger(name='constants_only_in_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."status" = \'draft\'))', func="\n            IF NEW.status = 'draft' OR (OLD.doubt, OLD.balance_doubt, OLD.promise_weight, OLD.effort_half, OLD.demand_half, OLD.confidence_half, OLD.thin_below, OLD.newcomer_days, OLD.margin) IS DISTINCT FROM (NEW.doubt, NEW.balance_doubt, NEW.promise_weight, NEW.effort_half, NEW.demand_half, NEW.confidence_half, NEW.thin_below, NEW.newcomer_days, NEW.margin) THEN\n                RAISE EXCEPTION 'constants change in drafts alone' USING ERRCODE = 'check_violation', CONSTRAINT = 'scoring_only_in_drafts';\n            END IF;\n            RETURN NEW;\n        ", hash='63975f6b57bdcd02430ca45855937ae72d5b0d01', operation='UPDATE', pgid='pgtrigger_constants_only_in_drafts_66338', table='scoring_ruleset', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleset',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_rulesetevent" ("activated_at", "balance_doubt", "based_on_id", "confidence_half", "demand_half", "description", "doubt", "effort_half", "id", "margin", "name", "newcomer_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promise_weight", "retired_at", "status", "thin_below", "why") VALUES (NEW."activated_at", NEW."balance_doubt", NEW."based_on_id", NEW."confidence_half", NEW."demand_half", NEW."description", NEW."doubt", NEW."effort_half", NEW."id", NEW."margin", NEW."name", NEW."newcomer_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."promise_weight", NEW."retired_at", NEW."status", NEW."thin_below", NEW."why"); RETURN NULL;', hash='812fac789bb55fce28fa81a3b6d5ab9b5d11f0bb', operation='INSERT', pgid='pgtrigger_insert_insert_8d581', table='scoring_ruleset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleset',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "scoring_rulesetevent" ("activated_at", "balance_doubt", "based_on_id", "confidence_half", "demand_half", "description", "doubt", "effort_half", "id", "margin", "name", "newcomer_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promise_weight", "retired_at", "status", "thin_below", "why") VALUES (OLD."activated_at", OLD."balance_doubt", OLD."based_on_id", OLD."confidence_half", OLD."demand_half", OLD."description", OLD."doubt", OLD."effort_half", OLD."id", OLD."margin", OLD."name", OLD."newcomer_days", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."promise_weight", OLD."retired_at", OLD."status", OLD."thin_below", OLD."why"); RETURN NULL;', hash='5eddf89b7ed579f9f6b2250cf27131e384596711', operation='UPDATE', pgid='pgtrigger_update_update_f191f', table='scoring_ruleset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleset',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_rulesetevent" ("activated_at", "balance_doubt", "based_on_id", "confidence_half", "demand_half", "description", "doubt", "effort_half", "id", "margin", "name", "newcomer_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promise_weight", "retired_at", "status", "thin_below", "why") VALUES (OLD."activated_at", OLD."balance_doubt", OLD."based_on_id", OLD."confidence_half", OLD."demand_half", OLD."description", OLD."doubt", OLD."effort_half", OLD."id", OLD."margin", OLD."name", OLD."newcomer_days", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."promise_weight", OLD."retired_at", OLD."status", OLD."thin_below", OLD."why"); RETURN NULL;', hash='b84b4ae631e795fc751d6694784d417b32c260e9', operation='DELETE', pgid='pgtrigger_delete_delete_19bb3', table='scoring_ruleset', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.CheckConstraint(condition=models.Q(('balance_doubt__gt', 0), ('confidence_half__gt', 0), ('demand_half__gt', 0), ('doubt__gt', 0), ('effort_half__gt', 0), ('promise_weight__gte', 0), ('promise_weight__lte', 1)), name='scoring_ruleset_constants_in_range'),
        ),
    ]
