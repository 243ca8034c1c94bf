"""Customers: persons and organisations."""

from typing import Any

from django.conf.locale import LANG_INFO
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from customers.models.trigrams import trigram_field
from customers.names import sort_key
from customers.querysets import CustomerQuerySet
from partnership.core.fields import name_fields
from partnership.staff.audit import audited
from partnership.staff.external_ids import ExternallyIdentified
from partnership.staff.models import User

# Languages whose names Django has, but translates into few languages.
_LANGUAGE_NAMES = (gettext_noop("Norwegian"), gettext_noop("Norwegian Bokmal"))


@audited(without=("trigrams",), additions=True)
class Customer(ExternallyIdentified):
    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")

    class Lifecycle(models.TextChoices):
        PROSPECT = "prospect", _("prospect")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        CALL = "call", _("phone")
        SMS = "sms", _("text message")
        CHAT = "chat", _("chat")
        MEETING = "meeting", _("in person")
        POST = "post", _("post")

    class Pace(models.TextChoices):
        GENTLE = "gentle", _("gentle")
        STEADY = "steady", _("steady")
        BRISK = "brisk", _("brisk")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=300)
    sort_key = models.CharField(max_length=200, editable=False)
    trigrams = trigram_field("sort_key")
    preferred_name = models.CharField(_("what to call them"), max_length=100, blank=True)
    photo = models.FileField(_("photo"), upload_to="faces/", blank=True)
    about = models.TextField(_("about"), blank=True)
    organisation = models.ForeignKey(
        "self", verbose_name=_("organisation"), null=True, blank=True, on_delete=models.SET_NULL, related_name="people"
    )
    role = models.CharField(_("role there"), max_length=200, blank=True)
    owner = models.ForeignKey(
        User, verbose_name=_("owner"), null=True, blank=True, on_delete=models.SET_NULL, related_name="customers"
    )
    introduced_by = models.ForeignKey(
        "self",
        verbose_name=_("introduced by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="introduced",
    )
    lifecycle = models.CharField(_("lifecycle"), max_length=8, choices=Lifecycle, default=Lifecycle.ACTIVE)
    do_not_contact = models.BooleanField(_("do not contact"), default=False)
    restricted = models.BooleanField(
        _("restricted"), default=False, help_text=_("Only the owner and managers see this customer.")
    )
    language = models.CharField(_("language"), max_length=16, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    preferred_channel = models.CharField(_("preferred channel"), max_length=8, choices=Channel, blank=True)
    pace = models.CharField(_("pace"), max_length=8, choices=Pace, blank=True)
    tags = ArrayField(models.CharField(max_length=60), verbose_name=_("tags"), default=list, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    since = models.DateField(_("customer since"), null=True, blank=True)
    # Of the agreement that runs; the amount is in the firm's currency.
    renews_on = models.DateField(_("renews on"), null=True, blank=True)
    renewal_amount = models.DecimalField(
        _("renewal amount"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="absorbed"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CustomerQuerySet.as_manager()

    class Meta(ExternallyIdentified.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["sort_key", "id"]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="customers_by_name"),
            GinIndex(fields=["tags"], name="customers_by_tag"),
            GinIndex(fields=["trigrams"], name="customers_by_trigram"),
            GinIndex(fields=["attributes"], name="customers_by_attribute"),
            # A search leaves out the entries of restricted customers.
            models.Index(fields=["id"], condition=models.Q(restricted=True), name="customers_restricted"),
            # Customers that we don't approach.
            models.Index(
                fields=["id"],
                condition=~models.Q(lifecycle="active") | models.Q(do_not_contact=True),
                name="customers_let_be",
            ),
            models.Index(
                fields=["renews_on", "id"], condition=models.Q(renews_on__isnull=False), name="customers_by_renewal"
            ),
            # Finds the customer of a photo, to decide who may see it.
            models.Index(fields=["photo"], condition=~models.Q(photo=""), name="customers_by_photo"),
        ]
        constraints = [
            *ExternallyIdentified.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kind="person") | models.Q(organisation__isnull=True),
                name="customers_customer_only_persons_have_an_employer",
                violation_error_message=_("Only a person can have an organisation: clear it, or make this a person."),
            ),
            models.CheckConstraint(
                condition=models.Q(introduced_by__isnull=True) | ~models.Q(introduced_by=models.F("id")),
                name="customers_customer_introduced_by_another",
                violation_error_message=_("A customer cannot introduce themselves: choose another customer, or none."),
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="customers_customer_merged_into_another",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="customers_customer_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(renewal_amount__isnull=True)
                | models.Q(renewal_amount__gte=0, renews_on__isnull=False),
                name="customers_customer_renewal_amount_of_a_day",
                violation_error_message=_("A renewal amount is 0 or more, and needs the day of the renewal."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customer", args=[self.pk])

    def is_visible_to(self, user: User) -> bool:
        """Check one customer by the rule of CustomerQuerySet.visible_to."""
        return not self.restricted or self.owner_id == user.pk or user.is_manager

    @property
    def display_name(self) -> str:
        return self.preferred_name or self.name

    @property
    def language_name(self) -> str:
        """Return the language's name, or its code if Django knows no name."""
        known = LANG_INFO.get(self.language) or LANG_INFO.get(self.language.partition("-")[0]) or {}
        return gettext(known["name"]) if "name" in known else self.language

    def clean(self) -> None:
        if self.organisation and self.organisation.kind != self.Kind.ORGANISATION:
            raise ValidationError(
                {"organisation": _("%(name)s is a person, not an organisation.") % {"name": self.organisation}}
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


name_fields(
    Customer,
    merged_into=_("merged into"),
    created_at=_("added on"),
)
