"""Querysets compiled to SQL once per process, and planned by PostgreSQL once per connection.

For the customer's page and its timeline alone: each of their reads takes longer to compile and to plan than to run.
Rests on internals of Django's SQLCompiler and QuerySet; tested with Django 5.2. With COMPILED_QUERIES=0 in the
environment every call builds its queryset anew.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, sql
from django.db.models.sql.compiler import SQLCompiler
from psycopg import Cursor
from psycopg.sql import quote
from psycopg.types.numeric import Int8

Row = TypeVar("Row")
Item = TypeVar("Item")

# Values that no row has, by type: they mark where a call's values go.
_PLACEHOLDERS: dict[type, Callable[[int], object]] = {
    int: lambda number: -(10**15) - number,
    date: lambda number: date.min.replace(day=2 + number),
    datetime: lambda number: datetime(1, 2, 2 + number, tzinfo=UTC),
    str: lambda number: f"\ue000{number}\ue001",
}

_PARAMETER = re.compile("%[%s]")


class CompiledQuery(Generic[Row]):
    """A queryset as a function of its values, which returns a list.

    `build(**values)` returns the queryset; how it is built must not depend on them. `types`: int, date, datetime or str
    for each value.
    """

    plan_per_connection = True

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], /, **types: type) -> None:
        self.build = build
        self.placeholders = {name: _PLACEHOLDERS[of](number) for number, (name, of) in enumerate(types.items())}

    def __call__(self, **values: object) -> list[Row]:
        if not settings.COMPILED_QUERIES:
            return list(self.build(**values))
        queryset, compiled, statement, names = self._compiled
        parameters = tuple(_as_parameter(values[name]) for name in names)
        compiler = _StatementCompiler(compiled, statement, parameters, plan_per_connection=self.plan_per_connection)
        read: QuerySet[Any, Row] = QuerySet(queryset.model, query=cast("sql.Query", _CompiledSQLQuery(compiler)))
        vars(read)["_fields"] = vars(queryset)["_fields"]
        rows: Iterable[Row] = vars(queryset)["_iterable_class"](read)
        return list(rows)

    @cached_property
    def _compiled(self) -> tuple[QuerySet[Any, Row], SQLCompiler, str, list[str]]:
        """The SQL with all constants written into it, and the names of the values that are left as parameters."""
        queryset = self.build(**self.placeholders)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        statement, parameters = compiler.as_sql()
        name_of = {placeholder: name for name, placeholder in self.placeholders.items()}
        names: list[str] = []
        remaining = iter(parameters)

        def replace(found: re.Match[str]) -> str:
            if found[0] == "%%":
                return "%%"
            value = next(remaining)
            if isinstance(value, int | date | str) and value in name_of:
                names.append(name_of[value])
                return "%s"
            return _literal(value)

        return queryset, compiler, _PARAMETER.sub(replace, statement), names


class ReplannedQuery(CompiledQuery[Row]):
    """A compiled query whose best plan depends on the values."""

    plan_per_connection = False


class _StatementCompiler(SQLCompiler):
    """The compiler of a query whose SQL is known."""

    def __init__(
        self, compiled: SQLCompiler, statement: str, parameters: tuple[Any, ...], *, plan_per_connection: bool
    ) -> None:
        vars(self).update(vars(compiled))
        self.connection = connections[DEFAULT_DB_ALIAS]  # this thread's
        self.statement, self.plan_per_connection = (statement, parameters), plan_per_connection

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[Any, ...]]:
        return self.statement

    def execute_sql(self, *args: Any, **more: Any) -> Any:
        """Return the rows, in one batch. PostgreSQL keeps a plan only of what it binds itself: psycopg's own cursor."""
        if not self.plan_per_connection:
            return super().execute_sql(*args, **more)
        with self.connection.cursor() as cursor:
            cursor.cursor = Cursor(self.connection.connection)
            cursor.execute(*self.statement)
            rows = cursor.fetchall()
        return [[row[: self.col_count] for row in rows] if self.has_extra_select else rows]


class _CompiledSQLQuery:
    """What the iterables of Django's querysets ask of a query."""

    def __init__(self, compiler: _StatementCompiler) -> None:
        self.compiler = compiler

    def get_compiler(self, *_args: object, **_more: object) -> _StatementCompiler:
        return self.compiler

    def __getattr__(self, name: str) -> object:
        return getattr(self.compiler.query, name)


def _literal(value: object) -> str:
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    return quote(value, connection.connection).replace("%", "%%")


def _as_parameter(value: object) -> object:
    """Give integers one width: PostgreSQL keeps a plan for each."""
    return Int8(value) if isinstance(value, int) else value
