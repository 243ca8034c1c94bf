from partnership.staff.models.audit_record import AuditRecord
from partnership.staff.models.department import Department
from partnership.staff.models.firm import CURRENCY, Firm, TimedKind
from partnership.staff.models.goodwill_budget import GoodwillBudget
from partnership.staff.models.invitation import INVITATION_DAYS, Invitation
from partnership.staff.models.mail_settings import MailSettings
from partnership.staff.models.owed_mail import OwedMail
from partnership.staff.models.preferences import Preferences
from partnership.staff.models.user import ADMIN, MANAGER, ROLE_NAMES, ROLES, SUPPORT, User

__all__ = [
    "ADMIN",
    "CURRENCY",
    "INVITATION_DAYS",
    "MANAGER",
    "ROLES",
    "ROLE_NAMES",
    "SUPPORT",
    "AuditRecord",
    "Department",
    "Firm",
    "GoodwillBudget",
    "Invitation",
    "MailSettings",
    "OwedMail",
    "Preferences",
    "TimedKind",
    "User",
]
