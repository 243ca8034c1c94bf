"""Deletions of entries, which can be undone."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.models.kinds import Kind
from partnership.core.fields import name_fields
from partnership.staff.external_ids import EXTERNAL_ID_MAX_LENGTH
from partnership.staff.models import User


class Deletion(models.Model):
    """The trace of a deleted entry. Imports do not restore an entry whose deletion was not undone."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="deletions")
    interaction_id = models.BigIntegerField()
    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=EXTERNAL_ID_MAX_LENGTH)
    occurred_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    deleted_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    # What the history tables leave out of it and its files: see interactions.actions.deletions.
    kept = models.JSONField(default=dict, editable=False, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("deletion")
        verbose_name_plural = _("deletions")
        ordering = ["-occurred_at", "-interaction_id"]
        indexes = [
            models.Index(
                fields=["customer", "-occurred_at"],
                condition=models.Q(undone_at__isnull=True),
                name="deletions_of_customer",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=models.Q(undone_at__isnull=True),
                name="interactions_deletion_stands_once",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="interactions_deletion_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"


name_fields(
    Deletion,
    deleted_at=_("deleted on"),
    kind=_("kind"),
    external_id=_("external id"),
    interaction_id=_("number of the entry"),
    occurred_at=_("when it happened"),
    source=_("source"),
    undone_at=_("undone on"),
    undone_by=_("undone by"),
)
