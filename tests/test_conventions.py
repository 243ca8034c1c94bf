"""The house keeps its rules: small folders, plain names, and no floor that reads a higher one, in SQL either."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("customers", "interactions", "partnership")
LOOSE = {"settings", "urls", "celery", "asgi", "wsgi"}
MOST_MODULES = 14

FLOORS = [
    {"partnership.core"},
    {"partnership.staff"},
    {"customers"},
    {"interactions"},
    {"partnership.scoring"},
    {"partnership.recoveries"},
    {"partnership.focus", "partnership.health", "partnership.notifications"},
    {"partnership.desk"},
    {"partnership.demo"},
]
"""From the ground up. partnership.ops stands beside them: it runs servers and knows no model."""

RIDDLES = {
    "lately", "drawn", "behind", "taking", "telling", "trying", "starting", "warning", "others", "served",
    "between", "told", "finding", "merged", "about", "once", "meanwhile", "saving", "asking", "shelf",
    "soundness", "movement", "sourced", "standing", "moving", "combining", "turns", "days", "retelling",
    "attaching", "refusing", "deciding", "reminding", "mending", "patience", "parts",
}  # fmt: skip
"""Module names that say nothing to a newcomer."""


NOT_THE_FIRMS_DAY = re.compile(r"localdate\(\)|date\.today\(\)|\bnow(\(\))?\.date\(\)")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (PROJECT / package).rglob("*.py"):
            if path.parent.name != "migrations":
                yield path.relative_to(PROJECT)


def floor_of(dotted: str) -> int | None:
    for number, floor in enumerate(FLOORS):
        if any(dotted == package or dotted.startswith(f"{package}.") for package in floor):
            return number
    return None


def dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def package_of(model: type[Model]) -> str:
    return str(apps.get_app_config(model._meta.app_label).name)


@cache
def strings_of(path: Path) -> list[tuple[int, str]]:
    """The string constants of a module but its docstrings, each with its line."""
    tree = ast.parse((PROJECT / path).read_text())
    docs = {
        id(node.value)
        for body in (getattr(node, "body", []) for node in ast.walk(tree))
        if isinstance(body, list)
        for node in body
        if isinstance(node, ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


def test_nothing_lies_loose_in_partnership():
    assert {path.stem for path in (PROJECT / "partnership").glob("*.py")} == {*LOOSE, "__init__"}


def test_no_folder_holds_more_modules_than_a_reader_can_survey():
    sizes: dict[Path, int] = {}
    for path in modules():
        if path.name != "__init__.py":
            sizes[path.parent] = sizes.get(path.parent, 0) + 1
    assert {str(folder): size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_modules_are_named_after_what_is_in_them():
    assert [str(path) for path in modules() if path.stem in RIDDLES] == []


def upward_tables() -> list[tuple[str, int, str]]:
    tables = {model._meta.db_table: package_of(model) for model in apps.get_models(include_auto_created=True)}
    named = re.compile(rf"\b({'|'.join(sorted(tables, key=len, reverse=True))})\b")
    found = []
    for path in modules():
        here = floor_of(dotted(path))
        for line, text in strings_of(path) if here is not None else []:
            for table in named.findall(text):
                there = floor_of(tables[table])
                if there is None or here is None:
                    continue
                if there > here or (there == here and not_own(path, tables[table])):
                    found.append((str(path), line, table))
    return found


def not_own(path: Path, package: str) -> bool:
    """Whether the table is a sibling's."""
    return not dotted(path).startswith(package)


def test_no_sql_names_a_table_of_a_higher_floor_or_of_a_sibling():
    assert upward_tables() == []


READS = {
    "filter", "exclude", "select_related", "prefetch_related", "values", "values_list", "only", "defer", "order_by",
    "annotate", "aggregate", "F", "Q", "OuterRef", "Exists", "Count", "Sum", "Max", "Min",
}  # fmt: skip


def upward_names() -> dict[str, int]:
    """Related names by which a model could reach a higher floor, and the lowest floor that they lead to."""
    names: dict[str, int] = {}
    for model in apps.get_models():
        here = floor_of(package_of(model))
        for relation in model._meta.related_objects if here is not None else []:
            there, name = floor_of(package_of(relation.related_model)), relation.get_accessor_name()
            if name and there is not None and here is not None and there > here:
                names[relation.name] = min(there, names.get(relation.name, there))
    return names


@pytest.mark.parametrize("path", sorted(modules()), ids=str)
def test_no_query_reads_a_higher_floor_by_a_related_name(path: Path):
    here, names = floor_of(dotted(path)), upward_names()
    if here is None:
        return
    found = []
    for node in ast.walk(ast.parse((PROJECT / path).read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in READS:
            asked = [keyword.arg for keyword in node.keywords if keyword.arg]
            asked += [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            parts = {part for one in asked for part in one.lstrip("-").split("__")}
            found += [(node.lineno, name) for name in parts if names.get(name, -1) > here]
    assert found == []


def test_the_docs_lead_newcomers_to_places_that_exist():
    text = (PROJECT / "docs/architecture.md").read_text()
    named = re.findall(r"`((?:customers|interactions|partnership)/[a-z_/]+(?:\.py)?)`", text)
    assert len(named) >= 12
    for place in named:
        assert (PROJECT / place).exists(), place
        assert place.removesuffix("/").count("/") <= 2, place


@pytest.mark.parametrize("path", sorted(modules()), ids=str)
def test_nothing_is_compared_with_false_by_value(path: Path):
    """0 is equal to False: `in (None, "", False)` drops the lowest tier, 0 hours and 0 %."""
    found = [
        node.lineno
        for node in ast.walk(ast.parse((PROJECT / path).read_text()))
        if isinstance(node, ast.Compare)
        for operator, against in zip(node.ops, node.comparators, strict=True)
        if isinstance(operator, ast.In | ast.NotIn | ast.Eq | ast.NotEq)
        for constant in getattr(against, "elts", [against])
        if isinstance(constant, ast.Constant) and constant.value is False
    ]
    assert found == []


def test_no_test_takes_utcs_day_for_the_firms():
    """Between 22:00 and 24:00 UTC it is tomorrow in Berlin, where the tests' firm is."""
    found = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in sorted((PROJECT / "tests").rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if NOT_THE_FIRMS_DAY.search(line) and path != Path(__file__)
    ]
    assert found == []
