"""Who changed what, from what to what: what the triggers of partnership.staff.audit keep, told to people."""

from interactions.change_history.events import Change, Event, told
from interactions.change_history.latest import LastChange, last_changes
from interactions.change_history.statement import Tracked
from interactions.change_history.versions import Version, versions

__all__ = [
    "Change",
    "Event",
    "LastChange",
    "Tracked",
    "Version",
    "last_changes",
    "told",
    "versions",
]
