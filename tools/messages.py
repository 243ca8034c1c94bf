"""Extract the messages of the sources, and update and compile the catalogue of every language in `locale/`.

`python tools/messages.py` (`make messages`) does it and lists what lacks a translation. It needs only Babel.
`python tools/messages.py add fr` begins a language; `merge de FILE …` takes the translations of other .po files over.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locale"
SOURCES = {"customers": "py", "interactions": "py", "partnership": "py", "templates": "html txt"}
"""Folders, and the endings of the files in them that have messages."""

_FUNCTIONS = {
    "_": None, "gettext_noop": None,
    **{f"{kind}gettext{lazy}": None for kind in ("", "n", "p", "np") for lazy in ("", "_lazy")},
}  # fmt: skip
_PLACEHOLDER = re.compile(r"%\(\w+\)[-#0 +]*[\d.]*[a-z]|%[-#0 +]*[\d.]*[a-z]|%%|\{\w*\}|</?[a-z][^>]*>")


class _Catalogue(Catalog):
    """A catalogue whose head says only what programs read, so that it never changes by itself."""

    @property  # type: ignore[misc]
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", self.locale_identifier or ""),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            *([("Plural-Forms", self.plural_forms)] if self.locale else []),
        ]


def po_path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def languages() -> list[str]:
    return sorted(path.name for path in LOCALES.iterdir() if path.is_dir())


def extract() -> Catalog:
    """Collect the messages of all sources, each with the files that have it."""
    found = _Catalogue()
    for folder, endings in SOURCES.items():
        paths = (path for ending in endings.split() for path in (ROOT / folder).rglob(f"*.{ending}"))
        for path in sorted(paths):
            name = path.relative_to(ROOT).as_posix()
            for line, function, texts, comments in _calls(path, name):
                _add(found, function, texts, (name, line), comments)
    return found


def _calls(path: Path, name: str) -> Iterator[tuple[int, str, object, list[str]]]:
    source = path.read_text()
    if path.suffix != ".py":
        # Django writes the calls between the blanks of what was not marked; Python's tokenizer wants no indentation.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=name).split("\n"))
    return extract_python(BytesIO(source.encode()), _FUNCTIONS, ["Translators"], {})  # type: ignore[return-value]


def _add(catalogue: Catalog, function: str, texts: object, at: tuple[str, int], comments: list[str]) -> None:
    given = list(texts) if isinstance(texts, (tuple, list)) else [texts]
    context = given.pop(0) if "pgettext" in function else None
    wanted = tuple(given[: 2 if function.startswith("n") else 1])
    if all(isinstance(one, str) and one for one in wanted):  # what a variable holds is marked where it is written
        catalogue.add(wanted if wanted[1:] else wanted[0], locations=[at], auto_comments=comments, context=context)


def read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        stored = read_po(file, locale=language, abort_invalid=True)
    catalogue = _Catalogue(locale=language)
    for message in stored:
        if message.id:
            catalogue[message.id] = message
    return catalogue


def update(catalogue: Catalog, extracted: Catalog) -> Catalog:
    """Return the extracted messages with the translations that the catalogue has."""
    updated = _Catalogue(locale=catalogue.locale)
    for message in extracted:
        if not message.id:
            continue
        known = catalogue.get(_texts(message.id)[0], message.context)
        text = known.string if known and known.pluralizable == message.pluralizable and not known.fuzzy else None
        updated.add(
            message.id,
            text or ("" if not message.pluralizable else ("",) * updated.num_plurals),
            locations=message.locations,
            auto_comments=message.auto_comments,
            user_comments=known.user_comments if known else [],
            context=message.context,
        )
    return updated


def po_bytes(catalogue: Catalog) -> bytes:
    written = BytesIO()
    catalogue.fuzzy = False
    catalogue.header_comment = "# Written by `make messages`; translate here, then run it again."
    write_po(written, catalogue, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return written.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    written = BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def problems(catalogue: Catalog) -> Iterator[str]:
    """Say what is missing in a catalogue, and where a translation's placeholders or edges are not the message's."""
    for message in catalogue:
        if not message.id:
            continue
        ids, texts = _texts(message.id), _texts(message.string)
        what = f"{', '.join(sorted({name for name, _line in message.locations}))}: “{ids[0]}”"
        if not all(texts):
            yield f"{what} has no translation"
            continue
        for text in texts:
            if _parts(text) not in [_parts(one) for one in ids]:
                yield f"{what} has other placeholders or tags than “{text}”"
            elif _edges(text) != _edges(ids[0]):
                yield f"{what} has other blanks at its ends than “{text}”"


def _texts(found: object) -> list[str]:
    """List the forms of a message, or of its translation."""
    return [str(one or "") for one in (found if isinstance(found, (tuple, list)) else [found])]


def _parts(text: str) -> list[str]:
    found = _PLACEHOLDER.findall(text)
    return found if any(re.match(r"%[^%(]", one) for one in found) else sorted(found)


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def write(language: str, extracted: Catalog, *others: Path) -> list[str]:
    """Write the language's .po and .mo, with translations of `others` where there are some; return the problems."""
    path = po_path(language)
    catalogue = read(path, language) if path.exists() else _Catalogue(locale=language)
    for other in others:
        for message in read(other, language):
            if message.id and all(_texts(message.string)):
                catalogue.delete(_texts(message.id)[0], message.context)
                catalogue[message.id] = message
    catalogue = update(catalogue, extracted)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(po_bytes(catalogue))
    path.with_suffix(".mo").write_bytes(mo_bytes(catalogue))
    return list(problems(catalogue))


def main(action: str = "", language: str = "", *files: str) -> None:
    settings.configure()  # templatize reads the encoding of files
    extracted = extract()
    wanted = [language] if action in ("add", "merge") else languages()
    found = {each: write(each, extracted, *map(Path, files)) for each in wanted}
    for each, wrong in found.items():
        print(*(f"{po_path(each).relative_to(ROOT)}: {problem}" for problem in wrong), sep="\n", end="\n" * bool(wrong))  # noqa: T201
        print(f"{each}: {len(extracted)} messages, {len(wrong)} to mend")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
