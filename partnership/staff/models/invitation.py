"""Invitations of colleagues: a link by which the invited person chooses a name and a password."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnership.staff.models.department import Department
from partnership.staff.models.user import ROLE_NAMES, User

INVITATION_DAYS = 7


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Keep those that were neither accepted nor withdrawn; their link may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def valid(self, at: datetime) -> "InvitationQuerySet":
        """Keep those whose link works at that moment."""
        return self.open().filter(expires_at__gt=at)


class Invitation(models.Model):
    """One person's way in. Of the link's token only the hash is kept.

    `user`: the colleague who accepted it, or one from an import who is to choose a first password.
    """

    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=list(ROLE_NAMES.items()))
    department = models.ForeignKey(
        Department, verbose_name=_("department"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField(_("invited"))
    mailed_at = models.DateTimeField(_("sent by mail"), null=True, blank=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="staff_invitation_one_open_for_each",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="staff_invitation_one_end"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @staticmethod
    def expiry(at: datetime) -> datetime:
        return at + timedelta(days=INVITATION_DAYS)
