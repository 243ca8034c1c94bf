"""Migrations are written without our code, which may change after them."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from customers.models import Customer
from partnership.staff.models import Firm

OURS = ("customers", "interactions", "partnership")
MIGRATIONS = [path for name in OURS for path in sorted(Path(name).glob("**/migrations/0*.py"))]


def test_every_migration_is_looked_at():
    apps_of_ours = {app.label for app in apps.get_app_configs() if app.name.split(".")[0] in OURS and app.models}
    assert {path.parent.parent.name for path in MIGRATIONS} == apps_of_ours


@pytest.mark.parametrize("path", MIGRATIONS, ids=str)
def test_a_migration_imports_nothing_of_ours(path):
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert [name for name in imported if name.split(".")[0] in OURS] == []


@pytest.mark.parametrize(
    ("model", "name", "plain"),
    [
        (Customer, "external_id", models.CharField),
        (Firm, "timezone", models.CharField),
        (Firm, "business_hours", models.JSONField),
    ],
)
def test_migrations_see_the_field_of_django(model, name, plain):
    field = model._meta.get_field(name)
    _, path, args, kwargs = field.deconstruct()
    assert (path, args) == (f"django.db.models.{plain.__name__}", [])
    assert not {"default", "validators"} & kwargs.keys()
    assert type(field.clone()) is type(field)


def test_the_firm_begins_in_office_hours_and_knows_its_time_zone():
    firm = Firm(name="Ours")
    assert (firm.timezone, firm.business_hours["4"], "5" in firm.business_hours) == ("UTC", [["09:00", "17:00"]], False)
    firm.clean_fields()
    firm.timezone, firm.business_hours = "Mars/Olympus", {"0": [["17:00", "09:00"]]}
    with pytest.raises(ValidationError) as refused:
        firm.clean_fields()
    assert refused.value.message_dict.keys() == {"timezone", "business_hours"}


def test_records_begin_with_an_id_of_their_own():
    first, second = Customer(), Customer()
    assert isinstance(first.external_id, str)
    assert first.external_id != second.external_id
