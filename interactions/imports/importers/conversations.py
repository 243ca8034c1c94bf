"""Import conversations, by their own record or by the first interaction that names them.

Unless a record states the status, it is decided at the end: old conversations arrive closed.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from customers.merging.rows import pause_audit
from customers.models import Customer
from interactions.actions.record import STAYS_OPEN_FOR, refresh_conversations
from interactions.imports.importers.importer import Change, Importer, ImportRun, Outcome, RecordRefusedError
from interactions.imports.importers.staff import find_or_create_departments
from interactions.imports.interchange import refs
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line
from interactions.models import Conversation, Interaction, Kind
from interactions.models.conversation import own_conversation_ref, sibling_ref
from interactions.models.kinds import DEMANDS, WRITTEN_CHANNELS
from interactions.querysets import ANSWERS_THEM, ASKS

SNOOZED = Conversation.Status.SNOOZED

# What arrives without a conversation and gets one. A call was taken live, and praise by itself asks nothing.
OPENED_ALONE = frozenset({Kind.MESSAGE}) | DEMANDS


class ConversationImporter(Importer[Conversation]):
    record_type = "conversation"
    model = Conversation
    columns = {
        "customer": "customer_id",
        "assignee": "assignee_id",
        "department": "department_id",
        **{name: name for name in ("channel", "subject", "status", "snoozed_until", "snooze_reason")},
    }
    ref_fields = {"customer": "customer", "assignee": "staff", "department": "department"}
    field_groups = (frozenset({"status", "snoozed_until", "snooze_reason"}),)

    def find(self, kind: str, names: set[str]) -> dict[str, int]:
        return find_or_create_departments(names) if kind == "department" else super().find(kind, names)

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> Record:
        values = super().values(line, known)
        if values["snoozed_until"] and values["status"] != SNOOZED:
            raise RecordRefusedError("snoozed_until goes with the status snoozed: leave it out")
        if values["snooze_reason"] and values["status"] != SNOOZED:
            raise RecordRefusedError("snooze_reason goes with the status snoozed: leave it out")
        return values

    def after_create(self, lines: list[Line], rows: list[Conversation]) -> None:
        for line, row in zip(lines, rows, strict=True):
            stated = line.record.get("status") is not None
            (self.run.conversations_stated if stated else self.run.conversations_new).add(row.pk)
            if line.record.get("joined_into"):
                self.run.conversations_rejoined.add(row.pk)

    def after_update(self, changes: list[Change[Conversation]]) -> None:
        self.run.conversations_stated.update(change.row.pk for change in changes if "status" in change.fields)
        self.run.conversations_rejoined.update(change.row.pk for change in changes if "joined_into" in change.fields)


class JoinImporter(Importer[Conversation]):
    """Joins conversations once all exist."""

    record_type = "conversation"
    model = Conversation
    columns = {"joined_into": "joined_into_id"}
    ref_fields = {"joined_into": "conversation"}

    def import_wave(self, wave: list[Line], outcome: Outcome) -> None:
        existing = self.existing_rows(wave)
        spoken = [
            line for line in wave if line.key in existing and existing[line.key][0] in self.run.conversations_rejoined
        ]
        for line in self.resolve(spoken, outcome):
            try:
                self.run.conversations_touched.update(
                    join_conversation(existing[line.key][0], line.values["joined_into_id"])
                )
            except RecordRefusedError as refused:
                outcome.refused.append((line, str(refused)))


def join_conversation(pk: int, into: int | None) -> set[int]:
    """Join a thread, and those joined to it, so that every join is one step. Return where it went.

    Raise RecordRefusedError.
    """
    if into is not None:
        thread, target = (Conversation.objects.select_related("joined_into").get(pk=each) for each in (pk, into))
        target = target.joined_into or target
        if target.pk == pk:
            raise RecordRefusedError("joined_into leads back to the conversation itself: name another, or none")
        if target.customer_id != thread.customer_id:
            raise RecordRefusedError("joined_into names a conversation of another customer: name one of the same")
        gone = Conversation.objects.filter(Q(pk=pk) | Q(joined_into=pk))
        gone.update(joined_into=target, status=Conversation.Status.CLOSED, snoozed_until=None, snooze_reason="")
        refresh_conversations([pk, target.pk], history=True)
        return {target.pk}
    Conversation.objects.filter(pk=pk).update(joined_into=None)
    return set()


# (ref, customer, channel, subject) of a conversation that an interaction names.
_NamedConversation = tuple[str, int, str, str]


def find_or_create_conversations(wishes: Collection[_NamedConversation], run: ImportRun) -> dict[tuple[str, int], int]:
    """Return the conversation by ref and customer; create missing ones.

    A conversation has one customer. A further customer gets one with `#` and their own ref appended. A joined
    conversation is replaced by the one it was joined to.
    """
    existing: dict[str, tuple[int | None, int]] = {}
    names = {(ref, customer): ref for ref, customer, *_ in wishes}
    rest = names
    while rest:
        existing.update(_existing(set(rest.values()) - existing.keys()))
        taken = {pair for pair, name in rest.items() if existing.setdefault(name, (None, pair[1]))[1] != pair[1]}
        own_refs = _customer_refs({customer for _, customer in taken})
        rest = {pair: sibling_ref(names[pair], own_refs[pair[1]]) for pair in taken}
        names |= rest
    makings: dict[str, _NamedConversation] = {}
    for ref, customer, channel, subject in wishes:
        name = names[ref, customer]
        if existing[name][0] is None:
            makings.setdefault(name, (name, customer, channel, subject))
    made = _create(list(makings.values()), run)
    return {pair: existing[name][0] or made[name] for pair, name in names.items()}


def _existing(names: Collection[str]) -> dict[str, tuple[int | None, int]]:
    """Return the conversation and its customer by ref."""
    rows = refs.find_rows(Conversation, {refs.split_ref(ref) for ref in names}, "id", "customer_id", "joined_into_id")
    return {f"{source}:{external_id}": (into or pk, customer) for source, external_id, pk, customer, into in rows}


def _customer_refs(customers: Collection[int]) -> dict[int, str]:
    if not customers:
        return {}
    rows = Customer.objects.filter(pk__in=customers).values_list("pk", "source", "external_id")
    return {pk: f"{source}:{external_id}" for pk, source, external_id in rows}


def _create(wishes: list[_NamedConversation], run: ImportRun) -> dict[str, int]:
    rows = []
    for ref, customer, channel, subject in wishes:
        source, external_id = refs.split_ref(ref)
        rows.append(
            Conversation(
                source=source, external_id=external_id, customer_id=customer, channel=channel, subject=subject[:500]
            )
        )
    Conversation.objects.bulk_create(rows, batch_size=1000)
    run.conversations_new.update(row.pk for row in rows)
    run.conversations_made.update(row.pk for row in rows)
    return {row.ref: row.pk for row in rows}


def settle_conversations(run: ImportRun) -> None:
    """After the interactions: set facts, names and status of the conversations.

    One that is closed while its last word is theirs is settled without an answer, by nobody.
    """
    for pks in _chunks(run.messages_alone):
        _open_for_messages_alone(pks, run)
    for pks in _chunks(run.conversations_made):
        _execute(_NAME_BY_FIRST, {"ids": pks})
    for pks in _chunks(run.conversations_touched - run.conversations_stated):
        refresh_conversations(pks, reopen_after=run.at - STAYS_OPEN_FOR, history=True)
    for pks in _chunks(run.conversations_new):
        _execute(_CLOSE_OLD, {"ids": pks, "before": run.at - STAYS_OPEN_FOR})
    for pks in _chunks(run.conversations_stated):
        joined = Conversation.objects.filter(pk__in=pks, joined_into__isnull=False)
        joined.update(status=Conversation.Status.CLOSED, snoozed_until=None, snooze_reason="")
    for pks in _chunks(run.conversations_touched | run.conversations_stated | run.conversations_new):
        _execute(_SETTLE_CLOSED, {"ids": pks, "reason": gettext("Closed before it was imported.")})


def _open_for_messages_alone(pks: list[int], run: ImportRun) -> None:
    """Give messages that wait outside any conversation one of their own, unless a later word of ours there answered."""
    answers = Interaction.objects.filter(
        ANSWERS_THEM, conversation=None, customer=OuterRef("customer"), channel=OuterRef("channel"),
        occurred_at__gt=OuterRef("occurred_at"),
    )  # fmt: skip
    waiting = Interaction.objects.filter(ASKS, pk__in=pks, conversation=None, channel__in=WRITTEN_CHANNELS)
    rows = list(waiting.filter(~Exists(answers)).only("source", "external_id", "customer", "channel", "subject"))
    wishes = {row.pk: (own_conversation_ref(row.ref), row.customer_id, row.channel, row.subject) for row in rows}
    found = find_or_create_conversations(wishes.values(), run)
    own = {pk: found[ref, customer] for pk, (ref, customer, *_) in wishes.items()}
    with pause_audit():
        _execute(_MOVE_INTO, {"rows": list(own), "threads": list(own.values())})
    run.conversations_touched.update(own.values())


def _chunks(pks: Collection[int], size: int = 10_000) -> Iterator[list[int]]:
    rest = iter(sorted(pks))
    while chunk := list(islice(rest, size)):
        yield chunk


def _execute(sql: str, parameters: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


_MOVE_INTO = """
UPDATE interactions_interaction SET conversation_id = thread
FROM unnest(%(rows)s::bigint[], %(threads)s::bigint[]) AS own (entry, thread) WHERE id = entry"""
# Served by interactions_by_conversation.
_NAME_BY_FIRST = """
UPDATE interactions_conversation conversation SET subject = left(first.subject, 500), channel = first.channel
FROM (
  SELECT DISTINCT ON (conversation_id) conversation_id, subject, channel
  FROM interactions_interaction WHERE conversation_id = ANY(%(ids)s)
  ORDER BY conversation_id, occurred_at, source COLLATE "C", external_id COLLATE "C"
) first
WHERE conversation.id = first.conversation_id
  AND (conversation.subject, conversation.channel) IS DISTINCT FROM (left(first.subject, 500), first.channel)"""
_CLOSE_OLD = """
UPDATE interactions_conversation SET status = 'closed'
WHERE id = ANY(%(ids)s) AND status = 'open' AND last_interaction_at < %(before)s"""
_SETTLE_CLOSED = """
WITH closed AS (
  UPDATE interactions_conversation SET waiting_since = NULL
  WHERE id = ANY(%(ids)s) AND status = 'closed' AND waiting_since IS NOT NULL AND joined_into_id IS NULL
  RETURNING id, source, external_id, last_interaction_at
)
INSERT INTO interactions_settlement (source, external_id, conversation_id, at, answered, reason)
SELECT source, CASE WHEN length(external_id) < 690 THEN external_id ELSE md5(external_id) END || '/closed',
  id, last_interaction_at, 'without', %(reason)s
FROM closed
ON CONFLICT (source, external_id) DO UPDATE SET conversation_id = excluded.conversation_id, at = excluded.at"""
