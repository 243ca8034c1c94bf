"""Personal settings of a staff member."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.staff.models.user import User


class Preferences(models.Model):
    """A staff member's settings. `timeline`: query string of the last filters. `columns`: of the customer list.

    `notify`: notification kind → "inbox", "mail" (both) or "none".
    """

    class Digest(models.TextChoices):
        HOURLY = "hourly", _("every hour")
        DAILY = "daily", _("every morning")
        NEVER = "never", _("never")

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="preferences")
    timeline = models.CharField(max_length=500, blank=True)
    columns = ArrayField(models.CharField(max_length=30), null=True, blank=True)
    notify = models.JSONField(default=dict, blank=True)
    digest = models.CharField(_("digest by e-mail"), max_length=6, choices=Digest, default=Digest.DAILY)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.user)
