"""Tiers: thresholds of scores, and the service that they earn."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.scoring.models.drafts import draft_rows_trigger
from partnership.scoring.models.rule_sets import RuleSet
from partnership.staff.audit import audited

DEFAULT_RESPONSE_HOURS = 16  # business hours, for customers without a tier yet


class Colour(models.IntegerChoices):
    """The colour of a tier's badge; the number says how many of its four steps are filled."""

    GREY = 0, _("grey")
    BLUE = 1, _("blue")
    GREEN = 2, _("green")
    TEAL = 3, _("teal")
    AMBER = 4, _("amber")


@audited(additions=True, without=("same_as",))
class Tier(models.Model):
    """Thresholds that must all be met, and the service policy that the tier earns.

    The lowest rank has no thresholds. The tier for newcomers is outside the order: customers with thin evidence have it
    in their first days.

    `same_as`: of a retired set's tier, the tier of the active set that it is now; of a draft's, the one that it was
    copied from (docs/decisions/0015). A rank means nothing beyond its own set.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="tiers")
    rank = models.PositiveSmallIntegerField(_("rank"))
    name = models.CharField(_("name"), max_length=60)
    colour = models.PositiveSmallIntegerField(_("colour"), choices=Colour, default=Colour.GREEN)
    same_as = models.ForeignKey("self", null=True, editable=False, on_delete=models.SET_NULL, related_name="+")
    for_newcomers = models.BooleanField(_("for newcomers"), default=False)
    partnership = models.FloatField(_("partnership at least"), default=0)
    commitment = models.FloatField(_("commitment at least"), default=0)
    confidence = models.FloatField(_("confidence at least"), default=0)
    response_hours = models.PositiveSmallIntegerField(
        _("response target in business hours"), default=DEFAULT_RESPONSE_HOURS
    )
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
        triggers = [draft_rows_trigger(besides="same_as_id")]

    def __str__(self) -> str:
        return self.name

    @property
    def in_force(self) -> "Tier | None":
        """Return the tier of the active set that this one is; None where it is gone. Needs rule_set and same_as."""
        return self if self.rule_set.status == RuleSet.Status.ACTIVE else self.same_as

    @classmethod
    def scoring_fields(cls) -> list[str]:
        """List the fields that tell two tiers of one name apart, thresholds first."""
        return [
            "rank", "partnership", "commitment", "confidence", "for_newcomers", "response_hours", "goodwill",
            "exceptions_offered",
        ]  # fmt: skip
