"""Promises made by us or by the customer."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.goal import Goal
from partnership.staff.audit import audited
from partnership.staff.external_ids import ExternallyIdentified
from partnership.staff.models import User

# A condition on a row of customers_commitment, as of %(day)s.
OWED_SQL = "(status = 'missed' OR status = 'open' AND due_on < %(day)s)"


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def overdue(self, today: date) -> "CommitmentQuerySet":
        """Keep open promises that were due before today."""
        return self.filter(status=Commitment.Status.OPEN, due_on__lt=today)

    def owed(self, today: date) -> "CommitmentQuerySet":
        """Keep promises that are past their date and neither kept nor released, as `OWED_SQL` and `is_owed` do."""
        return self.filter(Q(status=Commitment.Status.MISSED) | Q(status=Commitment.Status.OPEN, due_on__lt=today))

    def outstanding(self) -> "CommitmentQuerySet":
        """Keep open promises, and missed ones that can still be kept late."""
        return self.filter(status__in=[Commitment.Status.OPEN, Commitment.Status.MISSED])


@audited(additions=True)
class Commitment(ExternallyIdentified):
    class Party(models.TextChoices):
        US = "us", _("us")
        THEM = "them", _("them")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        KEPT = "kept", _("kept")
        MISSED = "missed", _("missed")
        RELEASED = "released", _("released")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="commitments")
    party = models.CharField(_("promised by"), max_length=4, choices=Party)
    what = models.CharField(_("what"), max_length=500)
    made_at = models.DateTimeField(_("made"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    goal = models.ForeignKey(
        Goal, verbose_name=_("goal"), null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    owner = models.ForeignKey(
        User, verbose_name=_("owner"), null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta(ExternallyIdentified.Meta):
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(status="open"), name="customers_commitments_due"),
            # Which promises of a side ended how, the newest first.
            models.Index(fields=["party", "status", "-closed_at", "-id"], name="customers_commitments_ended"),
        ]
        constraints = [
            *ExternallyIdentified.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True) | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="customers_commitment_closed_when_not_open",
            ),
            models.CheckConstraint(
                condition=Q(party="us") | Q(owner__isnull=True),
                name="customers_commitment_owner_when_ours",
                violation_error_message=_("Only a promise of ours has an owner among the staff."),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def is_owed(self, today: date) -> bool:
        """Say whether it is past its date and neither kept nor released."""
        is_past = self.due_on is not None and self.due_on < today
        return self.status == self.Status.MISSED or (self.status == self.Status.OPEN and is_past)
