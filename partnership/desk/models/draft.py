"""A text that a user is writing, saved while they write."""

from typing import Any

from django.db import models

from customers.models import Customer
from partnership.staff.models import User


class Draft(models.Model):
    """One text a user, customer and tab. `fields`: the inputs of the composer's form on that tab, as text."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="drafts")
    tab = models.CharField(max_length=20)
    fields: Any = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "customer", "tab"], name="desk_draft_one_for_each")]

    def __str__(self) -> str:
        return f"{self.user}, {self.customer}: {self.tab}"
