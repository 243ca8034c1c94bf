"""Value rules: which interactions count, and for how much."""

import re

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from interactions.models import Channel, Direction, Kind
from partnership.scoring.models.drafts import draft_rows_trigger
from partnership.scoring.models.rule_sets import RuleSet
from partnership.scoring.rules import model_validation
from partnership.staff.audit import audited

# A payload value read as a number, whether JSON wrote it as a number or as text. More digits are an identifier.
PAYLOAD_NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"


@audited(additions=True)
class ValueRule(models.Model):
    """Which interactions count, toward which sum, for how many points and with what half-life."""

    class Sum(models.TextChoices):
        KEPT = "kept", _("promises kept")
        MISSED = "missed", _("promises missed")
        EFFORT = "effort", _("doing their part")
        RECEIVED = "received", _("what they put in")
        GIVEN = "given", _("what we put in")
        DEMAND = "demand", _("what they ask for")

    class Per(models.TextChoices):
        EVENT = "event", _("event")
        MINUTE = "minute", _("minute")
        HOUR = "hour", _("hour")
        UNIT = "unit", _("unit of money")
        NUMBER = "number", _("unit of a number in the payload")

    class Payload(models.TextChoices):
        ANY = "", _("with any payload")
        HAS = "has", _("with the payload key")
        LACKS = "lacks", _("without the payload key")
        EQUALS = "equals", _("where the payload key is")
        AT_LEAST = "at_least", _("where the payload key is at least")

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("name"), max_length=100)
    sum = models.CharField(_("counts toward"), max_length=8, choices=Sum)
    kinds = ArrayField(models.CharField(max_length=20, choices=Kind), verbose_name=_("kinds"))
    channels = ArrayField(
        models.CharField(max_length=8, choices=Channel),
        verbose_name=_("channels"),
        default=list,
        blank=True,
        help_text=_("None chosen means every channel."),
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, blank=True)
    tags = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("tags"),
        default=list,
        blank=True,
        help_text=_("Only customers with one of these tags. None means every customer."),
    )
    payload = models.CharField(_("payload"), max_length=8, choices=Payload, blank=True, default="")
    payload_key = models.CharField(_("payload key"), max_length=60, blank=True)
    payload_value = models.CharField(_("payload value"), max_length=200, blank=True)
    amount_at_least = models.DecimalField(
        _("amount at least"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=3)
    per = models.CharField(_("per"), max_length=6, choices=Per, default=Per.EVENT)
    number_key = models.CharField(
        _("payload number"), max_length=60, blank=True, help_text=_("The payload key whose number is counted.")
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    daily_cap = models.DecimalField(_("points a day, at most"), max_digits=8, decimal_places=3, null=True, blank=True)
    shared_cap = models.CharField(
        _("shared cap"),
        max_length=60,
        blank=True,
        help_text=_("Rules with the same word here share one cap a day."),
    )
    half_life = models.FloatField(_("half-life in days"), validators=[MinValueValidator(0.1)])

    class Meta:
        verbose_name = _("value rule")
        verbose_name_plural = _("value rules")
        ordering = ["position", "id"]
        constraints = [
            # Deferred, here and for tiers: a form that swaps two names saves one row after the other.
            models.UniqueConstraint(
                fields=["rule_set", "name"], deferrable=models.Deferrable.DEFERRED, name="scoring_valuerule_name"
            ),
            models.CheckConstraint(
                condition=models.Q(points__gt=0, half_life__gt=0)
                & (models.Q(daily_cap__isnull=True) | models.Q(daily_cap__gt=0)),
                name="scoring_valuerule_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(payload="", payload_key="") | (~models.Q(payload="") & ~models.Q(payload_key="")),
                name="scoring_valuerule_payload_key",
            ),
            models.CheckConstraint(
                condition=models.Q(payload__in=["equals", "at_least"]) ^ models.Q(payload_value=""),
                name="scoring_valuerule_payload_value",
            ),
            # Any other text would make the statement fail and stop the rescoring of all customers.
            models.CheckConstraint(
                condition=~models.Q(payload="at_least") | models.Q(payload_value__regex=PAYLOAD_NUMBER),
                name="scoring_valuerule_compares_numbers",
            ),
            models.CheckConstraint(
                condition=models.Q(per="number") ^ models.Q(number_key=""), name="scoring_valuerule_number_key"
            ),
            models.CheckConstraint(
                condition=(
                    (models.Q(per="unit") | models.Q(amount_at_least__isnull=False))
                    & models.Q(currency__regex=r"^[A-Z]{3}$")
                )
                | (~models.Q(per="unit") & models.Q(amount_at_least__isnull=True, currency="")),
                name="scoring_valuerule_money_has_a_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(shared_cap="") | models.Q(daily_cap__isnull=False),
                name="scoring_valuerule_shared_cap_is_a_cap",
            ),
        ]
        triggers = [draft_rows_trigger()]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scoring_fields(cls) -> list[str]:
        """List the fields that tell two rules of one name apart."""
        return [field.name for field in cls._meta.fields if field.name not in ("id", "rule_set", "position", "name")]

    def clean(self) -> None:
        """Raise ValidationError, by field, for what would break an invariant or contradicts another field."""
        kinds = set(self.kinds or [])
        if Kind.GESTURE in kinds:
            raise ValidationError({"kinds": _("A goodwill gesture expects nothing in return: no rule may count it.")})
        if self.sum != self.Sum.DEMAND and kinds & DEMAND_KINDS:
            raise ValidationError({"kinds": _("What they ask for can only count toward demand.")})
        if self.sum == self.Sum.MISSED and kinds & _OWN_PART_KINDS:
            raise ValidationError({"kinds": _("Doing their part never hurts: it cannot count as a promise missed.")})
        if self.sum in (self.Sum.MISSED, self.Sum.GIVEN) and kinds & CANDID_KINDS:
            raise ValidationError({"kinds": _("Candid words are a gift: they cannot count against the customer.")})
        if self.sum in (self.Sum.MISSED, self.Sum.GIVEN) and kinds & HONESTY_KINDS:
            raise ValidationError({"kinds": _(
                "What we declined, a nudge, a mistake of ours, its recovery or a promise released in time cannot count "
                "against the customer.")})  # fmt: skip
        if self.sum == self.Sum.MISSED and Kind.COMMITMENT_MISSED in kinds and self.direction != Direction.INBOUND:
            raise ValidationError(
                {"direction": _("What we missed cannot count against the customer: choose “from them”.")}
            )
        if errors := model_validation.find_rule_errors(self):
            raise ValidationError(errors)
        if self.payload == self.Payload.AT_LEAST and not re.fullmatch(PAYLOAD_NUMBER, self.payload_value or ""):
            raise ValidationError({"payload_value": _("“At least” compares numbers: enter one, such as 80 or 12.5.")})


# Counted as a promise missed or as given by us, these would punish candour (P23).
CANDID_KINDS = {Kind.FEEDBACK, Kind.PRAISE, Kind.SURVEY_RESPONSE}

# Counted likewise, these would punish customers for what we said or did, or for their own honesty (P6, P7, P22).
HONESTY_KINDS = {Kind.DECLINE, Kind.NUDGE, Kind.MISTAKE, Kind.RECOVERY, Kind.FORGIVENESS, Kind.COMMITMENT_RELEASED}

# Counted toward anything but demand, these would reward loudness (I1).
DEMAND_KINDS = {Kind.QUESTION, Kind.REQUEST, Kind.COMPLAINT, Kind.REFUND_REQUEST, Kind.MESSAGE, Kind.CALL}

# Counted toward missed promises, these would lower commitment (I2).
_OWN_PART_KINDS = {Kind.WORK_DONE, Kind.ATTENDANCE, Kind.CHECK_IN, Kind.COMMITMENT_KEPT}
