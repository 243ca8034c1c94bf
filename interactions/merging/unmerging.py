"""Undo a merge: return what it moved, and what arrived for the absorbed customer since.

Our own later entries stay with the survivor, except those in a returned thread or of a returned promise or goal.
"""

from datetime import datetime

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.merging.fields import revert_fields
from customers.merging.resolution import absorbed_customers
from customers.merging.rows import moved_rows, pause_audit, return_rows
from customers.models import Commitment, ContactPoint, Customer, Goal, Merge
from customers.signals import customers_unmerged, history_changed
from interactions.actions.entries import GOAL_KINDS, PROMISE_KINDS
from interactions.actions.record import refresh_conversations
from interactions.actions.threads import divide_settlements
from interactions.errors import ActionRefused
from interactions.imports.interchange.canonical import MAX_SNAPSHOT_VALUE, hash_text
from interactions.merging.merging import CLEARED_PERSONS, MOVED_COLUMNS, json_value, lock_customers, lock_timelines
from interactions.models import Conversation, Deletion, Direction, Erasure, Interaction
from interactions.models.conversation import sibling_ref
from interactions.querysets import ConversationQuerySet
from partnership.core.locks import LockKey, lock_transaction
from partnership.staff.external_ids import parse_ref
from partnership.staff.models import User


@transaction.atomic
def unmerge_customers(done: Merge, *, by: User, at: datetime) -> None:
    """Undo a merge. Raise ActionRefused if it is undone already, or if a later merge must be undone first."""
    lock_transaction(LockKey.HISTORY)
    lock_timelines([done.survivor_id, done.absorbed_id])
    survivor, absorbed = lock_customers(done.survivor, done.absorbed)
    done.refresh_from_db()
    if obstacle := unmerge_obstacle(done):
        raise ActionRefused(obstacle)
    with pause_audit():
        _Return(done).return_all()
    _revert_record(survivor, done)
    absorbed.merged_into = None
    absorbed.save(update_fields=["merged_into"])
    done.undone_at = at
    customers_unmerged.send(sender=Merge, survivor_id=survivor.pk, absorbed_id=absorbed.pk, merge=done)
    done.save(update_fields=["undone_at"])
    history_changed.send(sender=Merge, customer_ids=[survivor.pk, absorbed.pk])


def unmerge_obstacle(done: Merge) -> str:
    """Explain why the merge cannot be undone now; empty if it can."""
    if done.undone_at:
        return _("This merge is already undone.")
    if Erasure.objects.filter(customer=done.survivor_id).exists():
        return _("The customer was erased: nobody knows any more which part was whose.")
    both = (done.survivor_id, done.absorbed_id)
    since = Merge.objects.filter(Q(survivor__in=both) | Q(absorbed__in=both), undone_at=None, pk__gt=done.pk)
    later = since.select_related("survivor", "absorbed").order_by("-pk").first()
    if later is None:
        return ""
    return _("%(absorbed)s was merged into %(survivor)s later, on %(day)s: undo that merge first.") % {
        "absorbed": later.absorbed,
        "survivor": later.survivor,
        "day": date_format(localtime(later.merged_at), "SHORT_DATE_FORMAT"),
    }


class _Return:
    """Returns rows to the absorbed customer."""

    def __init__(self, done: Merge) -> None:
        self.merge, self.survivor, self.absorbed = done, done.survivor_id, done.absorbed_id
        # Customers merged into the absorbed one earlier return with it.
        self.meant_for = {self.absorbed, *absorbed_customers(self.absorbed)}
        self.refs = self._refs_in_snapshots()

    def _refs_in_snapshots(self) -> list[str]:
        """Return the absorbed customers' refs as source snapshots hold them."""
        refs = [one.ref for one in Customer.objects.filter(pk__in=self.meant_for).only("source", "external_id")]
        points = ContactPoint.objects.filter(
            pk__in=moved_rows(self.merge, ContactPoint, "customer"), kind=ContactPoint.Kind.EXTERNAL_ID
        )
        refs += points.values_list("normalised", flat=True)
        return [ref if len(ref) <= MAX_SNAPSHOT_VALUE else hash_text(ref) for ref in refs]

    def return_all(self) -> None:
        for model, name in MOVED_COLUMNS:
            return_rows(self.merge, model, name, include=self._arrived_since(model) if name == "customer" else ())
        self._return_timeline()
        self._return_people()
        self._return_deletions()
        _clear_foreign_references(self.survivor, self.absorbed)
        _separate_threads(self.survivor, self.absorbed)

    def _arrived_since(self, model: type[models.Model]) -> list[int]:
        """Return the survivor's rows that a source delivered for the absorbed customer since the merge."""
        if model is Conversation:
            return self._their_threads()
        if model not in (Goal, Commitment):
            return []
        rows = model._default_manager.filter(customer=self.survivor, source_snapshot__customer__in=self.refs)
        return list(rows.values_list("pk", flat=True))

    def _their_threads(self) -> list[int]:
        """Return later threads that were delivered for the absorbed customer, or in which only they wrote."""
        threads = Conversation.objects.filter(customer=self.survivor)
        meant = Interaction.objects.filter(customer=self.survivor, addressed_to__in=self.meant_for)
        others = Interaction.objects.filter(conversation=OuterRef("pk")).exclude(addressed_to__in=self.meant_for)
        of_before = Q(direction=Direction.INBOUND) | Q(recorded_at__lt=self.merge.merged_at)
        spoken = threads.filter(pk__in=meant.values("conversation")).exclude(Exists(others.filter(of_before)))
        by_record = threads.filter(source_snapshot__customer__in=self.refs)
        found = (spoken, by_record, self._threads_of_deleted())
        return [pk for one in found for pk in one.values_list("pk", flat=True)]

    def _threads_of_deleted(self) -> ConversationQuerySet:
        """Return threads without entries whose deleted ones were delivered for the absorbed customer."""
        deleted = Deletion.objects.filter(
            customer=self.survivor, undone_at=None, kept__addressed_to_id__in=list(self.meant_for)
        )
        events = apps.get_model("interactions", "InteractionEvent")
        lost = events.objects.filter(pgh_obj_id__in=deleted.values("interaction_id"), pgh_label="delete")
        threads = Conversation.objects.filter(customer=self.survivor, pk__in=lost.values("conversation_id"))
        return threads.exclude(Exists(Interaction.objects.filter(conversation=OuterRef("pk"))))

    def _return_timeline(self) -> None:
        theirs = {"customer": self.absorbed}
        restored = Deletion.objects.filter(pk__in=moved_rows(self.merge, Deletion, "customer")).values("interaction_id")
        written_here = Q(source_snapshot__isnull=True, recorded_at__gte=self.merge.merged_at)
        goes = (
            Q(pk__in=moved_rows(self.merge, Interaction, "customer"))
            | Q(pk__in=restored)
            | Q(addressed_to__in=self.meant_for)
            | Q(written_here, addressed_to=None, conversation__in=Conversation.objects.filter(**theirs))
            | Q(kind__in=PROMISE_KINDS, commitment__in=Commitment.objects.filter(**theirs))
            | Q(kind__in=GOAL_KINDS, goal__in=Goal.objects.filter(**theirs))
        )
        pks = list(Interaction.objects.filter(goes, customer=self.survivor).values_list("pk", flat=True))
        rows = Interaction.objects.filter(pk__in=pks)
        rows.update(customer=self.absorbed)
        rows.filter(addressed_to=self.absorbed).update(addressed_to=None)

    def _return_people(self) -> None:
        named_since = Interaction.objects.filter(person=self.survivor, source_snapshot__person__in=self.refs)
        return_rows(self.merge, Interaction, "person", include=named_since.values_list("pk", flat=True))
        for pk, person in self.merge.moved.get(CLEARED_PERSONS, ()):
            Interaction.objects.filter(pk=pk, person=None).exclude(customer=person).update(person=person)

    def _return_deletions(self) -> None:
        of_theirs = Q(interaction_id__in=moved_rows(self.merge, Interaction, "customer"))
        of_theirs |= Q(kept__addressed_to_id__in=self.meant_for)
        Deletion.objects.filter(of_theirs, customer=self.survivor).update(customer=self.absorbed)


def _clear_foreign_references(*customers: int) -> None:
    """Clear references to goals and promises that are now another customer's."""
    for model, name in ((Interaction, "goal"), (Interaction, "commitment"), (Commitment, "goal")):
        tied = model.objects.filter(**{"customer__in": customers, f"{name}__customer__in": customers})
        tied.exclude(**{f"{name}__customer": F("customer")}).update(**{name: None})


def _separate_threads(*customers: int) -> None:
    """Move entries that stand in another customer's thread to a thread of their own customer."""
    rows = Interaction.objects.filter(customer__in=customers, conversation__customer__in=customers)
    apart = rows.exclude(conversation__customer=F("customer"))
    touched: set[int] = set()
    for thread, customer in sorted(set(apart.order_by().values_list("conversation", "customer"))):
        common = Conversation.objects.get(pk=thread)
        own = _thread_beside(Customer.objects.get(pk=customer), common)
        apart.filter(conversation=thread, customer=customer).update(conversation=own)
        divide_settlements(common, own)
        touched |= {thread, own.pk}
    joined = Conversation.objects.filter(customer__in=customers, joined_into__customer__in=customers)
    joined.exclude(joined_into__customer=F("customer")).update(joined_into=None)
    refresh_conversations(touched)


def _thread_beside(customer: Customer, thread: Conversation) -> Conversation:
    """Find or create the customer's counterpart of a thread: one joined to it, or the one an import would create."""
    status = Conversation.Status.CLOSED if thread.status == Conversation.Status.CLOSED else Conversation.Status.OPEN
    own = Conversation.objects.filter(joined_into=thread, customer=customer).order_by("pk").first()
    if own is None:
        source, external_id = parse_ref(sibling_ref(thread.ref, customer.ref))
        copied = ("channel", "subject", "assignee", "department", "split_from")
        fields = {"customer": customer, "status": status} | {name: getattr(thread, name) for name in copied}
        own, _made = Conversation.objects.get_or_create(source=source, external_id=external_id, defaults=fields)
        return own.joined_into or own
    own.joined_into, own.status = None, status
    own.save(update_fields=["joined_into", "status"])
    return own


def _revert_record(survivor: Customer, done: Merge) -> None:
    """Remove what the survivor's record took over; later edits are kept."""
    fields = done.moved.get("fields", {})
    now = {field.attname: json_value(getattr(survivor, field.attname)) for field in Customer._meta.concrete_fields}
    for name, value in revert_fields(now, fields).items():
        setattr(survivor, name, value)
    if fields:
        survivor.save(update_fields=list(fields))
