"""Sums of the tallies by block and tier: what changes a tally counts its block anew."""

from django.db import migrations

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

def trigger(event: str, rows: str) -> str:
    return f"""
CREATE TRIGGER health_sum_{event.lower()} AFTER {event} ON health_tally REFERENCING {rows} TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION health_add_up()"""


TRIGGERS = [trigger("INSERT", "NEW"), trigger("UPDATE", "NEW"), trigger("DELETE", "OLD")]
GONE = [f"DROP TRIGGER health_sum_{event} ON health_tally" for event in ("insert", "update", "delete")]


class Migration(migrations.Migration):
    dependencies = [("health", "0001_initial")]
    operations = [migrations.RunSQL([FUNCTION, *TRIGGERS], [*GONE, "DROP FUNCTION health_add_up()"])]
