"""The firm's settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from partnership.core.fields import PlainInMigrations
from partnership.staff.audit import audited
from partnership.staff.models.opening_hours import OpeningHoursField
from partnership.staff.models.user import ROLE_NAMES

CURRENCY = r"^[A-Z]{3}$"
ACCENT = r"^#[0-9a-f]{6}$"


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("%(name)s is not a time zone: choose one such as Europe/Berlin."), params={"name": name}
        )


class TimeZoneField(PlainInMigrations, models.CharField):  # type: ignore[type-arg]
    default_validators = [validate_time_zone]


class TimedKind(models.TextChoices):
    """Kinds of entries that take our time, by the names that interactions.models.Kind has for them."""

    MEETING = "meeting", _("meeting")
    CALL = "call", _("call")
    ATTENDANCE = "attendance", _("attendance")
    WORK_DONE = "work_done", _("work done")
    CHECK_IN = "check_in", _("check-in")
    MESSAGE = "message", _("message")
    NOTE = "note", _("note")


class TimedKindsField(PlainInMigrations, ArrayField):  # type: ignore[type-arg]
    """Several of TimedKind."""


def usual_delivery_kinds() -> list[str]:
    return [TimedKind.MEETING, TimedKind.ATTENDANCE]


@audited()
class Firm(models.Model):
    """Settings of the firm, in a single row."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=200)
    timezone = TimeZoneField(_("time zone"), max_length=64, default="UTC")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    language = models.CharField(_("language"), max_length=16, default="en")
    business_hours = OpeningHoursField(
        _("business hours"),
        blank=True,
        help_text=_("Response targets count these hours. Without any, every hour counts."),
    )
    holidays = ArrayField(models.DateField(), verbose_name=_("holidays"), default=list, blank=True)
    holiday_names = models.JSONField(_("names of the holidays"), default=dict, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=40, blank=True)
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    accent = models.CharField(_("accent colour"), max_length=7, blank=True)
    mail_name = models.CharField(_("sender’s name"), max_length=100, blank=True)
    mail_address = models.EmailField(_("sender’s address"), blank=True)
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
        help_text=_("Suggested by Focus for its list Partnerships; the rest is for Answers due."),
    )
    minutes_per_message = models.PositiveSmallIntegerField(
        _("minutes a message takes"),
        default=5,
        validators=[MaxValueValidator(480)],
        help_text=_("The estimate for our messages without an entered time."),
    )
    delivery_kinds = TimedKindsField(
        models.CharField(max_length=20, choices=TimedKind),
        verbose_name=_("what customers pay for"),
        default=usual_delivery_kinds,
        blank=True,
        help_text=_(
            "The time of these entries is paid delivery if the customer bought, renewed or paid something in the 52"
            " weeks before. All other time is service time. Health compares only service time with partnership, so that"
            " a customer who buys more does not count as over-served. After a change, Health follows within a minute."
        ),
    )
    terms = models.TextField(
        _("what the terms say about refunds and exceptions"),
        blank=True,
        help_text=_("In plain words. Shown to staff who decide on a refund or an exception."),
    )
    second_factor_roles = ArrayField(
        models.CharField(max_length=20, choices=list(ROLE_NAMES.items())),
        verbose_name=_("roles that need a second factor"),
        default=list,
        blank=True,
    )
    idle_minutes = models.PositiveIntegerField(
        _("minutes without activity until signed out"),
        null=True,
        blank=True,
        default=720,
        validators=[MinValueValidator(5), MaxValueValidator(20_160)],
    )
    trusts_provider_factor = models.BooleanField(_("the provider's second factor counts"), default=False)

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firm")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="staff_firm_is_one_row"),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="staff_firm_currency_code"),
            models.CheckConstraint(condition=models.Q(partnership_share__lte=100), name="staff_firm_share_of_a_day"),
            models.CheckConstraint(
                condition=models.Q(accent="") | models.Q(accent__regex=ACCENT), name="staff_firm_accent_colour"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Firm":
        """Return the firm or, before the first run, unsaved defaults."""
        return cls.objects.filter(pk=1).first() or cls(name="Our firm")

    @property
    def is_set_up(self) -> bool:
        return not self._state.adding

    @property
    def screen_language(self) -> str:
        """Return the firm's language, or English where there is no translation into it."""
        return self.language if self.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    @contextmanager
    def localized(self) -> Iterator[None]:
        """Write in the firm's language, with times of its zone, as the staff read them: for what no request writes."""
        with translation.override(self.screen_language), timezone.override(self.zone):
            yield

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def start_of_day(self, day: date) -> datetime:
        """Return the first moment of a local day."""
        return datetime.combine(day, time.min, tzinfo=self.zone)

    def end_of_day(self, day: date) -> datetime:
        """Return the first moment after a local day."""
        return self.start_of_day(day + timedelta(days=1))
