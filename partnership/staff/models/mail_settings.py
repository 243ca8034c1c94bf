"""The firm's mail server."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnership.staff.audit import audited
from partnership.staff.mail.encryption import decrypt, encrypt

_PURPOSE = "mail server"


@audited(without=("password",))
class MailSettings(models.Model):
    """Settings of the mail server, in a single row. The password is encrypted, and is in no history."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS")
        TLS = "tls", _("TLS from the start")
        NONE = "none", pgettext_lazy("encryption", "none")

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    host = models.CharField(_("server"), max_length=253)
    port = models.PositiveIntegerField(
        _("port"), default=587, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(_("encryption"), max_length=8, choices=Security, default=Security.STARTTLS)
    user = models.CharField(_("user name"), max_length=254, blank=True)
    password = models.TextField(_("password"), blank=True, editable=False)

    class Meta:
        verbose_name = _("mail server")
        verbose_name_plural = _("mail server")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="staff_mail_settings_is_one_row")]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @classmethod
    def current(cls) -> "MailSettings | None":
        return cls.objects.filter(pk=1).first()

    def set_password(self, password: str) -> None:
        self.password = encrypt(password, purpose=_PURPOSE) if password else ""

    def read_password(self) -> str | None:
        """Return the password in clear, empty where there is none; None where it can no longer be decrypted."""
        return decrypt(self.password, purpose=_PURPOSE) if self.password else ""
