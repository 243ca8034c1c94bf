"""What the dashboards read: one row per customer, kept equal to what measures.py counts, and one per answer given."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.models import Conversation
from partnership.health.periods import PERIODS
from partnership.staff.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def counted(label: "StrOrPromise") -> "ArrayField[Any, Any]":
    """For each of PERIODS in turn two numbers: of the period, and of the one before it."""
    return ArrayField(models.IntegerField(), verbose_name=label, size=2 * len(PERIODS), default=list)


class Tally(models.Model):
    """A customer's figures at the end of `day`; `rank` is the tier's, `…_then` what it was when each period began."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="tally")
    day = models.DateField()
    rank = models.SmallIntegerField(_("tier"), null=True)
    partnership = models.FloatField(_("partnership"), default=0)
    loudness = models.FloatField(_("loudness"), default=0)
    rank_then = ArrayField(models.SmallIntegerField(null=True), size=len(PERIODS), default=list)
    partnership_then = ArrayField(models.FloatField(null=True), size=len(PERIODS), default=list)
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
    free_for_nothing = models.IntegerField(_("minutes of free work that led nowhere"), default=0)
    bought = models.IntegerField(_("bought in all, in the firm's currency"), default=0)

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


class LetterWish(models.Model):
    """Who gets the weekly letter; `sent_for`: the Monday of the last one."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="letter_wish")
    sent_for = models.DateField(null=True)

    class Meta:
        verbose_name = _("weekly letter")
        verbose_name_plural = _("weekly letters")

    def __str__(self) -> str:
        return str(self.user)
