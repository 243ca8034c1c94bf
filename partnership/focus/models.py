"""Reasons to give a customer the next hour, and what became of them."""

from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.core.fields import name_fields
from partnership.scoring.models import RuleSet
from partnership.staff.models import User


class FocusItem(models.Model):
    """A customer's reason to be on the Partnerships lane; at most one of each kind that is not done.

    `cause` names what raised it; `place` orders the lane (factors.py has the formula); `is_lead` marks the first of a
    customer's. Refreshing writes cause, since, strength, facts, place and is_lead, the staff's actions the rest.
    """

    class Reason(models.TextChoices):
        RECOVERY = "recovery", _("recovery open")
        OUR_PROMISE = "our_promise", _("our promise")
        GOAL = "goal", _("goal at risk")
        QUIET = "quiet", _("gone quiet")
        THANK = "thank", _("to thank")
        ENGAGED = "engaged", _("newly engaged")
        THEIR_PROMISE = "their_promise", _("their promise")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken")
        SNOOZED = "snoozed", _("snoozed")
        DONE = "done", _("done")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="focus_items")
    reason = models.CharField(_("reason"), max_length=14, choices=Reason)
    cause = models.CharField(_("cause"), max_length=100, editable=False)
    since = models.DateField(_("since"))
    strength = models.FloatField(_("strength"))
    facts: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    place = models.FloatField(default=0)
    is_lead = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.OPEN)
    taken_by = models.ForeignKey(
        User, verbose_name=_("taken by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="focus_items"
    )
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    snooze_reason = models.CharField(_("why it can wait"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, verbose_name=_("done by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("focus item")
        verbose_name_plural = _("focus items")
        ordering = ["-place", "-id"]
        indexes = [
            models.Index(fields=["-place", "-id"], condition=models.Q(is_lead=True), name="focus_items_in_order"),
            models.Index(fields=["snoozed_until"], condition=models.Q(state="snoozed"), name="focus_items_snoozed"),
            # What is done does not come back with the same cause.
            models.Index(
                fields=["customer", "reason", "cause"], condition=models.Q(state="done"), name="focus_items_done"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "reason"], condition=~models.Q(state="done"), name="focus_item_one_of_a_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(state="snoozed", snoozed_until__isnull=False)
                | (~models.Q(state="snoozed") & models.Q(snoozed_until__isnull=True)),
                name="focus_item_snoozed_until",
            ),
            models.CheckConstraint(
                condition=models.Q(state="done", done_at__isnull=False)
                | (~models.Q(state="done") & models.Q(done_at__isnull=True)),
                name="focus_item_done_at",
            ),
            models.CheckConstraint(
                condition=models.Q(is_lead=False) | models.Q(state__in=["open", "taken"]),
                name="focus_item_leads_while_open",
            ),
            models.CheckConstraint(
                condition=models.Q(strength__gte=0, strength__lte=1), name="focus_item_strength_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.get_reason_display()}"


class StaleFocus(models.Model):
    """A customer whose history changed; appended in the transaction that changed it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("stale focus")
        verbose_name_plural = _("stale focus")

    def __str__(self) -> str:
        return f"{self.customer_id}"


class Refreshed(models.Model):
    """The one row with the day and the rules for which all items were last refreshed."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    day = models.DateField()
    rule_set = models.ForeignKey(RuleSet, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("refreshed")
        verbose_name_plural = _("refreshed")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="focus_refreshed_is_one_row")]

    def __str__(self) -> str:
        return f"{self.day}"

    @classmethod
    def is_for(cls, day: date, rule_set: RuleSet) -> bool:
        return cls.objects.filter(day=day, rule_set=rule_set).exists()


name_fields(
    FocusItem,
    is_lead=_("first reason"),
    place=_("place"),
    facts=_("facts"),
)
