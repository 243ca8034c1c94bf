"""Staff members, their roles and their stand-ins."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Exists, OuterRef, ProtectedError, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from partnership.staff.audit import audited
from partnership.staff.external_ids import ExternallyIdentified
from partnership.staff.models.department import Department

SUPPORT, MANAGER, ADMIN = "support", "manager", "admin"
ROLES = (SUPPORT, MANAGER, ADMIN)
ROLE_NAMES = {SUPPORT: _("Support"), MANAGER: _("Manager"), ADMIN: _("Admin")}


class ColleagueKeptError(ProtectedError):
    """Raised instead of deleting a colleague. The database refuses it too, where no code asks."""

    def __init__(self, users: Iterable["User"]) -> None:
        super().__init__(str(_("Colleagues are not deleted: disable them instead.")), set(users))


class UserQuerySet(models.QuerySet["User"]):
    def at_work(self) -> "UserQuerySet":
        """Filter to colleagues who can be given work: active, and with a role."""
        return self._with_roles(ROLES)

    def admins(self) -> "UserQuerySet":
        """Filter to active colleagues with every right."""
        return self._with_roles([ADMIN])

    def _with_roles(self, roles: Collection[str]) -> "UserQuerySet":
        memberships = self.model.groups.through.objects.filter(user=OuterRef("pk"), group__name__in=roles)
        return self.filter(Q(is_superuser=True) | Exists(memberships), is_active=True)

    def with_roles(self) -> "UserQuerySet":
        """Read the names of the roles with the users, so that `roles` needs no query."""
        return self.annotate(role_names=ArrayAgg("groups__name", filter=Q(groups__isnull=False), default=[]))

    def delete(self) -> tuple[int, dict[str, int]]:
        if users := list(self[:3]):
            raise ColleagueKeptError(users)
        return 0, {}


class _UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def all(self) -> UserQuerySet:
        return self.get_queryset()

    def at_work(self) -> UserQuerySet:
        return self.get_queryset().at_work()

    def admins(self) -> UserQuerySet:
        return self.get_queryset().admins()

    def with_roles(self) -> UserQuerySet:
        return self.get_queryset().with_roles()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


@audited(without=("password", "last_login"))
class User(ExternallyIdentified, AbstractBaseUser, PermissionsMixin):
    """A staff member. Roles are the groups support, manager and admin."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    photo = models.FileField(_("photo"), upload_to="faces/", blank=True)
    signature = models.TextField(
        _("signature"), max_length=2000, blank=True, help_text=_("Plain text below the mails that you write.")
    )
    department = models.ForeignKey(
        Department, verbose_name=_("department"), null=True, blank=True, on_delete=models.SET_NULL, related_name="staff"
    )
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_to = models.DateField(_("away to"), null=True, blank=True)
    cover = models.ForeignKey(
        "self", verbose_name=_("cover"), null=True, blank=True, on_delete=models.SET_NULL, related_name="covering"
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects: ClassVar[_UserManager] = _UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta(ExternallyIdentified.Meta):
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        ordering = ["name", "id"]
        triggers = [
            pgtrigger.Trigger(
                name="kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="RAISE EXCEPTION 'Colleagues are not deleted: disable them instead'"
                " USING ERRCODE = 'restrict_violation';",
            )
        ]
        indexes = [models.Index(fields=["photo"], condition=~models.Q(photo=""), name="staff_by_photo")]
        constraints = [
            *ExternallyIdentified.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(away_to__isnull=True) | models.Q(away_from__lte=models.F("away_to")),
                name="staff_user_away_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(cover__isnull=True) | ~models.Q(cover=models.F("id")),
                name="staff_user_covered_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()  # it is looked up as it stands
        super().save(*args, **kwargs)

    @cached_property
    def roles(self) -> frozenset[str]:
        known = getattr(self, "role_names", None)  # fetched with the user by sign_in.RolesBackend
        return frozenset(self.groups.values_list("name", flat=True) if known is None else known)

    def is_available(self, today: date) -> bool:
        """Check that the user is active and not away that day."""
        away = self.away_from is not None and self.away_from <= today <= (self.away_to or today)
        return self.is_active and not away

    def stand_in(self, today: date) -> "User | None":
        """Return the user if available that day, else the first available cover, else None."""
        asked: set[int] = set()
        one: User | None = self
        while one is not None and one.pk not in asked:
            if one.is_available(today):
                return one
            asked.add(one.pk)
            one = one.cover
        return None

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ColleagueKeptError([self])

    @property
    def role(self) -> str:
        """Return the highest role; empty without one."""
        return ADMIN if self.is_admin else MANAGER if self.is_manager else SUPPORT if SUPPORT in self.roles else ""

    @property
    def role_name(self) -> str:
        return str(ROLE_NAMES.get(self.role, ""))

    @property
    def is_manager(self) -> bool:
        return self.is_superuser or bool(self.roles & {MANAGER, ADMIN})

    @property
    def is_admin(self) -> bool:
        return self.is_superuser or ADMIN in self.roles
