"""The dashboards in the order of their tabs."""

from django.utils.translation import gettext as _


def list_tabs() -> list[tuple[str, str]]:
    """Return every dashboard's name and title."""
    return [
        ("trends", _("Trends")), ("goals", _("Goals")), ("promises", _("Promises")), ("attention", _("Attention")),
        ("money", _("Money")), ("colleagues", _("Colleagues")), ("quadrant", _("Quadrant")),
        ("movers", _("Movers")), ("flow", _("Tier flow")), ("answers", _("Answers")),
        ("recoveries", _("Recoveries")), ("free", _("Free work")), ("network", _("Network")), ("grades", _("Grades")),
    ]  # fmt: skip
