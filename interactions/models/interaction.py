"""One line of time: everything that happens between a customer and the business."""

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Customer, Goal
from interactions.models.conversation import Conversation
from interactions.models.kinds import (
    CORRESPONDENCE,
    REPAIR,
    SALES,
    VALUE_GIVEN,
    VALUE_RECEIVED,
    Channel,
    Direction,
    Kind,
)
from interactions.models.words import customer_array, entry_words
from interactions.querysets import WAS_SENT, InteractionQuerySet
from partnership.core.fields import name_fields
from partnership.staff.audit import audited
from partnership.staff.external_ids import ExternallyIdentified
from partnership.staff.models import CURRENCY, User


@audited(without=("late", "language", "addressed_to"))
class Interaction(ExternallyIdentified):
    """Rows are created by interactions.actions.record only; the audit keeps edited and deleted ones."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="interactions", db_index=False)
    person = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="spoken", db_index=False
    )
    occurred_at = models.DateTimeField(_("happened at"))
    occurred_on = models.DateField(_("day"), editable=False, help_text=_("In the firm's time zone."))
    recorded_at = models.DateTimeField(_("recorded at"), editable=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions", db_index=False
    )
    subject = models.CharField(_("subject"), max_length=998, blank=True)
    body = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True, editable=False)
    quoted = models.TextField(blank=True, editable=False, help_text=_("The quoted reply that was cut off the text."))
    author = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions", db_index=False
    )
    # The customer's language, else the firm's, when it was recorded: which stemmer the search asks.
    language = models.CharField(max_length=16, blank=True, editable=False)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    goal = models.ForeignKey(
        Goal, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions", db_index=False
    )
    commitment = models.ForeignKey(
        Commitment, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions", db_index=False
    )
    payload = models.JSONField(default=dict, blank=True)
    shared = models.BooleanField(_("shown to the customer"), default=False)
    pinned = models.BooleanField(_("pinned"), default=False)
    # The merged customer for whom the entry arrived; undoing the merge returns it. No database constraint, because it
    # would cost one more check of every new row.
    addressed_to = models.ForeignKey(
        Customer, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    # A rule that asks for days_late reads this column out of the index instead of the payload out of the table.
    late = models.GeneratedField(
        expression=RawSQL("payload ? 'days_late'", ()), output_field=models.BooleanField(), db_persist=True
    )

    objects = InteractionQuerySet.as_manager()

    class Meta(ExternallyIdentified.Meta):
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["customer", "-occurred_at", "-id"], name="interactions_timeline"),
            # Scoring reads nothing but this index.
            models.Index(
                fields=["customer", "occurred_on"],
                include=["kind", "direction", "channel", "minutes", "late"],
                name="interactions_scoring",
            ),
            *(
                models.Index(
                    fields=[name, "occurred_at"],
                    condition=models.Q(**{f"{name}__isnull": False}),
                    name=f"interactions_by_{name}",
                )
                for name in ("conversation", "person", "goal", "commitment")
            ),
            models.Index(
                fields=["addressed_to"],
                condition=models.Q(addressed_to__isnull=False),
                name="interactions_by_addressed_to",
            ),
            models.Index(
                fields=["customer", "kind", "currency"],
                include=["minutes", "amount"],
                condition=models.Q(kind__in=[*VALUE_GIVEN, *VALUE_RECEIVED, *SALES]),
                name="interactions_value",
            ),
            models.Index(
                fields=["customer", "occurred_at"],
                condition=models.Q(kind__in=REPAIR),
                name="interactions_repair",
            ),
            models.Index(
                fields=["customer", "occurred_at"],
                condition=models.Q(kind=Kind.SURVEY_RESPONSE),
                name="interactions_surveys",
            ),
            # Entries whose time is estimated.
            models.Index(
                fields=["customer", "occurred_on"],
                condition=models.Q(direction=Direction.OUTBOUND, kind__in=CORRESPONDENCE, minutes__isnull=True)
                & ~models.Q(payload__has_key="auto_reply")
                & WAS_SENT,
                name="interactions_written",
            ),
            models.Index(fields=["customer"], condition=models.Q(pinned=True), name="interactions_pinned"),
            # Common words are found by walking back through time, rare ones by their own index.
            models.Index(fields=["-occurred_at", "-id"], name="interactions_newest"),
            GinIndex(customer_array("customer"), entry_words(), name="interactions_by_words"),
            # What was recorded lately stands at the end of the table, whenever it happened.
            BrinIndex(fields=["recorded_at"], autosummarize=True, name="interactions_recorded"),
        ]
        constraints = [
            *ExternallyIdentified.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(currency__regex=CURRENCY),
                name="interactions_interaction_money_has_a_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values)
                & models.Q(channel__in=Channel.values)
                & models.Q(direction__in=Direction.values),
                name="interactions_interaction_known_words",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) | ~models.Q(person=models.F("customer")),
                name="interactions_interaction_person_of_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.body[:60] or self.get_kind_display()


name_fields(
    Interaction,
    author=_("author"),
    person=_("person"),
    payload=_("further data"),
)
