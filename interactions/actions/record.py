"""Record interactions. Every entry of a timeline is created here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb
from pydantic_core import to_json

from customers.merging.resolution import lock_survivors
from customers.merging.rows import pause_audit
from customers.signals import history_changed
from interactions.actions.nudges import enforce_ceiling
from interactions.errors import ActionRefused
from interactions.models import Interaction
from interactions.models.kinds import ANSWERS, AWAITS_ANSWER, IS_PERSONAL_SQL, Direction, Kind
from partnership.staff.external_ids import OWN_SOURCE, new_external_id
from partnership.staff.models import Firm, User

# Up to this many entries are inserted by one statement; beyond, COPY into a temporary table is faster.
_MAX_INSERTED = 100

# A conversation is closed by default when its last message is older than this.
STAYS_OPEN_FOR = timedelta(days=14)


@dataclass(slots=True, kw_only=True)
class Entry:
    """A new interaction: the model's fields, with references as primary keys."""

    customer_id: int
    occurred_at: datetime
    channel: str
    direction: str
    kind: str
    person_id: int | None = None
    conversation_id: int | None = None
    subject: str = ""
    body: str = ""
    html: str = ""
    quoted: str = ""
    author_id: int | None = None
    minutes: int | None = None
    amount: Decimal | None = None
    currency: str = ""
    goal_id: int | None = None
    commitment_id: int | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
    shared: bool = False
    pinned: bool = False
    source: str = OWN_SOURCE
    external_id: str = field(default_factory=new_external_id)
    source_snapshot: Mapping[str, object] | None = None
    addressed_to_id: int | None = None  # the named customer, if merged into `customer`


Ref = tuple[str, str]
Created = tuple[int, str, str, int, int | None]  # primary key, ref, customer, conversation


def record(*, by: User | None, recorded_at: datetime, **entry: Any) -> Interaction:
    """Record one interaction and return it; if its ref exists already, return that row.

    `by` becomes the author of our own entries unless one is named. Raise ActionRefused if the ref was deleted, and for
    a nudge beyond the ceiling.
    """
    if entry["direction"] != Direction.INBOUND and by is not None:
        entry.setdefault("author_id", by.pk)
    new = Entry(**entry)
    if by is not None and new.kind == Kind.NUDGE and new.direction == Direction.OUTBOUND:
        _record_nudge(new, recorded_at=recorded_at)
    else:
        record_many([new], recorded_at=recorded_at)
    row = Interaction.objects.filter(source=new.source, external_id=new.external_id).first()
    if row is None:  # its ref stands in a deletion
        raise ActionRefused(_("This was recorded before, and then deleted. Restore it on the timeline."))
    return row


@transaction.atomic
def _record_nudge(nudge: Entry, *, recorded_at: datetime) -> None:
    if nudge.conversation_id is not None:  # customers come last, as everywhere
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_CONVERSATIONS, {"ids": [nudge.conversation_id]})
    day = Firm.current().local_date(nudge.occurred_at)
    enforce_ceiling(customer_id=nudge.customer_id, day=day, source=nudge.source, external_id=nudge.external_id)
    record_many([nudge], recorded_at=recorded_at)


# Without a savepoint: nothing that fails here leaves the caller's transaction usable.
@transaction.atomic(savepoint=False)
def record_many(entries: Collection[Entry], *, recorded_at: datetime, reopen: bool = True) -> dict[Ref, int]:
    """Record a batch. Return the primary keys by ref of the new rows; known refs are left unchanged.

    With `reopen`, a recent message from the customer reopens its conversation, and what waits is not closed.
    """
    if not entries:
        return {}
    created = _insert(entries, recorded_at)
    touched = {conversation for *_, conversation in created if conversation is not None}
    if touched:
        reopen_after = recorded_at - STAYS_OPEN_FOR if reopen else None
        refresh_conversations(touched, reopen_after=reopen_after, history=not reopen)
    if created:
        concerned = {customer for _, _, _, customer, _ in created}
        people = {entry.person_id for entry in entries if entry.person_id is not None}
        into = lock_survivors(concerned | people)
        if into:
            _redirect_to_survivors([pk for pk, *_ in created], into)
        history_changed.send(sender=Interaction, customer_ids={into.get(customer, customer) for customer in concerned})
    return {(source, external_id): pk for pk, source, external_id, _, _ in created}


def _insert(entries: Collection[Entry], recorded_at: datetime) -> list[Created]:
    """Insert the entries whose refs are new. Many are copied into a temporary table first."""
    with connection.cursor() as cursor:
        if len(entries) <= _MAX_INSERTED:
            rows = [{name: getattr(entry, name) for name in COLUMNS} for entry in entries]
            cursor.execute(_INSERT_RECORDS, {"rows": to_json(rows).decode(), "recorded_at": recorded_at})
            return cast(list[Created], cursor.fetchall())
        cursor.execute(_STAGE)
        # Django does not translate the errors of what psycopg hands out itself.
        with connection.wrap_database_errors, cursor.copy(_FILL_STAGE) as copy:
            for entry in entries:
                copy.write_row(_staged_row(entry))
        cursor.execute(_INSERT_STAGED, {"recorded_at": recorded_at})
        created = cast(list[Created], cursor.fetchall())
        cursor.execute("TRUNCATE staged_interactions")  # there may be another batch in this transaction
    return created


COLUMNS = tuple(name.name for name in fields(Entry))
_PAYLOAD, _SOURCE_SNAPSHOT = COLUMNS.index("payload"), COLUMNS.index("source_snapshot")


def _staged_row(entry: Entry) -> list[object]:
    values = [getattr(entry, name) for name in COLUMNS]
    values[_PAYLOAD] = Jsonb(entry.payload, to_json)
    values[_SOURCE_SNAPSHOT] = None if entry.source_snapshot is None else Jsonb(entry.source_snapshot, to_json)
    return values


_ALL = ", ".join(COLUMNS)
_STAGE = f"""
CREATE TEMP TABLE IF NOT EXISTS staged_interactions ON COMMIT DELETE ROWS AS
SELECT {_ALL} FROM interactions_interaction WITH NO DATA"""
_FILL_STAGE = f"COPY staged_interactions ({_ALL}) FROM STDIN"
# In the order of the refs, so that two deliveries of the same rows wait for each other, never both at once.
# What was deleted here stays deleted, however often its source delivers it.
_INSERT = f"""
INSERT INTO interactions_interaction ({_ALL}, occurred_on, recorded_at, language)
SELECT {", ".join(f"staged.{name}" for name in COLUMNS)},
  (staged.occurred_at AT TIME ZONE coalesce(firm.timezone, 'UTC'))::date, %(recorded_at)s,
  coalesce(nullif(customer.language, ''), firm.language, '')
FROM {{rows}} staged
LEFT JOIN customers_customer customer ON customer.id = staged.customer_id
LEFT JOIN staff_firm firm ON true
WHERE NOT EXISTS (
  SELECT FROM interactions_deletion deletion WHERE deletion.undone_at IS NULL
    AND deletion.source = staged.source AND deletion.external_id = staged.external_id
)
ORDER BY staged.source, staged.external_id
ON CONFLICT (source, external_id) DO NOTHING
RETURNING id, source, external_id, customer_id, conversation_id"""
_INSERT_STAGED = _INSERT.format(rows="staged_interactions")
_INSERT_RECORDS = _INSERT.format(rows="jsonb_populate_recordset(NULL::interactions_interaction, %(rows)s::jsonb)")


def refresh_conversations(
    conversation_ids: Iterable[int], *, reopen_after: datetime | None = None, history: bool = False
) -> None:
    """Recompute last_interaction_at and waiting_since from the interactions and settlements.

    Those of a joined conversation are moved to the one it was joined to first. A conversation is opened if its newest
    entry is a message of theirs after `reopen_after`, or if it is closed and waits (in `history`, since that moment).
    """
    ids = set(conversation_ids)
    with connection.cursor() as cursor:
        # Of two writers to one conversation, the second waits and sees both rows.
        cursor.execute(_LOCK_CONVERSATIONS, {"ids": list(ids)})
        joined = {pk: into for pk, into in cursor.fetchall() if into is not None and pk in ids}
        if joined:
            for table in ("interactions_interaction", "interactions_settlement"):
                cursor.execute(_FOLLOW_JOINED.format(table=table), [list(joined)])
            ids.update(joined.values())
        cursor.execute(
            _REFRESH_CONVERSATIONS,
            {
                "ids": list(ids),
                "awaits": sorted(AWAITS_ANSWER),
                "answers": sorted(ANSWERS),
                "reopen_after": reopen_after,
                "history": history,
            },
        )


def _redirect_to_survivors(pks: list[int], into: Mapping[int, int]) -> None:
    """Move entries recorded for a merged customer to the survivor, and keep the original customer."""
    with pause_audit(), connection.cursor() as cursor:
        for absorbed, survivor in into.items():
            asked: dict[str, int | list[int]] = {"rows": pks, "absorbed": absorbed, "survivor": survivor}
            cursor.execute(_FOLLOW_MERGE, asked)
            cursor.execute(_FOLLOW_WITH_THREADS, asked)


# Nobody is their own person (interactions_interaction_person_of_organisation).
_FOLLOW_MERGE = """
UPDATE interactions_interaction SET
  addressed_to_id = CASE WHEN customer_id = %(absorbed)s THEN coalesce(addressed_to_id, customer_id)
    ELSE addressed_to_id END,
  customer_id = CASE WHEN customer_id = %(absorbed)s THEN %(survivor)s ELSE customer_id END,
  person_id = nullif(
    CASE WHEN person_id = %(absorbed)s THEN %(survivor)s ELSE person_id END,
    CASE WHEN customer_id = %(absorbed)s THEN %(survivor)s ELSE customer_id END)
WHERE id = ANY(%(rows)s) AND (customer_id = %(absorbed)s OR person_id = %(absorbed)s)"""
_FOLLOW_WITH_THREADS = """
UPDATE interactions_conversation SET customer_id = %(survivor)s WHERE customer_id = %(absorbed)s AND id IN (
  SELECT conversation_id FROM interactions_interaction WHERE id = ANY(%(rows)s))"""

_LOCK_CONVERSATIONS = """
SELECT id, joined_into_id FROM interactions_conversation WHERE id IN (
  SELECT unnest(%(ids)s::bigint[])
  UNION SELECT joined_into_id FROM interactions_conversation WHERE id = ANY(%(ids)s)
) ORDER BY id FOR NO KEY UPDATE"""
_FOLLOW_JOINED = """
UPDATE {table} moved SET conversation_id = conversation.joined_into_id
FROM interactions_conversation conversation
WHERE moved.conversation_id = conversation.id AND conversation.id = ANY(%s)"""

# Served by interactions_by_conversation and settlements_of_conversation. Closing what was answered settles nothing: an
# answer that is deleted, or a message that was on its way, makes it wait.
_REFRESH_CONVERSATIONS = f"""
WITH settled AS (
  SELECT conversation_id, max(at) AS settled_at FROM interactions_settlement
  WHERE conversation_id = ANY(%(ids)s) AND answered <> 'yes' GROUP BY conversation_id
), spoken AS (
  SELECT conversation_id, occurred_at,
    direction = 'inbound' AND kind = ANY(%(awaits)s) AND {IS_PERSONAL_SQL} AS asks,
    greatest(settled_at, max(occurred_at) FILTER (
      WHERE direction = 'outbound' AND kind = ANY(%(answers)s) AND {IS_PERSONAL_SQL}
    ) OVER (PARTITION BY conversation_id)) AS answered_at
  FROM interactions_interaction LEFT JOIN settled USING (conversation_id) WHERE conversation_id = ANY(%(ids)s)
), facts AS (
  SELECT conversation_id, max(occurred_at) AS last_at,
    min(occurred_at) FILTER (WHERE asks AND (answered_at IS NULL OR occurred_at > answered_at)) AS waiting_since,
    max(occurred_at) FILTER (WHERE asks) AS asked_at
  FROM spoken GROUP BY conversation_id
)
UPDATE interactions_conversation conversation
SET last_interaction_at = last_at, waiting_since = facts.waiting_since,
  status = CASE WHEN reopens THEN 'open' ELSE status END,
  snoozed_until = CASE WHEN reopens THEN NULL ELSE snoozed_until END,
  snooze_reason = CASE WHEN reopens THEN '' ELSE snooze_reason END
FROM (
  SELECT given.id, facts.*,
    last_at IS NOT DISTINCT FROM asked_at AND asked_at > %(reopen_after)s::timestamptz
      OR closed AND facts.waiting_since IS NOT NULL AND (NOT %(history)s OR asked_at > %(reopen_after)s) AS reopens
  FROM (
    SELECT id, status = 'closed' AND joined_into_id IS NULL AS closed
    FROM interactions_conversation WHERE id = ANY(%(ids)s)
  ) given LEFT JOIN facts ON conversation_id = given.id
) facts
WHERE conversation.id = facts.id"""
