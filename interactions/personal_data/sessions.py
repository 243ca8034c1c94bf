"""What sessions keep of an erased customer: a filter, a discarded draft, a group session's title."""

import json
from collections.abc import Collection
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session

from interactions.personal_data.words import Words

_CHUNK = 500


def forget_in_sessions(words: Words, customers: Collection[int]) -> None:
    """Drop what names them, or is about them, from every session; nobody is signed out."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in Session.objects.values_list("session_key", flat=True).iterator(_CHUNK):
        session = store(key)
        gone = [name for name, value in session.items() if _is_about(value, words, customers)]
        for name in gone:
            del session[name]
        if gone:
            session.save()


def _is_about(value: object, words: Words, customers: Collection[int]) -> bool:
    if isinstance(value, dict) and value.get("customer") in customers:
        return True
    return isinstance(value, dict | list | str) and words.find(json.dumps(value, ensure_ascii=False, default=str))
