"""An entry of a timeline that is shared with the whole firm."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from interactions.models import Interaction
from partnership.staff.models import User


class WallPost(models.Model):
    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="wall_post")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.CharField(_("why it matters"), max_length=500, blank=True)
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("wall post")
        verbose_name_plural = _("wall")
        ordering = ["-posted_at", "-id"]
        indexes = [models.Index(fields=["-posted_at", "-id"], name="wall_newest")]

    def __str__(self) -> str:
        return self.words or str(self.interaction)
