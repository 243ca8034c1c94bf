"""Files attached to an interaction."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interactions.models.interaction import Interaction
from partnership.staff.audit import audited
from partnership.staff.external_ids import ExternallyIdentified


@audited()
class Attachment(ExternallyIdentified):
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(_("content type"), max_length=127)
    content_id = models.CharField(max_length=255, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("bytes"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    file = models.FileField(_("file"), upload_to="attachments/%Y/%m/")

    class Meta(ExternallyIdentified.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]
        constraints = [
            *ExternallyIdentified.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="interactions_attachment_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.name
