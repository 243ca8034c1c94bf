"""Scores as the rules compute them from a history. Sums are exact: thousandths of a point times 2³⁰."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from partnership.core.fields import name_fields
from partnership.scoring.models.rule_sets import RuleSet
from partnership.scoring.models.tiers import Tier


class ScoreValues(models.Model):
    rule_set = models.ForeignKey(RuleSet, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reciprocity = models.FloatField(_("reciprocity"), default=0)
    commitment = models.FloatField(pgettext_lazy("score", "commitment"), default=0)
    partnership = models.FloatField(_("partnership"), default=0)
    loudness = models.FloatField(_("loudness"), default=0)
    confidence = models.FloatField(_("confidence"), default=0)
    tier = models.ForeignKey(
        Tier, verbose_name=_("tier"), null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    pinned = models.BooleanField(_("tier pinned"), default=False, db_default=False)

    class Meta:
        abstract = True


class Score(ScoreValues):
    """A customer's current scores, as of `day` in the firm's time zone."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="score")
    day = models.DateField(_("as of"), null=True)
    kept = models.BigIntegerField(default=0)
    missed = models.BigIntegerField(default=0)
    effort = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    given = models.BigIntegerField(default=0)
    demand = models.BigIntegerField(default=0)
    earned_tier = models.ForeignKey(
        Tier, verbose_name=_("earned tier"), null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    trend = models.FloatField(_("trend"), null=True, help_text=_("Points of partnership gained in 30 days."))

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        indexes = [
            # Filtered by several tiers, the list reads the first index and skips other tiers; by one, the second.
            models.Index(fields=["-partnership", "-customer"], include=["tier"], name="scoring_best_first"),
            models.Index(fields=["tier", "-partnership", "-customer"], name="scoring_best_of_tier"),
            models.Index(fields=["day"], name="scoring_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.partnership:.0f}"

    def find_former_tier(self) -> Tier | None:
        """Return the highest tier that a customer held who has gone quiet since: "quiet, was Champion"."""
        if self.rule_set is None or self.tier is None or self.confidence >= self.rule_set.thin_below:
            return None
        lowest = self.tier.rank if not self.tier.for_newcomers else 0
        earlier = ScoreSnapshot.objects.filter(customer_id=self.customer_id, pinned=False)
        higher = earlier.annotate(held=_rank_under(self.rule_set)).filter(held__gt=lowest)
        best = higher.select_related("tier").order_by("-held", "-day").first()
        return best.tier if best else None


def _rank_under(rule_set: RuleSet) -> models.Case:
    """Return the rank that a snapshot's tier has under a set; NULL for newcomers and for a tier that is gone."""
    return models.Case(
        models.When(tier__rule_set=rule_set, tier__for_newcomers=False, then="tier__rank"),
        models.When(tier__same_as__rule_set=rule_set, tier__same_as__for_newcomers=False, then="tier__same_as__rank"),
    )


class ScoreSnapshot(ScoreValues):
    """The history of a score: one row for each day on which it moved by a point, or its tier, pin or rules changed."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="snapshots", db_index=False)
    day = models.DateField(_("as of"))
    recorded_at = models.DateTimeField(
        _("recorded"), null=True, help_text=_("What was known of the history then is what it counts.")
    )

    class Meta:
        verbose_name = _("score snapshot")
        verbose_name_plural = _("score snapshots")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["customer", "day"], name="scoring_scoresnapshot_one_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.partnership:.0f}"


class StaleScore(models.Model):
    """A note that a customer's history changed, written in the same transaction. Append-only."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("stale score")
        verbose_name_plural = _("stale scores")

    def __str__(self) -> str:
        return f"{self.customer_id}"


class MissingTrend(models.Model):
    """A note that an import brought a customer years at once, written in its transaction. Append-only; deleted with
    the weekly snapshots that it asks for."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("missing trend")
        verbose_name_plural = _("missing trends")

    def __str__(self) -> str:
        return f"{self.customer_id}"


name_fields(
    Score,
    demand=_("demand"),
    effort=_("effort"),
    received=_("received"),
)
