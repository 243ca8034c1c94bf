from partnership.staff.models.department import Department
from partnership.staff.models.firm import CURRENCY, Firm, TimedKind
from partnership.staff.models.goodwill_budget import GoodwillBudget
from partnership.staff.models.preferences import Preferences
from partnership.staff.models.user import ADMIN, MANAGER, ROLES, SUPPORT, RoleName, User

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
    "RoleName",
    "TimedKind",
    "User",
]
