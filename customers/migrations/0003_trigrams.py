import customers.models.trigrams
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_trigram_function")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contactpoint',
            name='update_update',
        ),
        migrations.AddField(
            model_name='contactpoint',
            name='trigrams',
            field=models.GeneratedField(db_persist=True, expression=customers.models.trigrams.Trigrams('normalised'), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
        ),
        migrations.AddField(
            model_name='customer',
            name='trigrams',
            field=models.GeneratedField(db_persist=True, expression=customers.models.trigrams.Trigrams('sort_key'), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
        ),
        migrations.AddIndex(
            model_name='contactpoint',
            index=django.contrib.postgres.indexes.GinIndex(fields=['trigrams'], name='contactpoints_by_trigram'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=django.contrib.postgres.indexes.GinIndex(fields=['trigrams'], name='customers_by_trigram'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."normalised" IS DISTINCT FROM (NEW."normalised") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."verified" IS DISTINCT FROM (NEW."verified"))', func='INSERT INTO "customers_contactpointevent" ("customer_id", "id", "kind", "normalised", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value", "verified") VALUES (OLD."customer_id", OLD."id", OLD."kind", OLD."normalised", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."source", OLD."value", OLD."verified"); RETURN NULL;', hash='b30daabd98a7ade66f1260b8c1826f0695e2b679', operation='UPDATE', pgid='pgtrigger_update_update_90fab', table='customers_contactpoint', when='AFTER')),
        ),
    ]
