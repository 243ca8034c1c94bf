"""What the dashboards read: a row per customer and period, a row per answer given, and who gets the weekly summary."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.models import Conversation
from partnership.health.alerts.models import Alert as Alert
from partnership.health.alerts.models import RaisedAlert as RaisedAlert
from partnership.health.rollup.periods import PERIODS
from partnership.scoring.models import Tier
from partnership.staff.models import User

Pair = tuple["models.IntegerField[Any, Any]", "models.IntegerField[Any, Any]"]


def _counts() -> Pair:
    """Make the fields of a number of the period and of the period before it."""
    return models.IntegerField(default=0), models.IntegerField(default=0)


def _minutes() -> Pair:
    """The same for sums of minutes, of which a year may have more than an integer holds."""
    return models.BigIntegerField(default=0), models.BigIntegerField(default=0)


def _tier() -> "models.ForeignKey[Tier | None, Tier | None]":
    """Make a reference to a tier of any rule set, not checked by the database: a score or a snapshot has the same."""
    return models.ForeignKey(
        Tier, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )


class CustomerMetrics(models.Model):
    """A customer's metrics for one period that ends on `day`; `rollup/metrics.py` says what each counts.

    `before_…` is of the period before. What has no `before_…` is as of today, the same in every period's row.
    `thin`: the score rests on less evidence than its rules ask for. `tier_then` and `partnership_then` are the tier and
    the score when the period began. Plain columns and a row per period: a dashboard adds up those of everybody, and
    reads no other period's (docs/decisions/0008).
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="metrics")
    period = models.CharField(max_length=7, choices=[(name, name) for name in PERIODS])
    day = models.DateField()
    tier = _tier()
    tier_then = _tier()
    partnership = models.FloatField(default=0)
    thin = models.BooleanField(default=True, db_default=True)
    partnership_then = models.FloatField(null=True)
    loudness = models.FloatField(default=0)
    minutes, before_minutes = _minutes()
    delivered, before_delivered = _minutes()
    free, before_free = _minutes()
    messages, before_messages = _counts()
    asked, before_asked = _counts()
    worked, before_worked = _counts()
    received, before_received = _counts()
    gestures, before_gestures = _counts()
    mistakes, before_mistakes = _counts()
    goals_reached, before_goals_reached = _counts()
    goals_dropped, before_goals_dropped = _counts()
    ours_kept, before_ours_kept = _counts()
    ours_late, before_ours_late = _counts()
    ours_missed, before_ours_missed = _counts()
    theirs_kept, before_theirs_kept = _counts()
    theirs_late, before_theirs_late = _counts()
    theirs_missed, before_theirs_missed = _counts()
    answered, before_answered = _counts()
    answered_late, before_answered_late = _counts()
    not_needed, before_not_needed = _counts()
    without_answer, before_without_answer = _counts()
    goals_active = models.IntegerField(default=0)
    goals_stalled = models.IntegerField(default=0)
    ours_open = models.IntegerField(default=0)
    theirs_open = models.IntegerField(default=0)
    ours_owed = models.IntegerField(default=0)
    theirs_owed = models.IntegerField(default=0)
    recoveries_open = models.IntegerField(default=0)
    free_for_nothing = models.BigIntegerField(default=0)
    bought = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("customer metrics")
        verbose_name_plural = _("customer metrics")
        constraints = [
            models.UniqueConstraint(fields=["period", "customer"], name="health_customermetrics_one_of_a_period")
        ]
        indexes = [
            models.Index(fields=["day"], name="health_metrics_by_day"),
            models.Index(
                fields=["period", "-partnership", "customer"],
                condition=models.Q(recoveries_open__gt=0),
                name="health_metrics_open_recoveries",
            ),
            models.Index(
                fields=["period", "-free_for_nothing", "customer"],
                condition=models.Q(free_for_nothing__gt=0),
                name="health_metrics_free_in_vain",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}, {self.period}: {self.day}"


class StaleMetrics(models.Model):
    """A customer whose history changed; appended in the transaction that changed it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("stale metrics")
        verbose_name_plural = _("stale metrics")

    def __str__(self) -> str:
        return f"{self.customer_id}"


class Answer(models.Model):
    """An answer of ours: since when they waited, and the response target of the tier they had then.

    `waited` is in business seconds, `promised` (the target) in business hours.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"))
    waited = models.FloatField(_("waited"))
    promised = models.PositiveSmallIntegerField(_("promised"))
    late = models.BooleanField(_("after the promise"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        indexes = [models.Index(fields=["late", "-answered_at", "-id"], name="health_answers_newest")]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.answered_at}"


class WeeklySummarySubscription(models.Model):
    """A manager who gets the weekly summary by e-mail; `sent_for`: the Monday of the last one."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="+")
    sent_for = models.DateField(null=True)

    class Meta:
        verbose_name = _("weekly summary subscription")
        verbose_name_plural = _("weekly summary subscriptions")

    def __str__(self) -> str:
        return str(self.user)
