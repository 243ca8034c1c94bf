"""Named reads of customers."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from customers.models import Customer  # noqa: F401 (named by the base class)
    from partnership.staff.models import User


class CustomerQuerySet(models.QuerySet["Customer"]):
    def unmerged(self) -> Self:
        """Leave out customers that were merged into another."""
        return self.filter(merged_into=None)

    def visible_to(self, user: "User") -> Self:
        """Leave out restricted customers of other owners, unless the user is a manager."""
        if user.is_manager:
            return self
        return self.visible_to_non_manager(user.pk)

    def visible_to_non_manager(self, owner: int) -> Self:
        """Leave out restricted customers of other owners."""
        return self.filter(Q(restricted=False) | Q(owner=owner))
