"""Who changed what, from what to what: what the triggers of partnership.staff.history keep, told to people."""

from partnership.desk.history.events import Change, Event, customer_history, told
from partnership.desk.history.statement import Tracked
from partnership.desk.history.texts import Version, versions

__all__ = ["Change", "Event", "Tracked", "Version", "customer_history", "told", "versions"]
