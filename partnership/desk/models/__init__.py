from partnership.desk.models.draft import Draft
from partnership.desk.models.saved_view import SavedView
from partnership.desk.models.wall_post import WallPost
from partnership.notifications.models import Notification
from partnership.staff.models.people.preferences import Preferences

__all__ = ["Draft", "Notification", "Preferences", "SavedView", "WallPost"]
