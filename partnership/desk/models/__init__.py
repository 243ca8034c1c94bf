from partnership.desk.models.backup import BackupRun, BackupSchedule
from partnership.desk.models.draft import Draft
from partnership.desk.models.reminder import Reminder
from partnership.desk.models.retention import RetentionRules, RetentionRun
from partnership.desk.models.saved_reply import SavedReply
from partnership.desk.models.saved_view import SavedView
from partnership.desk.models.scheduled_mail import ScheduledMail
from partnership.desk.models.wall_post import WallPost

__all__ = [
    "BackupRun",
    "BackupSchedule",
    "Draft",
    "Reminder",
    "RetentionRules",
    "RetentionRun",
    "SavedReply",
    "SavedView",
    "ScheduledMail",
    "WallPost",
]
