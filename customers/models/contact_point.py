"""Addresses, numbers and ids by which a customer is reached or recognised."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.trigrams import trigram_field
from customers.normalisation import normalise
from partnership.core.fields import name_fields
from partnership.staff.audit import audited


@audited(without=("trigrams",), additions=True)
class ContactPoint(models.Model):
    """A contact point is unique by kind and normalised value; a shared one belongs to an organisation."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        HANDLE = "handle", _("handle")
        EXTERNAL_ID = "external_id", _("external id")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    value = models.CharField(_("as given"), max_length=320)
    normalised = models.CharField(max_length=320, editable=False)
    trigrams = trigram_field("normalised")
    verified = models.BooleanField(_("verified"), default=False)
    source = models.CharField(_("learned from"), max_length=64, default="partnership", editable=False)

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["kind", "normalised"]
        indexes = [GinIndex(fields=["trigrams"], name="contactpoints_by_trigram")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "normalised"],
                name="customers_contactpoint_one_owner",
                violation_error_message=_(
                    "Another customer has this contact point. A shared one belongs to an organisation."
                ),
            ),
            models.CheckConstraint(condition=~models.Q(normalised=""), name="customers_contactpoint_not_empty"),
        ]

    def __str__(self) -> str:
        return self.value

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.normalised = normalise(self.kind, self.value)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.normalised = normalise(self.kind, self.value)


name_fields(
    ContactPoint,
    normalised=_("compared as"),
)
