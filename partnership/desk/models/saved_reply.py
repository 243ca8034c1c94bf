"""A text to begin a reply with."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.staff.models import User


class SavedReply(models.Model):
    """`text` has blanks (partnership.desk.saved_replies.blanks). `language`: empty where it suits all."""

    title = models.CharField(_("title"), max_length=100)
    language = models.CharField(_("language"), max_length=16, blank=True)
    text = models.TextField(_("text"), max_length=20_000)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_replies")
    shared = models.BooleanField(_("shared with all colleagues"), default=False)

    class Meta:
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def language_name(self) -> str:
        return Customer(language=self.language).language_name
