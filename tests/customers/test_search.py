"""What is typed or pasted finds what is stored, in whatever notation and script either is written."""

import importlib

import pytest
from django.apps import apps
from django.db import connection

from customers.models import Customer
from customers.names import sort_key
from customers.search import find_customers, find_similar_names, suggest_customers
from tests.factories import ContactPointFactory, CustomerFactory

pytestmark = pytest.mark.django_db


def found(words):
    return [Customer.objects.get(pk=pk).name for pk in find_customers(Customer.objects.all(), words, tags=(), limit=10)]


@pytest.mark.parametrize(
    "typed",
    [
        "+49 30 1234567", "+49 (0)30 123-45-67", "0049 30 1234567", "030 1234567", "(030) 12 34 567", "030/1234567",
        "49301234567", "tel:+49-30-1234567", "\u202a+49 30 1234567\u202c", "+49\u00a030\u00a01234567", "1234567",
        "030–1234567", "+49 30 1234567 ext. 12", "Ada 030 1234567", "030 12345",
    ],
)  # fmt: skip
@pytest.mark.parametrize("stored", ["+49 30 1234567", "030 1234567"])
def test_a_phone_number_in_any_notation(typed, stored):
    ContactPointFactory(customer=CustomerFactory(name="Ada Okafor"), kind="phone", value=stored)
    ContactPointFactory(customer=CustomerFactory(name="Ben Chu"), kind="phone", value="+49 30 7654321")
    if typed == "49301234567" and stored == "030 1234567":
        typed = f"+{typed}"  # without a sign of its country it is another number
    assert found(typed) == ["Ada Okafor"]


@pytest.mark.parametrize("typed", ["00000", "+", "((((((", "0 0 0 0 0 0", "+49", "12-34"])
def test_what_is_no_phone_number_finds_no_phone(typed):
    ContactPointFactory(customer=CustomerFactory(name="Ada Okafor"), kind="phone", value="+351 912 345 678")
    assert found(typed) == []


def test_a_phone_number_is_also_searched_in_names_and_ids():
    CustomerFactory(name="Cohort 2024 11")
    ContactPointFactory(customer=CustomerFactory(name="Ben Chu"), kind="external_id", value="ORD-2024-12345")
    assert found("2024 11") == ["Cohort 2024 11"]
    assert found("2024-12345") == found("ORD-2024-12345") == ["Ben Chu"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Олександр Шевченко", "oleksandr shev"), ("Oleksandr Shevchenko", "олександр"), ("Ольга", "olga"),
        ("Łukasz Żółć", "lukasz zolc"), ("Αλέξανδρος", "alexandr"), ("王小明", "wang xiao"), ("王小明", "王"),
        ("Inês Duarte", "ines"), ("Anne O’Brien", "o'brien"), ("Weiß", "weiss"),
    ],
)  # fmt: skip
def test_names_in_other_scripts(name, typed):
    CustomerFactory(name="Ben Chu")
    CustomerFactory(name=name)
    assert found(typed) == [name]


def test_an_address_with_letters_of_its_own():
    ContactPointFactory(customer=CustomerFactory(name="Ada"), value="ada@müller.example")
    assert found("ada@müller.example") == found("müller") == ["Ada"]


def test_similar_names_are_apart():
    for name in ("Ines Duarte", "Inez Duarte"):
        CustomerFactory(name=name)
    everybody = Customer.objects.all()
    exact = find_customers(everybody, "ines duarte", tags=(), limit=10)
    assert [Customer.objects.get(pk=pk).name for pk in exact] == ["Ines Duarte"]
    similar = find_similar_names(everybody, "ines duarte", found=exact)
    assert [Customer.objects.get(pk=pk).name for pk in similar] == ["Inez Duarte"]
    assert [one.name for one in suggest_customers(everybody, "ines duarte", limit=5)] == ["Ines Duarte", "Inez Duarte"]
    assert find_similar_names(everybody, "030 1234567", found=[]) == []


def test_names_stored_before_are_found_and_nobody_edited_them():
    olga = CustomerFactory(name="Ольга")
    Customer.objects.filter(pk=olga.pk).update(sort_key="ольга")
    edits = olga.events.count()
    migration = importlib.import_module("customers.migrations.0002_transliterated_sort_keys")
    connection.check_constraints()  # what the rows above still owe
    with connection.schema_editor() as editor:
        migration.transliterate(apps, editor)
    olga.refresh_from_db()
    assert olga.sort_key == sort_key("Ольга") == "olga"
    assert olga.events.count() == edits
