"""Named reads of customers."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from customers.names import sort_key

if TYPE_CHECKING:
    from partnership.staff.models import User


class CustomerQuerySet(models.QuerySet):
    def standing(self) -> Self:
        """Without those that were merged into another."""
        return self.filter(merged_into=None)

    def visible_to(self, user: "User") -> Self:
        """Restricted customers are seen by their owner and managers alone."""
        if user.is_manager:
            return self
        return self.seen_by(user.pk)

    def seen_by(self, owner: int) -> Self:
        """By whoever is no manager."""
        return self.filter(Q(restricted=False) | Q(owner=owner))

    def matching(self, words: str) -> Self:
        """Every word occurs in the name, in a tag or in a contact point."""
        from customers.models import ContactPoint  # the model module imports this one

        found = self
        for word in sort_key(words).split():
            contact = ContactPoint.objects.filter(customer=OuterRef("pk"), normalised__contains=word)
            found = found.filter(Q(sort_key__contains=word) | Q(tags__contains=[word]) | Exists(contact))
        return found
