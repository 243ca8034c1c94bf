"""Actions on goals. Each changes the goal and its entries on the timeline."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.merging.resolution import lock_survivor
from customers.models import CheckIn, Customer, Goal
from customers.signals import history_changed
from interactions.actions.record import Entry, record_many
from interactions.actions.timeline_sync import sync_entries
from interactions.errors import ActionRefused
from interactions.models import Channel, Direction, Interaction, Kind
from partnership.staff.audit import changed_rows, restore_columns
from partnership.staff.external_ids import OWN_SOURCE, new_external_id
from partnership.staff.models import User

_KINDS = {"set": Kind.GOAL_SET, "achieved": Kind.GOAL_ACHIEVED, "dropped": Kind.GOAL_DROPPED}


@transaction.atomic
def set_goal(
    *, customer: Customer, title: str, at: datetime, by: User, external_id: str | None = None, **fields: object
) -> Goal:
    """Set a goal; a repeated call with the same `external_id` changes nothing."""
    defaults = {"customer": lock_survivor(customer), "title": title, "set_at": at, **fields}
    goal, _created = Goal.objects.get_or_create(
        source=OWN_SOURCE, external_id=external_id or new_external_id(), defaults=defaults
    )
    record_many(goal_entries(goal), recorded_at=at)
    return goal


@transaction.atomic
def check_in(
    *,
    goal: Goal,
    at: datetime,
    by: User | None,
    value: Decimal | None = None,
    note: str = "",
    external_id: str | None = None,
) -> CheckIn:
    """Record a reading; the newest one is the goal's current value. Without `by`, the customer gave it.

    A repeated call with the same `external_id` changes nothing.
    """
    Goal.objects.select_for_update(no_key=True).get(pk=goal.pk)  # two readings at once: the newer is the current one
    defaults = {"goal": goal, "value": value, "note": note, "by": by, "at": at}
    ref = external_id or new_external_id()
    reading, _created = CheckIn.objects.get_or_create(source=OWN_SOURCE, external_id=ref, defaults=defaults)
    refresh_current_value(goal)
    record_many([check_in_entry(reading)], recorded_at=at)
    return reading


@transaction.atomic
def withdraw_check_in(reading: CheckIn, *, change: UUID, at: datetime, by: User) -> None:
    """Delete a reading that the request `change` recorded, with its entry; the goal's value is the one before."""
    goal = Goal.objects.select_for_update(no_key=True).get(pk=reading.goal_id)
    rows = [pk for pk in changed_rows(Goal, change=change, by=by) if pk == goal.pk]
    if reading.by_id != by.pk or restore_columns(Goal, ["current"], change=change, rows=rows) != rows:
        raise ActionRefused(_("There is a newer check-in. Record another one instead."))
    refs = {"source": reading.source, "external_id": f"{reading.external_id}/check_in"}
    Interaction.objects.filter(**refs).delete()
    reading.delete()
    history_changed.send(sender=Interaction, customer_ids={goal.customer_id})


def refresh_current_value(goal: Goal) -> None:
    newest = goal.check_ins.exclude(value=None).order_by("-at", "-id").first()
    if newest is not None:
        goal.current = newest.value
        goal.save(update_fields=["current"])


def achieve_goal(goal: Goal, *, at: datetime, by: User) -> None:
    _close(goal, Goal.Status.ACHIEVED, at=at)


def drop_goal(goal: Goal, *, at: datetime, by: User) -> None:
    _close(goal, Goal.Status.DROPPED, at=at)


@transaction.atomic
def correct_goal(goal: Goal, *, by: User, **fields: object) -> None:
    """Correct the goal's fields and its entries."""
    for name, value in fields.items():
        setattr(goal, name, value)
    goal.save(update_fields=list(fields))
    readings = goal.check_ins.select_related("goal")
    sync_entries([*goal_entries(goal), *(check_in_entry(reading) for reading in readings)])


@transaction.atomic
def reopen_goal(goal: Goal, *, at: datetime, by: User) -> None:
    """Reopen a goal that was closed by mistake, and delete the entry that said so."""
    changed = Goal.objects.filter(pk=goal.pk).exclude(status=Goal.Status.ACTIVE)
    if not changed.update(status=Goal.Status.ACTIVE, closed_at=None):
        raise ActionRefused(_("This goal is open already."))
    goal.refresh_from_db()
    refs = [f"{goal.external_id}/{event}" for event in (Goal.Status.ACHIEVED, Goal.Status.DROPPED)]
    Interaction.objects.filter(source=goal.source, external_id__in=refs).delete()
    history_changed.send(sender=Interaction, customer_ids={goal.customer_id})


@transaction.atomic
def _close(goal: Goal, status: str, *, at: datetime) -> None:
    changed = Goal.objects.filter(pk=goal.pk, status=Goal.Status.ACTIVE).update(status=status, closed_at=at)
    goal.refresh_from_db()
    if not changed:
        raise ActionRefused(_("This goal is closed already. Its status: %s.") % goal.get_status_display())
    record_many(goal_entries(goal), recorded_at=at)


def goal_entries(goal: Goal) -> list[Entry]:
    """Return the goal's entries at the times it states, with refs `<ref>/set`, `/achieved`, `/dropped`."""
    moments = {"set": goal.set_at}
    if goal.status != Goal.Status.ACTIVE:
        moments[goal.status] = goal.closed_at
    return [
        Entry(
            customer_id=goal.customer_id,
            occurred_at=at,
            channel=Channel.INTERNAL,
            direction=Direction.INBOUND,
            kind=_KINDS[event],
            subject=goal.title,
            goal_id=goal.pk,
            source=goal.source,
            external_id=f"{goal.external_id}/{event}",
        )
        for event, at in moments.items()
        if at is not None
    ]


def check_in_entry(reading: CheckIn) -> Entry:
    value = "" if reading.value is None else f"{reading.value.normalize():f} {reading.goal.unit}".strip()
    return Entry(
        customer_id=reading.goal.customer_id,
        occurred_at=reading.at,
        channel=Channel.INTERNAL,
        direction=Direction.INBOUND if reading.by_id is None else Direction.OUTBOUND,
        kind=Kind.CHECK_IN,
        subject=f"{reading.goal.title}: {value}" if value else reading.goal.title,
        body=reading.note,
        author_id=reading.by_id,
        goal_id=reading.goal_id,
        source=reading.source,
        external_id=f"{reading.external_id}/check_in",
    )
