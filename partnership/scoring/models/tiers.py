"""Tiers: thresholds of scores, and the service that they earn."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.scoring.models.drafts import draft_rows_trigger
from partnership.scoring.models.rule_sets import RuleSet
from partnership.staff.audit import audited

DEFAULT_RESPONSE_HOURS = 16  # business hours, for customers without a tier yet


@audited(additions=True)
class Tier(models.Model):
    """Thresholds that must all be met, and the service policy that the tier earns.

    The lowest rank has no thresholds. The tier for newcomers is outside the order: customers with thin evidence have it
    in their first days.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="tiers")
    rank = models.PositiveSmallIntegerField(_("rank"))
    name = models.CharField(_("name"), max_length=60)
    for_newcomers = models.BooleanField(_("for newcomers"), default=False)
    partnership = models.FloatField(_("partnership at least"), default=0)
    commitment = models.FloatField(_("commitment at least"), default=0)
    confidence = models.FloatField(_("confidence at least"), default=0)
    response_hours = models.PositiveSmallIntegerField(_("answer within business hours"), default=DEFAULT_RESPONSE_HOURS)
    goodwill = models.DecimalField(_("goodwill a year"), max_digits=10, decimal_places=2, default=0)
    exceptions_offered = models.BooleanField(_("exceptions are offered"), default=False)

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "rank"], deferrable=models.Deferrable.DEFERRED, name="scoring_tier_rank"
            ),
            models.UniqueConstraint(
                fields=["rule_set", "name"], deferrable=models.Deferrable.DEFERRED, name="scoring_tier_name"
            ),
            models.UniqueConstraint(
                fields=["rule_set"], condition=models.Q(for_newcomers=True), name="scoring_tier_one_for_newcomers"
            ),
        ]
        triggers = [draft_rows_trigger()]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scoring_fields(cls) -> list[str]:
        """List the fields that tell two tiers of one name apart, thresholds first."""
        return [
            "rank", "partnership", "commitment", "confidence", "for_newcomers", "response_hours", "goodwill",
            "exceptions_offered",
        ]  # fmt: skip
