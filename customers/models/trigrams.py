"""Trigrams, stored with a row, find part of a name or a misspelt one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Trigrams(models.Func):
    """Compute a text's sorted trigrams in SQL, by the function of customers.0002_trigrams.

    As in pg_trgm, a word is padded with two blanks in front and one behind.
    """

    function = "customers_trigrams"
    arity = 1
    output_field = ArrayField(models.TextField())


def trigram_field(column: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=Trigrams(column), output_field=ArrayField(models.TextField()), db_persist=True
    )
