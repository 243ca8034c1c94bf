"""Who changed what, from what to what: what the triggers of partnership.staff.history keep, told to people."""

from partnership.desk.history.events import Change, Event, customer_history, told
from partnership.desk.history.latest import LastChange, last_changes
from partnership.desk.history.statement import Tracked
from partnership.desk.history.texts import Version, versions

__all__ = [
    "Change",
    "Event",
    "LastChange",
    "Tracked",
    "Version",
    "customer_history",
    "last_changes",
    "told",
    "versions",
]
