"""What customers are put in order by, beside the tallies in rows a tenth as wide, kept by a trigger."""

from django.db import migrations

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
    dependencies = [("health", "0002_sums")]
    operations = [migrations.RunSQL([FUNCTION, *TRIGGERS], [*GONE, "DROP FUNCTION health_put_briefly()"])]
