from partnership.focus.models import FocusItem, Refreshed, StaleFocus
from partnership.recoveries.models import Recovery

__all__ = ["FocusItem", "Recovery", "Refreshed", "StaleFocus"]
