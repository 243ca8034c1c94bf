"""Queries that Django compiles to SQL once, and PostgreSQL plans once a connection.

On a page of many small queries, compiling and planning take longer than answering.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, sql
from django.db.models.sql.compiler import SQLCompiler
from psycopg import Cursor
from psycopg.sql import quote
from psycopg.types.numeric import Int8

V = TypeVar("V")

# Values that no row has, by type: each marks the place of a parameter in the compiled SQL.
_MARK: dict[type, Callable[[int], object]] = {
    int: lambda number: -(10**15) - number,
    date: lambda number: date.min.replace(day=2 + number),
    datetime: lambda number: datetime(1, 2, 2 + number, tzinfo=UTC),
    str: lambda number: f"\ue000{number}\ue001",
}

_PLACEHOLDER = re.compile("%[%s]")


class _Compiled(SQLCompiler):
    """A compiler whose SQL and parameters are given."""

    def __init__(
        self, compiler: SQLCompiler, sql: str, parameters: tuple[object, ...], *, is_planned_once: bool
    ) -> None:
        self.__dict__.update(vars(compiler))
        self.connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        self.compiled, self.is_planned_once = (sql, parameters), is_planned_once

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[object, ...]]:
        return self.compiled

    def execute_sql(self, *args: Any, **options: Any) -> Any:
        """Fetch the rows as one batch, with a cursor whose parameters the server binds: it keeps the plan."""
        if not self.is_planned_once:
            return super().execute_sql(*args, **options)
        with self.connection.cursor() as cursor:
            cursor.cursor = Cursor(self.connection.connection)
            cursor.execute(*self.compiled)
            rows = cursor.fetchall()
        return [[row[: self.col_count] for row in rows] if self.has_extra_select else rows]


class _Query:
    """The part of django.db.models.sql.Query that the iterables of a queryset use."""

    def __init__(self, compiler: _Compiled) -> None:
        self.compiler = compiler

    def get_compiler(self, *args: object, **options: object) -> _Compiled:
        return self.compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self.compiler.query, name)


class CompiledQuery:
    """Call it with values to get, as a list, what the queryset that `build` returns for them would give.

    `types` are the types of these values: int, date, datetime or str. None may decide how the queryset is built.
    """

    is_planned_once = True

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type) -> None:
        self.build, self.marks = build, {name: _MARK[of](n) for n, (name, of) in enumerate(types.items())}

    def __call__(self, **values: object) -> list[Any]:
        if not settings.COMPILED_QUERIES:
            return list(self.build(**values))
        queryset, compiler, statement, names = self._compiled
        parameters = tuple(_bind(values[name]) for name in names)
        compiled = _Compiled(compiler, statement, parameters, is_planned_once=self.is_planned_once)
        read: Any = QuerySet(queryset.model, query=cast("sql.Query", _Query(compiled)))
        read._fields = queryset._fields
        return list(queryset._iterable_class(read))

    @cached_property
    def _compiled(self) -> tuple[Any, SQLCompiler, str, list[str]]:
        """The queryset, its compiler, the SQL with what never changes put in, and the names of its parameters."""
        queryset = self.build(**self.marks)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        statement, parameters = compiler.as_sql()
        name_of, names, rest = {mark: name for name, mark in self.marks.items()}, [], iter(parameters)

        def fill_in(placeholder: re.Match[str]) -> str:
            if placeholder[0] == "%%":
                return "%%"
            value = next(rest)
            if isinstance(value, int | date | str) and value in name_of:
                names.append(name_of[value])
                return "%s"
            return _literal(value)

        return queryset, compiler, _PLACEHOLDER.sub(fill_in, statement), names


class ReplannedQuery(CompiledQuery):
    """A query whose best plan depends on the values."""

    is_planned_once = False


def number_params(values: Iterable[V]) -> dict[str, V]:
    """Return the values with names: a query of so many keys is one statement."""
    return {f"pk{number}": value for number, value in enumerate(values)}


def _literal(value: object) -> str:
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    return quote(value, connection.connection).replace("%", "%%")


def _bind(value: object) -> object:
    """Send all integers as bigint: PostgreSQL keeps a plan for each width."""
    return Int8(value) if isinstance(value, int) else value
