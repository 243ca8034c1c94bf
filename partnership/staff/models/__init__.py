from partnership.staff.models.people import (
    ADMIN,
    CURRENCY,
    MANAGER,
    ROLES,
    SUPPORT,
    Department,
    Firm,
    GoodwillBudget,
    User,
)
from partnership.staff.models.preferences import Preferences

__all__ = [
    "ADMIN",
    "CURRENCY",
    "MANAGER",
    "ROLES",
    "SUPPORT",
    "Department",
    "Firm",
    "GoodwillBudget",
    "Preferences",
    "User",
]
