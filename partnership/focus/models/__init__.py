from partnership.focus.models.focus_item import FocusItem, Refreshed, StaleFocus
from partnership.focus.models.recovery import Recovery

__all__ = ["FocusItem", "Recovery", "Refreshed", "StaleFocus"]
