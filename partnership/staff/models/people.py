"""Who we are: the firm, its departments and people, and what each may give without asking."""

import re
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from partnership.staff.audit import tracked
from partnership.staff.external_ids import Sourced

SUPPORT, MANAGER, ADMIN = "support", "manager", "admin"
ROLES = (SUPPORT, MANAGER, ADMIN)
"""The names of the role groups."""

CURRENCY = r"^[A-Z]{3}$"


def office_hours() -> dict[str, list[list[str]]]:
    """Monday to Friday, nine to five: weekday number (Monday 0) → opening spans in local time."""
    return {str(day): [["09:00", "17:00"]] for day in range(5)}


def validate_business_hours(hours: Any) -> None:
    """Weekday number → spans [from, to] in local time, each later than the one before it; "24:00" is midnight."""
    days = hours.items() if isinstance(hours, dict) else [("", [])]
    for day, spans in days:
        if day not in {str(number) for number in range(7)} or not isinstance(spans, list) or not in_order(spans):
            raise ValidationError(
                _("Write the hours of each weekday (0 is Monday) as in %(example)s, the earlier first."),
                params={"example": '{"0": [["09:00", "12:30"], ["14:00", "18:00"]]}'},
            )


def in_order(spans: list[Any]) -> bool:
    if not all(isinstance(span, list) and len(span) == 2 for span in spans):
        return False
    times = [moment for span in spans for moment in span]
    if not all(isinstance(moment, str) and CLOCK.fullmatch(moment) for moment in times):
        return False
    return all(before < after for before, after in pairwise(times))


CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("%(name)s is not a time zone: choose one such as Europe/Berlin."), params={"name": name}
        )


@tracked()
class Firm(models.Model):
    """The one row of settings."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=200)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    language = models.CharField(_("language"), max_length=16, default="en")
    business_hours: Any = models.JSONField(
        _("business hours"),
        default=office_hours,
        blank=True,
        validators=[validate_business_hours],
        help_text=_("What we promise is counted in them. With none at all, every hour counts."),
    )
    holidays = ArrayField(models.DateField(), verbose_name=_("holidays"), default=list, blank=True)
    own_addresses = ArrayField(models.EmailField(), verbose_name=_("our own mail addresses"), default=list, blank=True)
    own_domains = ArrayField(
        models.CharField(max_length=253), verbose_name=_("our own mail domains"), default=list, blank=True
    )
    nudge_ceiling = models.PositiveSmallIntegerField(_("nudges per customer in 30 days, at most"), default=2)
    survey_ceiling = models.PositiveSmallIntegerField(_("surveys per customer in 90 days, at most"), default=1)
    partnership_share = models.PositiveSmallIntegerField(
        _("share of the day for partners, in per cent"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("What Focus suggests for its Partnership lane; the rest is for who waits for an answer."),
    )
    minutes_per_message = models.PositiveSmallIntegerField(
        _("minutes a message takes"),
        default=5,
        validators=[MaxValueValidator(480)],
        help_text=_("The estimate for messages of ours that no time was entered for."),
    )
    terms = models.TextField(
        _("what the terms say about refunds and exceptions"),
        blank=True,
        help_text=_("In plain words. Whoever decides on a refund or an exception reads them there."),
    )

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firm")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="staff_firm_is_one_row"),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="staff_firm_currency_code"),
            models.CheckConstraint(condition=models.Q(partnership_share__lte=100), name="staff_firm_share_of_a_day"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Firm":
        """The firm's row; before anybody has set it up, the defaults, unsaved."""
        return cls.objects.filter(pk=1).first() or cls(name="Our firm")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The first moment of a local day."""
        return datetime.combine(day, time.min, tzinfo=self.zone)

    def end_of(self, day: date) -> datetime:
        """The first moment that is no longer that local day."""
        return self.start_of(day + timedelta(days=1))


class Department(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Users(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


@tracked(without=("password", "last_login"))
class User(Sourced, AbstractBaseUser, PermissionsMixin):
    """A staff member. Roles are the groups support, manager and admin."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    photo = models.FileField(_("photo"), upload_to="faces/", blank=True)
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

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta(Sourced.Meta):
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["photo"], condition=~models.Q(photo=""), name="staff_by_photo")]
        constraints = [
            *Sourced.Meta.constraints,
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
        known = getattr(self, "role_names", None)  # fetched with the user who asks: see sign_in.WithRoles
        return frozenset(self.groups.values_list("name", flat=True) if known is None else known)

    def is_here(self, today: date) -> bool:
        """Neither gone for good nor away that day."""
        away = self.away_from is not None and self.away_from <= today <= (self.away_to or today)
        return self.is_active and not away

    def covered_by(self, today: date) -> "User | None":
        """Who does their work that day: they, or the first along their covers who is here; None when nobody is."""
        asked: set[int] = set()
        one: User | None = self
        while one is not None and one.pk not in asked:
            if one.is_here(today):
                return one
            asked.add(one.pk)
            one = one.cover
        return None

    @property
    def is_manager(self) -> bool:
        return self.is_superuser or bool(self.roles & {MANAGER, ADMIN})

    @property
    def is_admin(self) -> bool:
        return self.is_superuser or ADMIN in self.roles


class GoodwillBudget(models.Model):
    """What a staff member may give per period without asking anybody; with no member named, what everyone may."""

    class Period(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        YEAR = "year", _("year")

    staff_member = models.OneToOneField(
        User,
        verbose_name=_("staff member"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="goodwill_budget",
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    minutes = models.PositiveIntegerField(_("minutes"), default=0, validators=[MaxValueValidator(100_000)])
    period = models.CharField(_("period"), max_length=8, choices=Period, default=Period.MONTH)

    class Meta:
        verbose_name = _("goodwill budget")
        verbose_name_plural = _("goodwill budgets")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="staff_goodwillbudget_not_negative"),
            models.UniqueConstraint(
                fields=["staff_member"],
                nulls_distinct=False,
                name="staff_goodwillbudget_one_for_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_member or _('everyone')}: {self.amount} / {self.get_period_display()}"
