"""Custom fields: what a firm wants to know of its customers beside the fields that everybody has."""

from typing import NotRequired, TypedDict

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class StoredOption(TypedDict):
    """An answer to choose. `value` is what customers hold, and never changes; `label` is what people read."""

    value: str
    label: str
    retired: NotRequired[bool]


class CustomField(models.Model):
    """A field that an admin defined. Values are in Customer.attributes, by `key`.

    An archived field is shown nowhere; its values stay.
    """

    class Type(models.TextChoices):
        TEXT = "text", _("text, one line")
        LONG_TEXT = "long_text", _("text, several lines")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("one of several choices")
        CHOICES = "choices", _("any of several choices")
        LINK = "link", _("link")

    class AppliesTo(models.TextChoices):
        EVERYBODY = "", _("persons and organisations")
        PERSON = Customer.Kind.PERSON.value, _("persons")
        ORGANISATION = Customer.Kind.ORGANISATION.value, _("organisations")

    key = models.CharField(_("key"), max_length=60, unique=True)
    label = models.CharField(_("name"), max_length=60)
    type = models.CharField(_("type"), max_length=9, choices=Type, default=Type.TEXT)
    applies_to = models.CharField(_("for"), max_length=12, choices=AppliesTo, default=AppliesTo.EVERYBODY, blank=True)
    is_required = models.BooleanField(_("must be filled in"), default=False)
    help_text = models.CharField(_("help text"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    options = models.JSONField(_("choices"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=~models.Q(key=""), name="customers_customfield_has_a_key")]

    def __str__(self) -> str:
        return self.label
