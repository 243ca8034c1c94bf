"""Rule sets: versions of how relationships are valued."""

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.scoring.models.drafts import CONSTANTS, draft_constants_trigger
from partnership.scoring.rules import model_validation
from partnership.staff.audit import audited

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _positive_field(
    label: "StrOrPromise", default: float, *, help_text: "StrOrPromise"
) -> "models.FloatField[float, float]":
    return models.FloatField(label, default=default, validators=[MinValueValidator(0.001)], help_text=help_text)


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def with_rows(self) -> Self:
        """Fetch rules and tiers along."""
        return self.prefetch_related("rules", "tiers")

    def active(self) -> "RuleSet":
        """Return the active set with its rules and tiers."""
        return self.with_rows().get(status=RuleSet.Status.ACTIVE)


@audited(additions=True)
class RuleSet(models.Model):
    """One version of how relationships are valued, with the constants of docs/scoring.md."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")

    name = models.CharField(_("name"), max_length=100, unique=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT, editable=False)
    description = models.TextField(
        _("description"), blank=True, help_text=_("What these rules value, and in which business.")
    )
    based_on = models.ForeignKey(
        "self", verbose_name=_("copied from"), null=True, blank=True, editable=False, on_delete=models.SET_NULL
    )
    why = models.TextField(_("what it changes and why"), blank=True, help_text=_("Required before activation."))
    doubt = _positive_field(
        _("doubt about promises κ"),
        2.0,
        help_text=_("How many promises kept or missed it takes to move commitment half-way from neutral."),
    )
    balance_doubt = _positive_field(
        _("doubt about the balance λ"),
        8.0,
        help_text=_(
            "How many points given and received it takes to move reciprocity away from neutral. One kind word proves "
            "little: with 8, one survey answered makes 67, one referral 91 and two 100."
        ),
    )
    promise_weight = models.FloatField(
        _("weight of promises α"), default=0.6, help_text=_("Of commitment; the rest is doing the work.")
    )
    effort_half = _positive_field(_("effort E½"), 6.0, help_text=_("Points of effort that reach half of full effort."))
    demand_half = _positive_field(
        _("demand D½"), 5.0, help_text=_("Points of demand that reach half of full loudness.")
    )
    confidence_half = _positive_field(
        _("confidence C½"), 2.0, help_text=_("Points of evidence that reach half confidence.")
    )
    thin_below = models.FloatField(
        _("least confidence"),
        default=0.4,
        help_text=_("With less, the evidence is thin: the tier is that of newcomers, or the lowest."),
    )
    newcomer_days = models.PositiveSmallIntegerField(
        _("days as a newcomer"), default=180, help_text=_("From the first interaction on, while the evidence is thin.")
    )
    margin = models.FloatField(
        _("points before a tier changes"),
        default=3.0,
        help_text=_("A tier changes once its threshold is passed by so many points: small changes keep it."),
    )
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status="active"), name="scoring_ruleset_one_active"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    doubt__gt=0, balance_doubt__gt=0, effort_half__gt=0, demand_half__gt=0, confidence_half__gt=0
                )
                & models.Q(promise_weight__gte=0, promise_weight__lte=1),
                name="scoring_ruleset_constants_in_range",
            ),
        ]
        triggers = [
            # With the unique constraint above, exactly one set is active at the end of every transaction.
            pgtrigger.Trigger(
                name="one_stays_active",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(old__status="active"),
                func="""
                    IF NOT EXISTS (SELECT FROM scoring_ruleset WHERE status = 'active') THEN
                        RAISE EXCEPTION 'no rule set would be active' USING ERRCODE = 'check_violation',
                            CONSTRAINT = 'scoring_ruleset_one_stays_active';
                    END IF;
                    RETURN NULL;
                """,
            ),
            draft_constants_trigger(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def editable(self) -> bool:
        return self.status == self.Status.DRAFT

    def clean(self) -> None:
        if errors := model_validation.find_constant_errors(self):
            raise ValidationError(errors)

    def fingerprint(self) -> str:
        """Return a hash of constants, rules and tiers; equal hashes mean that both states score alike."""
        parts = [[str(getattr(self, name)) for name in CONSTANTS]]
        for rows in (self.rules.all(), self.tiers.all()):
            parts += sorted([row.name, *(str(getattr(row, name)) for name in row.scoring_fields())] for row in rows)
        return sha256(json.dumps(parts).encode()).hexdigest()
