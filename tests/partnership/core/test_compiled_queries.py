"""Querysets compiled once, and the plain fallback."""

from datetime import date, timedelta

import pytest
from django.db import connection

from customers.models import ContactPoint, Customer
from customers.querysets import CustomerQuerySet
from partnership.core.compiled_queries import CompiledQuery, ReplannedQuery
from tests.factories import ContactPointFactory, CustomerFactory

pytestmark = pytest.mark.django_db


def test_each_call_reads_with_its_own_values(django_assert_num_queries):
    built = []

    def since(pk: int, day: date) -> object:
        built.append(pk)
        return Customer.objects.filter(pk=pk, since__gte=day)

    read, today = CompiledQuery(since, pk=int, day=date), date(2026, 3, 1)
    one, other = CustomerFactory(since=today), CustomerFactory(since=today)
    with django_assert_num_queries(3):
        assert read(pk=one.pk, day=today) == [one]
        assert read(pk=other.pk, day=today) == [other]
        assert read(pk=one.pk, day=today + timedelta(days=1)) == []
    assert len(built) == 1


def test_what_belongs_to_a_row_comes_with_it(django_assert_num_queries):
    read = CompiledQuery(lambda pk: ContactPoint.objects.filter(pk=pk).select_related("customer"), pk=int)
    point = ContactPointFactory()
    with django_assert_num_queries(1):
        (found,) = read(pk=point.pk)
        assert found.customer.name == point.customer.name


def test_rows_have_the_shape_that_the_queryset_asks_for():
    def named(pk: int) -> CustomerQuerySet:
        return Customer.objects.filter(pk=pk).values_list("name", "pk", named=True)

    ada = CustomerFactory(name="Ada")
    (row,) = CompiledQuery(named, pk=int)(pk=ada.pk)
    assert (row.name, row.pk) == ("Ada", ada.pk)


def test_the_sql_stays_the_same():
    read, sqls = CompiledQuery(lambda pk: Customer.objects.filter(pk=pk), pk=int), set()
    customers = CustomerFactory.create_batch(2)
    with connection.execute_wrapper(lambda execute, sql, *rest: (sqls.add(sql), execute(sql, *rest))[1]):
        assert [read(pk=one.pk) for one in customers] == [[one] for one in customers]
    assert len(sqls) == 1


def prepared_statements() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {statement for (statement,) in cursor.fetchall()}


def test_the_plan_is_kept_unless_it_depends_on_the_values():
    ada = CustomerFactory(name="100% Ada")
    by_key = CompiledQuery(lambda pk: Customer.objects.filter(pk=pk, name__contains="100%"), pk=int)
    by_words = ReplannedQuery(lambda name: Customer.objects.filter(name=name), name=str)
    before = prepared_statements()
    for _ in range(5):
        assert by_key(pk=ada.pk) == by_words(name=ada.name) == [ada]
    assert len(prepared_statements() - before) == 1


def test_every_call_builds_its_queryset_when_compiling_is_off(settings):
    settings.COMPILED_QUERIES = False
    built = []

    def by_key(pk: int) -> CustomerQuerySet:
        built.append(pk)
        return Customer.objects.filter(pk=pk)

    read, ada = CompiledQuery(by_key, pk=int), CustomerFactory()
    assert read(pk=ada.pk) == read(pk=ada.pk) == [ada]
    assert built == [ada.pk, ada.pk]
