"""A language in which every marked text stands in ⟦brackets⟧, and what of a page stands outside of them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.utils.translation import trans_real

PSEUDO = "en"  # its texts are shown in place of the English ones

_TRANSLATED_BY_DJANGO = ("fr", "nl", "es")  # where its German is behind

_CONTEXT = "\x04"
_SHOWN_BY_ATTRIBUTE = {"title", "aria-label", "aria-description", "placeholder", "alt", "label", "data-text"}
_UNSEEN = {"kbd", "script", "style", "template"}
_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_MARKED = re.compile(r"⟦[^⟦⟧]*(⟧|$)")  # without an end where it was shortened
_KEY = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b")
_INITIALS = re.compile(r"[A-ZÀ-Þ]{1,2}")
_WORDS = re.compile(r"[^\W\d_]+(?:[ '’-]+[^\W\d_]+)*")


class Pseudo(trans_real.DjangoTranslation):
    """Wrap what has a German translation, which tests hold to be all that the sources mark; leave the rest as it is."""

    @classmethod
    def instead_of(cls, english: Any) -> Self:
        self = cls.__new__(cls)
        self.__dict__.update(english.__dict__)
        self.catalogues = [trans_real.translation(code)._catalog for code in ("de", *_TRANSLATED_BY_DJANGO)]
        return self

    def gettext(self, message: str) -> str:
        forms = (message, (message, 0), (message, 1))
        is_known = any(form in catalogue for form in forms for catalogue in self.catalogues)
        return f"⟦{message.rpartition(_CONTEXT)[2]}⟧" if is_known else message

    def ngettext(self, singular: str, plural: str, number: float) -> str:
        wrapped = self.gettext(singular)
        return wrapped if number == 1 or wrapped == singular else f"⟦{plural}⟧"


class _Reader(HTMLParser):
    """Collect what a reader sees or hears: texts, and attributes that are shown or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("type") != "hidden":
            self.found += [value for name, value in given.items() if name in _SHOWN_BY_ATTRIBUTE]
        self.found += [value for name, value in given.items() if _may_be_told(name) and _is_sentence(value)]
        if tag == "input" and given.get("type") in ("submit", "button", "reset"):
            self.found.append(given.get("value", ""))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not _UNSEEN.intersection(self.open):
            self.found.append(data)


def _may_be_told(name: str) -> bool:
    return name.startswith("data-") and name not in ("data-controller", "data-action")


def _is_sentence(value: str) -> bool:
    """Check that a data attribute holds words for people, as no name, address or list of Stimulus does."""
    return bool(re.search(r"[A-Za-z]{2,} [a-z]{2,}", value)) and not re.search(r"->|[{}=]", value)


def read_texts(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    return reader.found


class Data:
    """The words of the database, and those that are in no language: what may stand outside of brackets."""

    def __init__(self, *allowed: str) -> None:
        self.text = "\n".join(_plain(each) for each in (*allowed, *_stored()))

    def unmarked(self, text: str) -> Iterator[str]:
        """Yield the words of a text that are neither marked nor data."""
        rest = _KEY.sub("", text)
        while (shorter := _MARKED.sub(" · ", rest)) != rest:
            rest = shorter
        for found in _WORDS.findall(rest):
            if _plain(found) not in self.text and any(map(str.isalpha, found)) and not _INITIALS.fullmatch(found):
                yield found


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'")).casefold()


def _stored() -> Iterator[str]:
    """Yield every text of our tables but keys of choices."""
    for model in apps.get_models():
        if model._meta.app_label in ("admin", "contenttypes", "pghistory", "sessions"):
            continue
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField, models.FileField))
            or "Array" in type(field).__name__
            if not getattr(field, "choices", None)
        ]
        for row in model._default_manager.values_list(*fields) if fields else ():
            for value in row:
                yield from _leaves(value)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from map(str, value)
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _leaves(each)
    elif value not in (None, "") and not isinstance(value, bool | int | float):
        yield str(value)
