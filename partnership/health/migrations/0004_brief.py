"""What customers are put in order by, beside the tallies in rows a tenth as wide, kept by a trigger."""

import django.db.models.deletion
from django.db import migrations, models


PERIODS = {"week": 0, "month": 1, "quarter": 2, "year": 3}


def of_each(name: str, value: str) -> dict[str, str]:
    return {f"{name}_{period}": value.format(first=place + 1, now=2 * place + 1) for period, place in PERIODS.items()}


VALUES = {
    "partnership": "partnership",
    "loudness": "loudness",
    **of_each("minutes", "coalesce(minutes[{now}], 0)"),
    **of_each("messages", "coalesce(messages[{now}], 0)"),
    "rank": "rank",
    **of_each("moved", "partnership - partnership_then[{first}]"),
    **of_each("then", "rank_then[{first}]"),
}
COLUMNS = ", ".join(VALUES)
BRIEFLY = (
    f"INSERT INTO health_brieftally (customer_id, {COLUMNS}) SELECT customer_id, {', '.join(VALUES.values())} FROM"
)

FUNCTION = f"""
CREATE FUNCTION health_put_briefly() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM health_brieftally brief USING changed WHERE changed.customer_id = brief.customer_id;
    RETURN NULL;
  END IF;
  {BRIEFLY} changed
  ON CONFLICT (customer_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in VALUES)};
  RETURN NULL;
END $$"""


def trigger(event: str, rows: str) -> str:
    return f"""
CREATE TRIGGER health_brief_{event.lower()} AFTER {event} ON health_tally REFERENCING {rows} TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION health_put_briefly()"""


TRIGGERS = [trigger("INSERT", "NEW"), trigger("UPDATE", "NEW"), trigger("DELETE", "OLD")]
GONE = [f"DROP TRIGGER health_brief_{event} ON health_tally" for event in ("insert", "update", "delete")]


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_merges_kept"),
        ("health", "0003_sums"),
    ]

    operations = [
        migrations.CreateModel(
            name="BriefTally",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="brief_tally",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("partnership", models.FloatField()),
                ("loudness", models.FloatField()),
                ("minutes_week", models.BigIntegerField()),
                ("minutes_month", models.BigIntegerField()),
                ("minutes_quarter", models.BigIntegerField()),
                ("minutes_year", models.BigIntegerField()),
                ("messages_week", models.BigIntegerField()),
                ("messages_month", models.BigIntegerField()),
                ("messages_quarter", models.BigIntegerField()),
                ("messages_year", models.BigIntegerField()),
                ("rank", models.SmallIntegerField(null=True)),
                ("moved_week", models.FloatField(null=True)),
                ("moved_month", models.FloatField(null=True)),
                ("moved_quarter", models.FloatField(null=True)),
                ("moved_year", models.FloatField(null=True)),
                ("then_week", models.SmallIntegerField(null=True)),
                ("then_month", models.SmallIntegerField(null=True)),
                ("then_quarter", models.SmallIntegerField(null=True)),
                ("then_year", models.SmallIntegerField(null=True)),
            ],
            options={
                "verbose_name": "tally in brief",
                "verbose_name_plural": "tallies in brief",
            },
        ),
        migrations.RunSQL(
            [FUNCTION, *TRIGGERS, f"{BRIEFLY} health_tally"], [*GONE, "DROP FUNCTION health_put_briefly()"]
        ),
    ]
