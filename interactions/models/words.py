"""What the full-text search reads of a text."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""PostgreSQL's own, by language code; a text of any other language is searched by its plain words."""


class Words(models.Func):
    """(language, subject, body) → tsvector: every word as it stands, and the stems of the text's language.

    The SQL function of that name in interactions.0005_words_function_plpgsql. Served by interactions_by_words.
    """

    function = "interactions_words"
    arity = 3
    output_field = SearchVectorField()


class CustomerArray(models.Func):
    """(customer) → an array of it, as the index interactions_by_words holds it: asked for together with words, it finds
    those of one line without reading those of all."""

    template = "ARRAY[%(expressions)s]::bigint[]"
    arity = 1
    output_field = ArrayField(models.BigIntegerField())
