"""Sums of the tallies by block and tier, kept by a trigger: what changes a tally counts its block anew."""

import django.contrib.postgres.fields
from django.db import migrations, models


LISTS = (
    "minutes", "messages", "asked", "worked", "received", "free", "mistakes", "goals_reached", "goals_dropped",
    "ours_kept", "ours_late", "ours_missed", "theirs_kept", "theirs_late", "theirs_missed", "answered", "answered_late",
)  # fmt: skip
NUMBERS = (
    "goals_active", "goals_stalled", "ours_open", "theirs_open", "recoveries_open", "free_for_nothing", "bought",
)  # fmt: skip


def summed(name: str) -> str:
    each = (f"coalesce(sum(tally.{name}[{place}]), 0)" for place in range(1, 9))
    return f"ARRAY[{', '.join(each)}]::bigint[]"


COLUMNS = ", ".join(["block", "rank", "customers", "partnership", *LISTS, *NUMBERS])
ADDED_UP = ", ".join([*map(summed, LISTS), *(f"sum(tally.{name})" for name in NUMBERS)])

# Of a block all tiers at once, one transaction after the other.
FUNCTION = f"""
CREATE FUNCTION health_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint[] := ARRAY(SELECT DISTINCT customer_id / 256 FROM changed);
BEGIN
  IF cardinality(touched) = 0 THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(5153141);
  DELETE FROM health_tallysum WHERE block = ANY(touched);
  INSERT INTO health_tallysum ({COLUMNS})
  SELECT touch.block, tally.rank, count(*), sum(tally.partnership), {ADDED_UP}
  FROM unnest(touched) AS touch (block)
  JOIN health_tally tally ON tally.customer_id >= touch.block * 256 AND tally.customer_id < (touch.block + 1) * 256
  GROUP BY touch.block, tally.rank;
  RETURN NULL;
END $$"""

FILL = f"""
INSERT INTO health_tallysum ({COLUMNS})
SELECT tally.customer_id / 256, tally.rank, count(*), sum(tally.partnership), {ADDED_UP}
FROM health_tally tally GROUP BY 1, 2"""


def trigger(event: str, rows: str) -> str:
    return f"""
CREATE TRIGGER health_sum_{event.lower()} AFTER {event} ON health_tally REFERENCING {rows} TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION health_add_up()"""


TRIGGERS = [trigger("INSERT", "NEW"), trigger("UPDATE", "NEW"), trigger("DELETE", "OLD")]
GONE = [f"DROP TRIGGER health_sum_{event} ON health_tally" for event in ("insert", "update", "delete")]


class Migration(migrations.Migration):
    dependencies = [
        ("health", "0002_big_sums"),
    ]

    operations = [
        migrations.CreateModel(
            name="TallySum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.SmallIntegerField(null=True, verbose_name="tier")),
                ("partnership", models.FloatField(default=0, verbose_name="partnership")),
                (
                    "minutes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=8, verbose_name="minutes entered"
                    ),
                ),
                (
                    "messages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=8, verbose_name="messages without time"
                    ),
                ),
                (
                    "asked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="times they asked for something",
                    ),
                ),
                (
                    "worked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="times they did their part",
                    ),
                ),
                (
                    "received",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="times they put in something",
                    ),
                ),
                (
                    "free",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=8, verbose_name="minutes of free work"
                    ),
                ),
                (
                    "mistakes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=8, verbose_name="mistakes of ours"
                    ),
                ),
                (
                    "goals_reached",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=8, verbose_name="goals reached"
                    ),
                ),
                (
                    "goals_dropped",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=8, verbose_name="goals dropped"
                    ),
                ),
                (
                    "ours_kept",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=8, verbose_name="promises of ours kept"
                    ),
                ),
                (
                    "ours_late",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="promises of ours kept late",
                    ),
                ),
                (
                    "ours_missed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="promises of ours broken",
                    ),
                ),
                (
                    "theirs_kept",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="promises of theirs kept",
                    ),
                ),
                (
                    "theirs_late",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="promises of theirs kept late",
                    ),
                ),
                (
                    "theirs_missed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="promises of theirs missed",
                    ),
                ),
                (
                    "answered",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="answers within the promise",
                    ),
                ),
                (
                    "answered_late",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=8,
                        verbose_name="answers after the promise",
                    ),
                ),
                ("goals_active", models.IntegerField(default=0, verbose_name="goals pursued")),
                ("goals_stalled", models.IntegerField(default=0, verbose_name="goals stalled")),
                ("ours_open", models.IntegerField(default=0, verbose_name="promises of ours open")),
                ("theirs_open", models.IntegerField(default=0, verbose_name="promises of theirs open")),
                ("recoveries_open", models.IntegerField(default=0, verbose_name="recoveries open")),
                (
                    "free_for_nothing",
                    models.BigIntegerField(default=0, verbose_name="minutes of free work that led nowhere"),
                ),
                ("bought", models.BigIntegerField(default=0, verbose_name="bought in all, in the firm's currency")),
                ("block", models.BigIntegerField()),
                ("customers", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "sum of tallies",
                "verbose_name_plural": "sums of tallies",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("block", "rank"), name="health_tallysum_one_of_a_tier", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.RunSQL([FUNCTION, *TRIGGERS, FILL], [*GONE, "DROP FUNCTION health_add_up()"]),
    ]
