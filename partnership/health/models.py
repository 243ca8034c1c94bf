"""What the dashboards read: one row per customer, kept equal to what measures.py counts, and one per answer given."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.models import Conversation
from partnership.health.rollup.periods import PERIODS
from partnership.staff.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def counted(label: "StrOrPromise") -> "ArrayField[Any, Any]":
    """For each of PERIODS in turn two numbers: of the period, and of the one before it."""
    return ArrayField(models.BigIntegerField(), verbose_name=label, size=2 * len(PERIODS), default=list)


class Figures(models.Model):
    """What is counted of one customer, or of several: `rank` is the tier's that they have."""

    rank = models.SmallIntegerField(_("tier"), null=True)
    partnership = models.FloatField(_("partnership"), default=0)
    minutes = counted(_("minutes entered"))
    messages = counted(_("messages without time"))
    asked = counted(_("times they asked for something"))
    worked = counted(_("times they did their part"))
    received = counted(_("times they put in something"))
    free = counted(_("minutes of free work"))
    mistakes = counted(_("mistakes of ours"))
    goals_reached = counted(_("goals reached"))
    goals_dropped = counted(_("goals dropped"))
    ours_kept = counted(_("promises of ours kept"))
    ours_late = counted(_("promises of ours kept late"))
    ours_missed = counted(_("promises of ours broken"))
    theirs_kept = counted(_("promises of theirs kept"))
    theirs_late = counted(_("promises of theirs kept late"))
    theirs_missed = counted(_("promises of theirs missed"))
    answered = counted(_("answers within the promise"))
    answered_late = counted(_("answers after the promise"))
    goals_active = models.IntegerField(_("goals pursued"), default=0)
    goals_stalled = models.IntegerField(_("goals stalled"), default=0)
    ours_open = models.IntegerField(_("promises of ours open"), default=0)
    theirs_open = models.IntegerField(_("promises of theirs open"), default=0)
    recoveries_open = models.IntegerField(_("recoveries open"), default=0)
    free_for_nothing = models.BigIntegerField(_("minutes of free work that led nowhere"), default=0)
    bought = models.BigIntegerField(_("bought in all, in the firm's currency"), default=0)

    class Meta:
        abstract = True


class Tally(Figures):
    """A customer's figures at the end of `day`; `…_then` is what it was when each period began."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="tally")
    day = models.DateField()
    loudness = models.FloatField(_("loudness"), default=0)
    rank_then = ArrayField(models.SmallIntegerField(null=True), size=len(PERIODS), default=list)
    partnership_then = ArrayField(models.FloatField(null=True), size=len(PERIODS), default=list)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        indexes = [
            models.Index(fields=["day"], name="health_tallies_by_day"),
            models.Index(
                fields=["-partnership", "customer"],
                condition=models.Q(recoveries_open__gt=0),
                name="health_tallies_to_be_mended",
            ),
            models.Index(
                fields=["-free_for_nothing", "customer"],
                condition=models.Q(free_for_nothing__gt=0),
                name="health_tallies_for_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.day}"


class TallySum(Figures):
    """The tallies of the customers whose ids share a block of BLOCK, added up by tier, so that a page that asks about
    everybody adds up hundreds of rows and not all. A trigger on the tallies keeps it: no path bypasses it."""

    BLOCK = 256

    block = models.BigIntegerField()
    customers = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("sum of tallies")
        verbose_name_plural = _("sums of tallies")
        constraints = [
            models.UniqueConstraint(
                fields=["block", "rank"], nulls_distinct=False, name="health_tallysum_one_of_a_tier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.block}/{self.rank}"


class BriefTally(models.Model):
    """What customers are put in order by, of each tally: a look at everybody reads a tenth of what a tally is.

    A trigger on the tallies keeps it. `moved_…` is by how much partnership rose since the period began, `then_…` the
    tier's rank at that time.
    """

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="brief_tally")
    partnership = models.FloatField()
    loudness = models.FloatField()
    minutes_week = models.BigIntegerField()
    minutes_month = models.BigIntegerField()
    minutes_quarter = models.BigIntegerField()
    minutes_year = models.BigIntegerField()
    messages_week = models.BigIntegerField()
    messages_month = models.BigIntegerField()
    messages_quarter = models.BigIntegerField()
    messages_year = models.BigIntegerField()
    rank = models.SmallIntegerField(null=True)
    moved_week = models.FloatField(null=True)
    moved_month = models.FloatField(null=True)
    moved_quarter = models.FloatField(null=True)
    moved_year = models.FloatField(null=True)
    then_week = models.SmallIntegerField(null=True)
    then_month = models.SmallIntegerField(null=True)
    then_quarter = models.SmallIntegerField(null=True)
    then_year = models.SmallIntegerField(null=True)

    class Meta:
        verbose_name = _("tally in brief")
        verbose_name_plural = _("tallies in brief")

    def __str__(self) -> str:
        return f"{self.customer_id}"


class StaleTally(models.Model):
    """Append-only: this customer's history changed. Written in the transaction that changed it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("stale tally")
        verbose_name_plural = _("stale tallies")

    def __str__(self) -> str:
        return f"{self.customer_id}"


class Answer(models.Model):
    """A turn of a conversation: when they began to wait, when we answered, beside what their tier was promised then.

    `waited` is in business seconds, `promised` in business hours.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"))
    rank = models.SmallIntegerField(_("tier then"), null=True)
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
