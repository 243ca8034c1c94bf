import pytest

from customers.models import CustomField


@pytest.fixture
def fields(db):
    """A choice, a number with a unit, a day, a yes or no, texts and a link."""
    defined = [
        (
            "plan",
            "Plan",
            "choice",
            {"options": [{"value": "gold", "label": "Gold"}, {"value": "basic", "label": "Basic"}]},
        ),
        ("seats", "Seats", "number", {"unit": "seats"}),
        ("signed_on", "Signed on", "date", {}),
        ("newsletter", "Newsletter", "yes_no", {}),
        (
            "interests",
            "Interests",
            "choices",
            {"options": [{"value": "law", "label": "Law"}, {"value": "tax", "label": "Tax"}]},
        ),
        ("motto", "Motto", "text", {}),
        ("site", "Site", "link", {}),
        ("story", "Story", "long_text", {}),
    ]
    return {
        key: CustomField.objects.create(key=key, label=label, type=type_, position=number, **given)
        for number, (key, label, type_, given) in enumerate(defined)
    }


@pytest.fixture
def name(fields):
    """name(key) → what the field is called in forms and in the list's query string."""
    return lambda key: f"custom-{fields[key].pk}"
