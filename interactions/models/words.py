"""Expressions of the full-text index."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

# PostgreSQL's stemmers by language code. Text in other languages is indexed by its plain words.
STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def entry_words() -> models.Func:
    """Compute an entry's plain words and the stems of its language, a tsvector. Served by interactions_by_words."""
    return models.Func("language", "subject", "body", function="interactions_words", output_field=SearchVectorField())


def customer_array(customer: "str | models.Value") -> models.Func:
    """Wrap a customer's key in an array, as the index interactions_by_words holds it.

    With it, a search of one timeline reads only that customer's part of the index.
    """
    return models.Func(
        customer, template="ARRAY[%(expressions)s]::bigint[]", output_field=ArrayField(models.BigIntegerField())
    )
