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


class Words(models.Func):
    """Compute (language, subject, body) → tsvector with plain words and stems. Served by interactions_by_words.

    The SQL function is created in interactions.0005_words_function_plpgsql.
    """

    function = "interactions_words"
    arity = 3
    output_field = SearchVectorField()


class CustomerArray(models.Func):
    """Wrap a customer's key in an array, as the index interactions_by_words holds it.

    With it, a search of one timeline reads only that customer's part of the index.
    """

    template = "ARRAY[%(expressions)s]::bigint[]"
    arity = 1
    output_field = ArrayField(models.BigIntegerField())
