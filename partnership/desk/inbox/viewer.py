"""What all parts of one request share."""

from datetime import date
from functools import cached_property

from django.utils import timezone

from customers.lookups import visible_customers
from partnership.core.requests import HtmxHttpRequest
from partnership.focus.lanes.scopes import Scope, scope_of
from partnership.focus.lanes.waiting_lane import Clock, clock_of
from partnership.staff.access import staff_member
from partnership.staff.models import Firm


class Viewer:
    """Who looks at whom, at what moment of the firm's clock."""

    def __init__(self, request: HtmxHttpRequest) -> None:
        self.request = request
        self.user, self.now, self.firm = staff_member(request), timezone.now(), Firm.current()
        self.visible = visible_customers(request)

    @cached_property
    def clock(self) -> Clock:
        return clock_of(self.now, firm=self.firm)

    @property
    def today(self) -> date:
        return self.firm.local_date(self.now)

    @cached_property
    def scope(self) -> Scope:
        """Whose work is shown on Focus."""
        return scope_of(self.user, self.request.GET.get("whose", ""))
