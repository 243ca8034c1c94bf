"""The firm's log: who signed in, took data out, or changed what colleagues may do and how the firm works."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.staff.models.user import User


class AuditRecord(models.Model):
    """A line of the firm's log. It is written once: the database refuses to change or delete it.

    Triggers of the database (migration 0006) write those of roles, rights, addresses and settings, so that no code
    path bypasses them; `partnership.staff.audit_log.record` writes the others.

    `about`: whom or what it concerns, in words; `about_ref`: its external reference, such as user/partnership:<uuid>.
    """

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("signed in")
        FAILED_SIGN_IN = "failed_sign_in", _("failed sign-in")
        SIGN_OUT = "sign_out", _("signed out")
        SESSIONS = "sessions", _("signed out everywhere")
        PASSWORD = "password", _("password changed")
        SECOND_FACTOR = "second_factor", _("second factor")
        ADDED = "added", _("colleague added")
        INVITATION = "invitation", _("invitation")
        ROLE = "role", _("role changed")
        ADDRESS = "address", _("e-mail address changed")
        DISABLED = "disabled", _("colleague disabled")
        ENABLED = "enabled", _("colleague enabled")
        HANDOVER = "handover", _("work handed over")
        EXPORT = "export", _("export")
        ERASURE = "erasure", _("erasure")
        RETENTION = "retention", _("retention")
        SETTING = "setting", _("setting changed")
        RULES = "rules", _("rules changed")
        MAILBOX = "mailbox", _("mailbox")
        BACKUP = "backup", _("backup")
        RESTORE = "restore", _("restore")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(
        User, verbose_name=_("colleague"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(_("name"), max_length=200, blank=True)
    about = models.CharField(_("about"), max_length=300, blank=True)
    about_ref = models.CharField(_("reference"), max_length=800, blank=True)
    facts = models.JSONField(_("details"), default=dict, blank=True)
    address = models.CharField(_("address of the visitor"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("line of the log")
        verbose_name_plural = _("log")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="staff_log_by_time"),
            models.Index(fields=["kind", "-at", "-id"], name="staff_log_by_kind"),
            models.Index(fields=["by", "-at", "-id"], name="staff_log_by_person"),
            models.Index(
                fields=["about_ref", "-at", "-id"], condition=~models.Q(about_ref=""), name="staff_log_by_reference"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about or self.by_name}"
