"""Reads whose SQL is put together once, and planned once a connection: for a page's reads Django takes longer over the
one, and PostgreSQL over the other, than it takes to answer."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, sql
from django.db.models.sql.compiler import SQLCompiler
from psycopg import Cursor
from psycopg.sql import quote
from psycopg.types.numeric import Int8

V = TypeVar("V")

STANDS_FOR: dict[type, Callable[[int], Any]] = {
    int: lambda number: -(10**15) - number,
    date: lambda number: date.min.replace(day=2 + number),
    datetime: lambda number: datetime(1, 2, 2 + number, tzinfo=UTC),
    str: lambda number: f"\ue000{number}\ue001",
}
"""Values that no row has, by their type: they mark the places of those that are asked for."""


PARAMETER = re.compile("%[%s]")


class Written(SQLCompiler):
    """The compiler of a query whose SQL is there."""

    def __init__(self, compiled: SQLCompiler, written: str, values: tuple[Any, ...], *, is_planned_once: bool) -> None:
        self.__dict__.update(vars(compiled))
        self.connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        self.written, self.is_planned_once = (written, values), is_planned_once

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[Any, ...]]:
        return self.written

    def execute_sql(self, *args: Any, **more: Any) -> Any:
        """The rows, in one batch. PostgreSQL keeps the plan of what it puts the values into itself."""
        if not self.is_planned_once:
            return super().execute_sql(*args, **more)
        with self.connection.cursor() as cursor:
            cursor.cursor = Cursor(self.connection.connection)
            cursor.execute(*self.written)
            rows = cursor.fetchall()
        return [[row[: self.col_count] for row in rows] if self.has_extra_select else rows]


class Prepared:
    """`build(**values)` gives a queryset; `types` are those of its values (int, date, datetime, str), none of which may
    decide how it is built. Called with values: what that queryset would give, as a list."""

    is_planned_once = True

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type) -> None:
        self.build, self.marks = build, {name: STANDS_FOR[of](n) for n, (name, of) in enumerate(types.items())}

    def __call__(self, **values: Any) -> list[Any]:
        queryset, compiled, written, names = self.written
        bound = tuple(as_bound(values[name]) for name in names)
        compiler = Written(compiled, written, bound, is_planned_once=self.is_planned_once)
        read: Any = QuerySet(queryset.model, query=cast("sql.Query", Query(compiler)))
        read._fields = queryset._fields
        return list(queryset._iterable_class(read))

    @cached_property
    def written(self) -> tuple[Any, SQLCompiler, str, list[str]]:
        """The SQL with what never changes in its place, and the names of the values for the rest."""
        queryset = self.build(**self.marks)
        compiled = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        written, parameters = compiled.as_sql()
        places, names, rest = {mark: name for name, mark in self.marks.items()}, [], iter(parameters)

        def put_in(place: re.Match[str]) -> str:
            if place[0] == "%%":
                return "%%"
            value = next(rest)
            if isinstance(value, int | date | str) and value in places:
                names.append(places[value])
                return "%s"
            return literal(value)

        return queryset, compiled, PARAMETER.sub(put_in, written), names


class PlannedAnew(Prepared):
    """The same, where how it is best read depends on the values."""

    is_planned_once = False


def numbered(values: Iterable[V]) -> dict[str, V]:
    """Names for a list: a read of so many keys is one statement."""
    return {f"pk{number}": value for number, value in enumerate(values)}


def literal(value: Any) -> str:
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    return quote(value, connection.connection).replace("%", "%%")


def as_bound(value: Any) -> Any:
    """Numbers of one width: a plan is kept for each."""
    return Int8(value) if isinstance(value, int) else value


class Query:
    """What the iterables of Django's querysets ask of a query."""

    def __init__(self, compiler: Written) -> None:
        self.compiler = compiler

    def get_compiler(self, *args: Any, **more: Any) -> Written:
        return self.compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self.compiler.query, name)
