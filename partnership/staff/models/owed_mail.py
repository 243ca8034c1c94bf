"""Mail about a sign-in that a worker still has to send."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OwedMail(models.Model):
    """A mail that was promised on a page, written in the transaction that promises it; deleted once it was sent.

    `arguments` are those of sign_in.owed_mails.SENDERS[kind].
    """

    class Kind(models.TextChoices):
        PASSWORD_LINK = "password_link", _("link to choose a password")
        SECURITY_NOTICE = "security_notice", _("notice of a changed sign-in")

    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    arguments = models.JSONField(default=list)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("owed mail")
        verbose_name_plural = _("owed mails")

    def __str__(self) -> str:
        return self.get_kind_display()
