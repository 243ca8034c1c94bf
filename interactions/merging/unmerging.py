"""Undoing a merge: the absorbed customer has again what the merge moved, and what was meant for them since.

What we wrote meanwhile stays with the survivor, but for what stands in a thread, or is a line of a promise or a goal,
that goes back: these stay whole.
"""

from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.merge_fields import taken_back
from customers.merge_resolution import absorbed_by
from customers.merge_rows import give_back, named, named_by_merges
from customers.models import Commitment, ContactPoint, Customer, Goal, Merge
from customers.signals import customers_unmerged, history_changed
from interactions.actions.entries import OF_GOALS, OF_PROMISES
from interactions.actions.record import refresh_conversations
from interactions.errors import ActionRefused
from interactions.imports.interchange.canonical import LONGEST, hashed
from interactions.merging.merging import MOVED, OWN_PERSON, hold_customers, hold_lines, plain
from interactions.models import Conversation, Deletion, Direction, Interaction
from interactions.models.conversation import sibling
from partnership.core.locks import LockKey, lock_transaction
from partnership.staff.external_ids import parse_ref
from partnership.staff.models import User


@transaction.atomic
def unmerge(done: Merge, *, by: User, at: datetime) -> None:
    """They are two again. ActionRefused when they are already, or a later merge has to be undone first."""
    lock_transaction(LockKey.HISTORY)
    hold_lines([done.survivor_id, done.absorbed_id])
    survivor, absorbed = hold_customers(done.survivor, done.absorbed)
    done.refresh_from_db()
    if why_not := obstacle(done):
        raise ActionRefused(why_not)
    with named_by_merges():
        Returning(done).give_back()
    take_back(survivor, done)
    absorbed.merged_into = None
    absorbed.save(update_fields=["merged_into"])
    done.undone_at = at
    customers_unmerged.send(sender=Merge, survivor_id=survivor.pk, absorbed_id=absorbed.pk, merge=done)
    done.save(update_fields=["undone_at"])
    history_changed.send(sender=Merge, customer_ids=[survivor.pk, absorbed.pk])


def obstacle(done: Merge) -> str:
    """Why it can't be undone now; empty when it can."""
    if done.undone_at:
        return _("This merge is already undone.")
    both = (done.survivor_id, done.absorbed_id)
    since = Merge.objects.filter(Q(survivor__in=both) | Q(absorbed__in=both), undone_at=None, pk__gt=done.pk)
    later = since.select_related("survivor", "absorbed").order_by("-pk").first()
    if later is None:
        return ""
    return _("%(absorbed)s was merged into %(survivor)s later, on %(day)s: undo that merge first.") % {
        "absorbed": later.absorbed,
        "survivor": later.survivor,
        "day": date_format(localtime(later.merged_at), "j M Y"),
    }


class Returning:
    """What goes back to the absorbed customer."""

    def __init__(self, done: Merge) -> None:
        self.merge, self.survivor, self.absorbed = done, done.survivor_id, done.absorbed_id
        self.meant_for = {self.absorbed, *absorbed_by(self.absorbed)}
        """Whom what arrived since was meant for, if it goes back: those count who were merged into them before."""
        self.source_snapshot = self.refs_as_said()

    def refs_as_said(self) -> list[str]:
        """As a record of a source names them, in what is kept of it."""
        refs = [one.ref for one in Customer.objects.filter(pk__in=self.meant_for).only("source", "external_id")]
        points = ContactPoint.objects.filter(
            pk__in=named(self.merge, ContactPoint, "customer"), kind=ContactPoint.Kind.EXTERNAL_ID
        )
        refs += points.values_list("normalised", flat=True)
        return [ref if len(ref) <= LONGEST else hashed(ref) for ref in refs]

    def give_back(self) -> None:
        for model, name in MOVED:
            give_back(self.merge, model, name, also=self.arrived(model) if name == "customer" else ())
        self.lines_go_back()
        self.people_go_back()
        self.traces_go_back()
        untie(self.survivor, self.absorbed)
        make_whole(self.survivor, self.absorbed)

    def arrived(self, model: type[models.Model]) -> list[int]:
        """Rows of the survivor's that a source brought since, naming the absorbed one; of threads, where only they
        spoke."""
        if model is Conversation:
            return self.threads_of_theirs()
        if model not in (Goal, Commitment):
            return []
        source_snapshot = model._default_manager.filter(
            customer=self.survivor, source_snapshot__customer__in=self.source_snapshot
        )
        return list(source_snapshot.values_list("pk", flat=True))

    def threads_of_theirs(self) -> list[int]:
        """Threads of the time since, by their own record or because nobody but the absorbed one spoke in them."""
        threads = Conversation.objects.filter(customer=self.survivor)
        meant = Interaction.objects.filter(customer=self.survivor, addressed_to__in=self.meant_for)
        others = Interaction.objects.filter(conversation=OuterRef("pk")).exclude(addressed_to__in=self.meant_for)
        of_before = Q(direction=Direction.INBOUND) | Q(recorded_at__lt=self.merge.merged_at)
        spoken = threads.filter(pk__in=meant.values("conversation")).exclude(Exists(others.filter(of_before)))
        by_record = threads.filter(source_snapshot__customer__in=self.source_snapshot)
        return [*spoken.values_list("pk", flat=True), *by_record.values_list("pk", flat=True)]

    def lines_go_back(self) -> None:
        theirs = {"customer": self.absorbed}
        restored = Deletion.objects.filter(pk__in=named(self.merge, Deletion, "customer")).values("interaction_id")
        written_here = Q(source_snapshot__isnull=True, recorded_at__gte=self.merge.merged_at)
        goes = (
            Q(pk__in=named(self.merge, Interaction, "customer"))
            | Q(pk__in=restored)
            | Q(addressed_to__in=self.meant_for)
            | Q(written_here, addressed_to=None, conversation__in=Conversation.objects.filter(**theirs))
            | Q(kind__in=OF_PROMISES, commitment__in=Commitment.objects.filter(**theirs))
            | Q(kind__in=OF_GOALS, goal__in=Goal.objects.filter(**theirs))
        )
        pks = list(Interaction.objects.filter(goes, customer=self.survivor).values_list("pk", flat=True))
        rows = Interaction.objects.filter(pk__in=pks)
        rows.update(customer=self.absorbed)
        rows.filter(addressed_to=self.absorbed).update(addressed_to=None)

    def people_go_back(self) -> None:
        named_since = Interaction.objects.filter(person=self.survivor, source_snapshot__person__in=self.source_snapshot)
        give_back(self.merge, Interaction, "person", also=named_since.values_list("pk", flat=True))
        for pk, person in self.merge.moved.get(OWN_PERSON, ()):
            Interaction.objects.filter(pk=pk, person=None).exclude(customer=person).update(person=person)

    def traces_go_back(self) -> None:
        """Of their entries that were deleted meanwhile."""
        of_theirs = Q(interaction_id__in=named(self.merge, Interaction, "customer"))
        of_theirs |= Q(kept__addressed_to_id__in=self.meant_for)
        Deletion.objects.filter(of_theirs, customer=self.survivor).update(customer=self.absorbed)


def untie(*customers: int) -> None:
    """What served a goal or a promise that is now another's serves it no longer."""
    for model, name in ((Interaction, "goal"), (Interaction, "commitment"), (Commitment, "goal")):
        tied = model.objects.filter(**{"customer__in": customers, f"{name}__customer__in": customers})
        tied.exclude(**{f"{name}__customer": F("customer")}).update(**{name: None})


def make_whole(*customers: int) -> None:
    """A thread is one customer's: whatever of another's stands in it stands in a thread of their own from now on."""
    rows = Interaction.objects.filter(customer__in=customers, conversation__customer__in=customers)
    apart = rows.exclude(conversation__customer=F("customer"))
    touched: set[int] = set()
    for thread, customer in sorted(set(apart.order_by().values_list("conversation", "customer"))):
        own = thread_of(Customer.objects.get(pk=customer), Conversation.objects.get(pk=thread))
        apart.filter(conversation=thread, customer=customer).update(conversation=own)
        touched |= {thread, own.pk}
    joined = Conversation.objects.filter(customer__in=customers, joined_into__customer__in=customers)
    joined.exclude(joined_into__customer=F("customer")).update(joined_into=None)
    refresh_conversations(touched)


def thread_of(customer: Customer, thread: Conversation) -> Conversation:
    """Their own beside this one: which was joined to it, or else, as imports have it, one of its ref and theirs."""
    status = Conversation.Status.CLOSED if thread.status == Conversation.Status.CLOSED else Conversation.Status.OPEN
    own = Conversation.objects.filter(joined_into=thread, customer=customer).order_by("pk").first()
    if own is None:
        source, external_id = parse_ref(sibling(thread.ref, customer.ref))
        source_snapshot = {"channel": thread.channel, "subject": thread.subject, "assignee": thread.assignee}
        kept = {"department": thread.department, "split_from": thread.split_from}
        beside = {"customer": customer, "status": status, **kept, **source_snapshot}
        own, _made = Conversation.objects.get_or_create(source=source, external_id=external_id, defaults=beside)
        return own.joined_into or own
    own.joined_into, own.status = None, status
    own.save(update_fields=["joined_into", "status"])
    return own


def take_back(survivor: Customer, done: Merge) -> None:
    """The survivor's record without what it took over; what was changed meanwhile stays so."""
    fields = done.moved.get("fields", {})
    for name, (before, after) in fields.items():
        setattr(survivor, name, taken_back(plain(getattr(survivor, name)), before, after))
    if fields:
        survivor.save(update_fields=list(fields))
