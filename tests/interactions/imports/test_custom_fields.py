"""Attributes from elsewhere: as their fields have them; what does not fit costs the field, not the person."""

from pathlib import Path
from typing import Any

import pytest

from customers.models import Customer, CustomField
from interactions.imports.history import Summary
from tests.interactions.imports.test_jsonl import ADA, imported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _fields(db: None) -> None:
    options = [{"value": "gold", "label": "Premium"}, {"value": "basic", "label": "Basic"}]
    for key, type_ in (("plan", "choice"), ("seats", "number"), ("signed_on", "date"), ("newsletter", "yes_no")):
        CustomField.objects.create(key=key, label=key, type=type_, options=options if type_ == "choice" else [])


@pytest.fixture
def bring(tmp_path: Path):
    """bring(attributes) → what Ada has after these came from the source."""

    def give(attributes: dict[str, Any]) -> tuple[Summary, dict[str, Any]]:
        summary = imported(tmp_path, {**ADA, "attributes": attributes})
        return summary, Customer.objects.get(name=ADA["name"]).attributes

    return give


def test_what_fits_is_kept_as_its_field_has_it(bring) -> None:
    given = {"plan": "Premium", "seats": "12", "signed_on": "2026-03-31", "newsletter": "yes", "other": [1]}
    _summary, held = bring(given)
    assert held == {"plan": "gold", "seats": 12, "signed_on": "2026-03-31", "newsletter": True, "other": [1]}


def test_what_does_not_fit_costs_the_field_and_not_the_person(bring) -> None:
    summary, held = bring({"plan": "silver", "seats": "many", "signed_on": "", "newsletter": None, "other": "x"})
    assert not summary.refused
    assert held == {"other": "x"}


def test_what_staff_filled_in_stays_when_the_source_changes_another(bring) -> None:
    bring({"plan": "gold", "seats": 3})
    ada = Customer.objects.get()
    ada.attributes = {**ada.attributes, "plan": "basic", "newsletter": True}
    ada.save()
    _summary, held = bring({"plan": "gold", "seats": 4, "signed_on": "2026-01-01"})
    assert held == {"plan": "basic", "seats": 4, "newsletter": True, "signed_on": "2026-01-01"}
    _summary, held = bring({"plan": "gold"})
    assert held == {"plan": "basic", "newsletter": True}


def test_a_long_record_takes_no_field_of_staff_away(bring) -> None:
    """Of a long record only a digest is kept: which of its keys changed is not known."""
    bring({"story": "x" * 2000, "seats": 3})
    ada = Customer.objects.get()
    ada.attributes = {**ada.attributes, "newsletter": True}
    ada.save()
    _summary, held = bring({"story": "y" * 2000})
    assert held == {"story": "y" * 2000, "seats": 3, "newsletter": True}
