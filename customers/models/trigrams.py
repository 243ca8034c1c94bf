"""Three letters at a time: finds a name within a word of it, or with a typo in it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Trigrams(models.Func):
    """text → text[], sorted; each word begins with two blanks and ends with one, as in pg_trgm.

    The SQL function of that name in customers.0002_trigrams.
    """

    function = "customers_trigrams"
    arity = 1
    output_field = ArrayField(models.TextField())


def trigram_field(column: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=Trigrams(column), output_field=ArrayField(models.TextField()), db_persist=True
    )
