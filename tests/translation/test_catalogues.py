"""Every text of the sources has its translation in every language, and what is compiled is what is written.

Where one of these fails: run `make messages`, and translate what it lists.
"""

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils.formats import get_format

from partnership.core.formats import OWN_FORMATS
from tools import messages

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
HINT = "run `make messages` and translate what it lists"


@pytest.fixture(scope="module")
def extracted() -> Catalog:
    return messages.extract()


def test_there_is_a_catalogue_for_every_language_that_is_offered():
    assert messages.languages() == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_with_its_placeholders(language: str, extracted: Catalog):
    catalogue = messages.update(messages.read(messages.po_path(language), language), extracted)
    assert list(messages.problems(catalogue)) == [], HINT


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_what_the_sources_say_and_nothing_else(language: str, extracted: Catalog):
    path = messages.po_path(language)
    catalogue = messages.update(messages.read(path, language), extracted)
    assert path.read_bytes() == messages.po_bytes(catalogue), f"{path.name} is stale: {HINT}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_what_the_written_one_says(language: str):
    path = messages.po_path(language)
    with path.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    wanted = messages.mo_bytes(messages.read(path, language))
    assert path.with_suffix(".mo").read_bytes() == wanted, f"{path.with_suffix('.mo').name} is stale: {HINT}"
    assert compiled.gettext("Focus") != "Focus"


@pytest.mark.parametrize("code", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("name", OWN_FORMATS)
def test_every_language_has_our_formats_of_dates(code: str, name: str):
    assert get_format(name, lang=code) != name


def test_dates_are_written_by_the_name_of_a_format():
    """A format such as "j M Y" is English; machines read ISO."""
    in_templates, in_python = r"""\|date:["']([^"']+)""", r"""date_format\(.*?["']([^"']+)["']\)"""
    found = [
        f"{path.relative_to(messages.ROOT)}: {given}"
        for folder, endings in messages.SOURCES.items()
        for ending in endings.split()
        for path in sorted((messages.ROOT / folder).rglob(f"*.{ending}"))
        for given in re.findall(in_python if ending == "py" else in_templates, path.read_text())
        if given not in ("c", "Y-m-d") and not given.endswith("_FORMAT")
    ]
    assert found == [], "use a name of partnership/core/formats"


def catalogue(*pairs: tuple[str | tuple[str, str], str | tuple[str, str]]) -> Catalog:
    made = Catalog(locale="de")
    for message, translation in pairs:
        made.add(message, translation, locations=[("templates/a.html", 1)])
    return made


@pytest.mark.parametrize(
    ("message", "translation", "wrong"),
    [
        ("Close", "", "has no translation"),
        (("%(n)s day", "%(n)s days"), ("%(n)s Tag", ""), "has no translation"),
        ("by %(name)s", "von %(nam)s", "has other placeholders"),
        ("%s of %d", "%d von %s", "has other placeholders"),
        ("<strong>due</strong>", "fällig", "has other placeholders"),
        (", from %(start)s", " ab %(start)s", "has other blanks"),
        ("by %(name)s", "von %(name)s", None),
        ("%(a)s and %(b)s", "%(b)s und %(a)s", None),
        (("one day", "%(n)s days"), ("ein Tag", "%(n)s Tage"), None),
    ],
)
def test_a_translation_is_held_to_its_message(message, translation, wrong):
    found = list(messages.problems(catalogue((message, translation))))
    if wrong is None:
        assert found == []
    else:
        [problem] = found
        assert wrong in problem
        assert problem.startswith("templates/a.html: “")


def test_extraction_finds_python_and_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "app").mkdir()
    (tmp_path / "app/a.py").write_text(
        'a = _("One " "two")\nb = ngettext("%d day", "%d days", n)\nc = pgettext("verb", "Close")\nd = _(variable)\n'
    )
    (tmp_path / "app/b.html").write_text(
        '<p>\n    {% if x == _("Yes") %}{% translate "No" %}{% endif %}\n  {% blocktranslate trimmed count n=n %}\n'
        "    {{ n }} line\n  {% plural %}\n    {{ n }} lines\n  {% endblocktranslate %}\n</p>"
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "SOURCES", {"app": "py html"})
    found = {(one.context, one.id) for one in messages.extract() if one.id}
    assert found == {
        (None, "One two"), (None, ("%d day", "%d days")), ("verb", "Close"), (None, "Yes"), (None, "No"),
        (None, ("%(n)s line", "%(n)s lines")),
    }  # fmt: skip
