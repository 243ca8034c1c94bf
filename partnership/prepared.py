"""Reads whose SQL is put together once: for a page's reads Django takes longer over that than PostgreSQL to answer."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, sql
from django.db.models.sql.compiler import SQLCompiler

STANDS_FOR: dict[type, Callable[[int], Any]] = {
    int: lambda number: -(10**15) - number,
    date: lambda number: date.min.replace(day=2 + number),
    datetime: lambda number: datetime(1, 2, 2 + number, tzinfo=UTC),
    str: lambda number: f"\ue000{number}\ue001",
}
"""Values that no row has, by their type: they mark the places of those that are asked for."""


class Written(SQLCompiler):
    """The compiler of a query whose SQL is there."""

    def __init__(self, compiled: SQLCompiler, written: str, parameters: tuple[Any, ...]) -> None:
        self.__dict__.update(vars(compiled))
        self.connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        self.written = written, parameters

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[Any, ...]]:
        return self.written


class Prepared:
    """`build(**values)` gives a queryset; `types` are those of its values (int, date, datetime), none of which may
    decide how it is built. Called with values: what that queryset would give, as a list."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type) -> None:
        self.build, self.marks = build, {name: STANDS_FOR[of](n) for n, (name, of) in enumerate(types.items())}

    def __call__(self, **values: Any) -> list[Any]:
        queryset, compiled, written, parameters = self.written
        bound = tuple(values[name] if name else value for name, value in parameters)
        read: Any = QuerySet(queryset.model, query=cast("sql.Query", Query(Written(compiled, written, bound))))
        read._fields = queryset._fields
        return list(queryset._iterable_class(read))

    @cached_property
    def written(self) -> tuple[Any, SQLCompiler, str, list[tuple[str, Any]]]:
        """Each parameter with the name of the value that it stands for, or none."""
        queryset = self.build(**self.marks)
        compiled = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        written, parameters = compiled.as_sql()
        names = {mark: name for name, mark in self.marks.items()}
        return queryset, compiled, written, [(name_of(value, names), value) for value in parameters]


def name_of(value: Any, names: dict[Any, str]) -> str:
    return names.get(value, "") if isinstance(value, int | date | str) else ""


class Query:
    """What the iterables of Django's querysets ask of a query."""

    def __init__(self, compiler: Written) -> None:
        self.compiler = compiler

    def get_compiler(self, *args: Any, **more: Any) -> Written:
        return self.compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self.compiler.query, name)
