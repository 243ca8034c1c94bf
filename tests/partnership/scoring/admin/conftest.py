from collections.abc import Iterable
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from partnership.scoring.models import RuleSet
from partnership.scoring.models.drafts import CONSTANTS
from partnership.scoring.rules.activation import copy_rule_set
from partnership.staff.models import Firm, User
from tests.factories import UserFactory
from tests.partnership.conftest import signed_in


@pytest.fixture
def ada(firm: Firm) -> User:
    return UserFactory(name="Ada Okafor", role="admin", is_staff=True)


@pytest.fixture
def admin(ada: User) -> Client:
    """An administrator who is no superuser."""
    return signed_in(ada)


@pytest.fixture
def standard(db: None) -> RuleSet:
    return RuleSet.objects.active()


@pytest.fixture
def draft(standard: RuleSet, ada: User) -> RuleSet:
    return copy_rule_set(rule_set=standard, name="Spring", by=ada)


def address(rule_set: RuleSet, name: str = "change") -> str:
    return reverse(f"admin:scoring_ruleset_{name}", args=[rule_set.pk])


def typed(row: Any) -> dict[str, Any]:
    """Return a row's fields as its form sends them."""
    fields = model_to_dict(row)
    if "tags" in fields:
        fields["tags"] = ",".join(fields["tags"])
    return {name: "" if value is None else value for name, value in fields.items() if value is not False}


def page_of(rule_set: RuleSet, *, new_rules: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return the data of a draft's unchanged page, plus new rules."""
    rules, tiers, added = list(rule_set.rules.all()), list(rule_set.tiers.all()), list(new_rules)
    sent: dict[str, Any] = {name: getattr(rule_set, name) for name in ("name", "description", "why", *CONSTANTS)}
    for prefix, rows, more in (("rules", rules, added), ("tiers", tiers, [])):
        sent |= {f"{prefix}-TOTAL_FORMS": len(rows) + len(more), f"{prefix}-INITIAL_FORMS": len(rows)}
        for number, fields in enumerate([*map(typed, rows), *more]):
            sent |= {f"{prefix}-{number}-{name}": value for name, value in fields.items()}
    return sent


def place_of(rule_set: RuleSet, name: str) -> str:
    """The prefix of the rule or tier of that name on its set's page."""
    for prefix, rows in (("rules", rule_set.rules.all()), ("tiers", rule_set.tiers.all())):
        for number, row in enumerate(rows):
            if row.name == name:
                return f"{prefix}-{number}"
    raise AssertionError(name)


def a_rule(**fields: Any) -> dict[str, Any]:
    given = {"name": "New", "sum": "effort", "kinds": ["goal_set"], "points": 1, "per": "event", "half_life": 14}
    return {"position": 50, **given, **fields}


def errors_of(page: Any) -> dict[str, list[str]]:
    """Return errors by prefixed field name, or by the formset's prefix or an empty name where there is no field."""
    found = {name: list(texts) for name, texts in page.context["adminform"].form.errors.items()}
    for inline in page.context["inline_admin_formsets"]:
        formset = inline.formset
        for form in formset.forms:
            found |= {f"{form.prefix}-{name}": list(texts) for name, texts in form.errors.items()}
        if formset.non_form_errors():
            found[formset.prefix] = list(formset.non_form_errors())
    return found
