"""Erasures of customers, and what keeps an erased one from being taken in again."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.staff.models import User


class Erasure(models.Model):
    """That a customer was erased: the certificate, without anything about the person.

    `customer`: the nameless record that keeps the counted facts; None where a restored database held no such customer.
    `salt`: of the hashes, the same for all. `pending`: what is still to be done and the words to look for; None once
    it is finished. `counts`: rows by kind. `digest`: the hash of all hashes of refs.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.OneToOneField(Customer, null=True, on_delete=models.PROTECT, related_name="erasure")
    asked_at = models.DateTimeField(_("asked for"))
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    everywhere = models.BooleanField(_("their name is erased from entries of others too"), default=False)
    salt = models.CharField(max_length=64, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    backups_until = models.DateField(null=True, editable=False)
    pending = models.JSONField(null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(pending__isnull=True),
                name="interactions_erasure_finished_holds_nothing",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ErasedRef(models.Model):
    """The hash of a ref or an address that was theirs. `kind`: a type of record, or a kind of contact point."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="refs")
    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("erased ref")
        verbose_name_plural = _("erased refs")
        indexes = [models.Index(fields=["digest"], name="erased_refs_by_digest")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.digest[:12]}"
