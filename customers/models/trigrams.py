"""Trigrams, stored with a row, find part of a name or a misspelt one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


def trigram_field(column: str) -> models.GeneratedField:
    """Store a text's sorted trigrams; as in pg_trgm, a word is padded with two blanks in front and one behind."""
    return models.GeneratedField(
        expression=models.Func(column, function="customers_trigrams"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )
