"""Who changed what: the audit's events (partnership.staff.audit) as text."""

from interactions.change_history.events import Change, Event, describe_events
from interactions.change_history.latest import LastChange, last_changes
from interactions.change_history.statement import AuditedModel
from interactions.change_history.versions import Version, versions

__all__ = [
    "AuditedModel",
    "Change",
    "Event",
    "LastChange",
    "Version",
    "describe_events",
    "last_changes",
    "versions",
]
