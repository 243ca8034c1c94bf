from django.db import migrations

# Words are parted at ASCII signs alone: a database that sorts by bytes takes no other letter for a letter.
CREATE = r"""
CREATE FUNCTION customers_trigrams(given text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT gram ORDER BY gram), '{}') FROM (
    SELECT substr(padded, place, 3) AS gram
    FROM (SELECT '  ' || regexp_replace(given, '[\s!-/:-@\[-`{-~]+', '  ', 'g') || ' ' AS padded) padding,
      generate_series(1, length(padded) - 2) place
  ) grams WHERE gram NOT LIKE '%  '
$$"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION customers_trigrams(text)")]
