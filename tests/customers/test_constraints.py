"""What the database itself refuses, constraint by constraint, whoever writes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from customers.models import CheckIn, Commitment, ContactPoint, Customer, CustomField, Goal, Merge
from interactions.actions.record import Entry, record_many
from interactions.models import Attachment, Conversation, Deletion, Erasure, Interaction, Outgoing, Settlement
from partnership.desk.models import BackupSchedule, Draft, RetentionRules, SavedView, ScheduledMail
from partnership.focus.models import FocusItem, Refreshed
from partnership.health.models import Alert, CustomerMetrics, RaisedAlert
from partnership.notifications.models import Notification
from partnership.recoveries.models import Recovery
from partnership.scoring.models import RuleSet, ScoreSnapshot, Tier, TierPin, ValueRule
from partnership.staff.models import Firm, GoodwillBudget, Invitation, MailSettings, User

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = date(2026, 3, 2)


class World:
    """Made when first asked for, so that each case makes only what it needs."""

    def __getattr__(self, name: str) -> Any:
        makers: dict[str, Callable[[], Any]] = {
            "ada": lambda: Customer.objects.create(name="Ada"),
            "eve": lambda: Customer.objects.create(name="Eve"),
            "org": lambda: Customer.objects.create(name="Org", kind="organisation"),
            "sam": lambda: User.objects.create_user("sam@firm.example", name="Sam"),
            "goal": lambda: Goal.objects.create(customer=self.ada, title="Ten clients"),
            "rules": lambda: RuleSet.objects.create(name="Draft"),
            "row": self.make_row,
        }
        made = makers[name]()
        setattr(self, name, made)
        return made

    def make_row(self) -> Interaction:
        fields = {"occurred_at": AT, "channel": "email", "direction": "inbound", "kind": "message"}
        record_many([Entry(customer_id=self.ada.pk, **fields)], recorded_at=AT)
        return Interaction.objects.get()

    def rule(self, **fields: Any) -> ValueRule:
        given = {"name": "Rule", "sum": "kept", "kinds": ["note"], "points": 1, "half_life": 1, **fields}
        return ValueRule.objects.create(rule_set=self.rules, **given)

    def tier(self, rank: int, **fields: Any) -> Tier:
        return Tier.objects.create(rule_set=self.rules, rank=rank, **{"name": f"Tier {rank}", **fields})

    def invitation(self, **fields: Any) -> Invitation:
        given = {"email": "eve@firm.example", "role": "support", "token_hash": "a", "invited_at": AT, "expires_at": AT}
        return Invitation.objects.create(**{**given, **fields})

    def attachment(self, sha256: str) -> Attachment:
        kind = "text/plain"
        return Attachment.objects.create(interaction=self.row, name="a", content_type=kind, size=1, sha256=sha256)

    def promise(self, **fields: Any) -> Commitment:
        return Commitment.objects.create(customer=self.ada, what="Call", made_at=AT, **{"party": "them", **fields})

    def thread(self, **fields: Any) -> Conversation:
        return Conversation.objects.create(customer=self.ada, channel="email", **fields)

    def settlement(self, **fields: Any) -> Settlement:
        given = {"answered": "yes", "at": AT, **fields}
        return Settlement.objects.create(conversation=self.thread(), **given)

    def deletion(self, **fields: Any) -> Deletion:
        given = {"source": "crm", "external_id": "1", "kind": "note", "reason": "Twice", **fields}
        return Deletion.objects.create(
            customer=self.ada, interaction_id=1, occurred_at=AT, deleted_at=AT, by=self.sam, **given
        )

    def mail(self, **fields: Any) -> Outgoing:
        given = {"to": ["ada@example.org"], "message_id": "<1@firm.example>", **fields}
        return Outgoing.objects.create(interaction=self.row, queued_at=AT, **given)

    def item(self, **fields: Any) -> FocusItem:
        given = {"reason": "goal", "cause": "goal/1", "since": DAY, "strength": 0.5, **fields}
        return FocusItem.objects.create(customer=self.ada, **given)

    def recovery(self, **fields: Any) -> Recovery:
        told = {"customer": self.ada, "mistake": self.row, "what_happened": "Lost", "opened_at": AT}
        return Recovery.objects.create(**told, **fields)

    def raised_alert(self) -> RaisedAlert:
        alert, _made = Alert.objects.get_or_create(owner=self.sam, condition="ours_owed", number=3, made_at=AT)
        return RaisedAlert.objects.create(alert=alert, value=4, raised_at=AT, due_on=DAY)

    def merge(self, survivor: Customer, absorbed: Customer) -> Merge:
        return Merge.objects.create(survivor=survivor, absorbed=absorbed, merged_at=AT)

    def update(self, row: Any, **fields: Any) -> None:
        assert type(row).objects.filter(pk=row.pk).update(**fields) == 1


def at_once(call: Callable[[], object]) -> None:
    """With what waits for the end of the transaction."""
    call()
    connection.check_constraints()


def twice(call: Callable[[], object]) -> None:
    call()
    call()


REFUSED: dict[str, list[Callable[[World], object]]] = {
    "customers_customer_ref": [
        lambda w: twice(lambda: Customer.objects.create(name="A", source="crm", external_id="1")),
    ],
    "customers_customer_only_persons_have_an_employer": [
        lambda w: Customer.objects.create(name="Org", kind="organisation", organisation=w.org),
        lambda w: w.update(w.org, organisation=w.ada),
    ],
    "customers_customer_introduced_by_another": [lambda w: w.update(w.ada, introduced_by=w.ada)],
    "customers_customer_merged_into_another": [lambda w: w.update(w.ada, merged_into=w.ada)],
    "customers_customer_has_a_name": [lambda w: Customer.objects.create(name="")],
    "customers_customer_renewal_amount_of_a_day": [
        lambda w: w.update(w.ada, renewal_amount=5),
        lambda w: w.update(w.ada, renewal_amount=-1, renews_on=DAY),
    ],
    "customers_contactpoint_one_owner": [
        lambda w: [ContactPoint.objects.create(customer=one, kind="email", value=value)
                   for one, value in ((w.ada, "Ada@example.org"), (w.eve, "ada@EXAMPLE.org"))],
    ],
    "customers_contactpoint_not_empty": [
        lambda w: ContactPoint.objects.bulk_create(
            [ContactPoint(customer=w.ada, kind="email", value="", normalised="")]
        ),
    ],
    "customers_goal_ref": [
        lambda w: twice(lambda: Goal.objects.create(customer=w.ada, title="T", source="crm", external_id="1")),
    ],
    "customers_goal_active_is_not_closed": [lambda w: w.update(w.goal, closed_at=AT)],
    "customers_checkin_ref": [
        lambda w: twice(lambda: CheckIn.objects.create(goal=w.goal, at=AT, source="crm", external_id="1")),
    ],
    "customers_commitment_ref": [lambda w: twice(lambda: w.promise(source="crm", external_id="1"))],
    "customers_commitment_closed_when_not_open": [
        lambda w: w.promise(status="kept"),
        lambda w: w.promise(closed_at=AT),
    ],
    "customers_commitment_owner_when_ours": [lambda w: w.promise(owner=w.sam)],
    "customers_merge_of_two": [lambda w: w.merge(w.ada, w.ada)],
    "customers_merge_absorbed_once": [lambda w: (w.merge(w.ada, w.eve), w.merge(w.org, w.eve))],
    "interactions_conversation_ref": [lambda w: twice(lambda: w.thread(source="crm", external_id="1"))],
    "interactions_conversation_snoozed_until": [
        lambda w: w.thread(snoozed_until=AT),
    ],
    "interactions_settlement_ref": [lambda w: twice(lambda: w.settlement(source="crm", external_id="1"))],
    "interactions_settlement_without_has_a_reason": [
        lambda w: w.settlement(answered="without"),
        lambda w: w.settlement(answered="perhaps"),
    ],
    "interactions_conversation_joined_into_another": [lambda w: w.update(thread := w.thread(), joined_into=thread)],
    "interactions_deletion_stands_once": [lambda w: twice(w.deletion)],
    "interactions_deletion_has_a_reason": [lambda w: w.deletion(reason="")],
    "interactions_outgoing_sent_at": [lambda w: w.mail(status="sent"), lambda w: w.mail(sent_at=AT)],
    "interactions_outgoing_has_recipients": [lambda w: w.mail(to=[])],
    "interactions_interaction_ref": [
        lambda w: Interaction.objects.bulk_create([Interaction(
            customer=w.ada, occurred_at=AT, occurred_on=DAY, recorded_at=AT, channel="email", direction="inbound",
            kind="message", source=w.row.source, external_id=w.row.external_id,
        )]),
    ],
    "interactions_interaction_money_has_a_currency": [lambda w: w.update(w.row, amount=Decimal(1))],
    "interactions_interaction_known_words": [
        lambda w: w.update(w.row, kind="rant"),
        lambda w: w.update(w.row, channel="pigeon"),
        lambda w: w.update(w.row, direction="sideways"),
    ],
    "interactions_interaction_person_of_organisation": [lambda w: w.update(w.row, person=w.ada)],
    "interactions_attachment_ref": [
        lambda w: w.update(w.attachment("a" * 64), external_id=w.attachment("b" * 64).external_id),
    ],
    "interactions_attachment_sha256": [lambda w: w.attachment("x" * 64), lambda w: w.attachment("a" * 63)],
    "scoring_ruleset_one_active": [lambda w: w.update(w.rules, status="active")],
    "scoring_ruleset_constants_in_range": [
        lambda w, wrong=wrong: w.update(w.rules, **wrong)
        for wrong in ({"doubt": 0}, {"balance_doubt": 0}, {"effort_half": 0}, {"demand_half": -1},
                      {"confidence_half": 0}, {"promise_weight": 1.1}, {"promise_weight": -0.1})
    ],
    "scoring_valuerule_name": [lambda w: at_once(lambda: twice(w.rule))],
    "scoring_valuerule_positive": [
        lambda w: w.rule(points=0),
        lambda w: w.rule(half_life=0),
        lambda w: w.rule(daily_cap=0),
    ],
    "scoring_valuerule_payload_key": [lambda w: w.rule(payload="has"), lambda w: w.rule(payload_key="days_late")],
    "scoring_valuerule_money_has_a_currency": [lambda w: w.rule(per="unit"), lambda w: w.rule(currency="EUR")],
    "scoring_valuerule_payload_value": [
        lambda w: w.rule(payload="equals", payload_key="course"),
        lambda w: w.rule(payload="has", payload_key="course", payload_value="law"),
    ],
    "scoring_valuerule_compares_numbers": [
        lambda w: w.rule(payload="at_least", payload_key="score", payload_value="many"),
    ],
    "scoring_valuerule_number_key": [lambda w: w.rule(per="number"), lambda w: w.rule(number_key="score")],
    "scoring_valuerule_shared_cap_is_a_cap": [lambda w: w.rule(shared_cap="a day's work")],
    "scoring_tier_rank": [lambda w: at_once(lambda: (w.tier(1), w.tier(1, name="Another")))],
    "scoring_tier_name": [lambda w: at_once(lambda: (w.tier(1), w.tier(2, name="Tier 1")))],
    "scoring_tier_one_for_newcomers": [lambda w: (w.tier(1, for_newcomers=True), w.tier(2, for_newcomers=True))],
    "scoring_scoresnapshot_one_a_day": [lambda w: twice(lambda: ScoreSnapshot.objects.create(customer=w.ada, day=DAY))],
    "health_customermetrics_one_of_a_period": [
        lambda w: twice(lambda: CustomerMetrics.objects.create(customer=w.ada, period="week", day=AT))
    ],
    "scoring_tierpin_has_a_reason": [
        lambda w: TierPin.objects.create(customer=w.ada, tier=w.tier(1), reason="", until=DAY),
    ],
    "customers_customfield_has_a_key": [lambda w: CustomField.objects.create(key="", label="Size")],
    "interactions_erasure_finished_holds_nothing": [
        lambda w: Erasure.objects.create(asked_at=AT, finished_at=AT, reason="Asked for it", salt="00", pending={}),
    ],
    "focus_item_one_of_a_reason": [lambda w: twice(w.item)],
    "focus_item_snoozed_until": [lambda w: w.item(state="snoozed"), lambda w: w.item(snoozed_until=AT)],
    "focus_item_done_at": [lambda w: w.item(state="done"), lambda w: w.item(done_at=AT)],
    "focus_item_leads_while_open": [lambda w: w.item(state="done", done_at=AT, is_lead=True)],
    "focus_item_strength_in_range": [lambda w: w.item(strength=1.1), lambda w: w.item(strength=-0.1)],
    "focus_refreshed_is_one_row": [lambda w: Refreshed.objects.create(id=2, day=DAY)],
    "recoveries_recovery_closed_with_an_outcome": [
        lambda w: w.recovery(closed_at=AT), lambda w: w.recovery(outcome="They were refunded"),
    ],
    "desk_scheduledmail_held_for_a_cause": [
        lambda w: ScheduledMail.objects.create(
            customer=w.ada, by=w.sam, body="x", scheduled_at=AT, leaves_at=AT, cause="wrote"
        ),
    ],
    "desk_backups_are_one_row": [lambda w: BackupSchedule.objects.create(id=2)],
    "desk_retention_is_one_row": [lambda w: RetentionRules.objects.create(id=2)],
    "desk_draft_one_for_each": [
        lambda w: twice(lambda: Draft.objects.create(user=w.sam, customer=w.ada, tab="notes", saved_at=AT)),
    ],
    "health_raisedalert_once_while_it_holds": [lambda w: twice(w.raised_alert)],
    "notifications_notification_told_once": [
        lambda w: twice(lambda: Notification.objects.create(user=w.sam, key="x", customer=w.ada, made_at=AT)),
    ],
    "desk_savedview_one_of_a_name": [lambda w: twice(lambda: SavedView.objects.create(owner=w.sam, name="Mine"))],
    "staff_firm_is_one_row": [lambda w: Firm.objects.create(id=2, name="Another")],
    "staff_firm_accent_colour": [lambda w: Firm.objects.create(name="Firm", accent="red")],
    "staff_mail_settings_is_one_row": [lambda w: MailSettings.objects.create(id=2, host="mail.firm.example")],
    "staff_invitation_one_open_for_each": [lambda w: [w.invitation(token_hash=token) for token in "ab"]],
    "staff_invitation_one_end": [lambda w: w.invitation(accepted_at=AT, withdrawn_at=AT)],
    "staff_firm_share_of_a_day": [lambda w: Firm.objects.create(name="Firm", partnership_share=101)],
    "staff_firm_currency_code": [lambda w: Firm.objects.create(name="Firm", currency="eur")],
    "staff_user_ref": [
        lambda w: [User.objects.create_user(f"{n}@f.example", source="hr", external_id="1") for n in range(2)],
    ],
    "staff_user_away_in_order": [
        lambda w: w.update(w.sam, away_from=DAY, away_to=date(2026, 3, 1)),
    ],
    "staff_user_covered_by_another": [lambda w: w.update(w.sam, cover=w.sam)],
    "staff_goodwillbudget_not_negative": [lambda w: GoodwillBudget.objects.create(amount=-1)],
    "staff_goodwillbudget_one_for_each": [lambda w: twice(lambda: GoodwillBudget.objects.create(amount=1))],
}  # fmt: skip


@pytest.mark.parametrize(("name", "write"), [(name, write) for name, writes in REFUSED.items() for write in writes])
def test_refused_by_name(name: str, write: Callable[[World], object]) -> None:
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        write(World())


def test_no_constraint_is_left_out() -> None:
    ours = [
        config for config in apps.get_app_configs() if config.name.startswith(("partnership", "customers", "inter"))
    ]
    tables = [model for config in ours for model in config.get_models() if not model.__name__.endswith("Event")]
    constraints = {constraint.name for model in tables for constraint in model._meta.constraints}
    assert constraints == set(REFUSED)
