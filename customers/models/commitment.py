"""Promises made by us or by the customer."""

from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.goal import Goal
from partnership.staff.audit import audited
from partnership.staff.external_ids import ExternallyIdentified
from partnership.staff.models import User

# A promise of ours that was missed within this time still counts as owed.
RECENTLY_MISSED = timedelta(days=90)


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def overdue(self, today: date) -> "CommitmentQuerySet":
        """Keep open promises that were due before today."""
        return self.filter(status=Commitment.Status.OPEN, due_on__lt=today)

    def owed(self, today: date) -> "CommitmentQuerySet":
        """Keep promises of ours past their day: open ones, and those missed lately that can still be kept late."""
        missed = models.Q(status=Commitment.Status.MISSED, due_on__gte=today - RECENTLY_MISSED)
        late = models.Q(models.Q(status=Commitment.Status.OPEN) | missed, due_on__lt=today)
        return self.filter(late, party=Commitment.Party.US)

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
            models.Index(fields=["due_on"], condition=models.Q(status="open"), name="customers_commitments_due"),
            # Which promises of a side ended how, the newest first.
            models.Index(fields=["party", "status", "-closed_at", "-id"], name="customers_commitments_ended"),
        ]
        constraints = [
            *ExternallyIdentified.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(status="open", closed_at__isnull=True)
                | (~models.Q(status="open") & models.Q(closed_at__isnull=False)),
                name="customers_commitment_closed_when_not_open",
            ),
            models.CheckConstraint(
                condition=models.Q(party="us") | models.Q(owner__isnull=True),
                name="customers_commitment_owner_when_ours",
                violation_error_message=_("Only a promise of ours has an owner among the staff."),
            ),
        ]

    def __str__(self) -> str:
        return self.what
