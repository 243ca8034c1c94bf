"""The only ways in: every interaction comes to be by record or record_many."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb
from pydantic_core import to_json

from customers.merge_resolution import held_survivors
from customers.merge_rows import named_by_merges
from customers.signals import history_changed
from interactions.actions.nudges import keep_to_ceiling
from interactions.errors import ActionRefused
from interactions.models import Interaction
from interactions.models.kinds import ANSWERS, AWAITS_ANSWER, Direction, Kind
from partnership.staff.external_ids import OWN, new_external_id
from partnership.staff.models import Firm, User

RECENT = timedelta(days=14)
"""A conversation whose last message is older than this is no longer open by itself."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """An interaction that is about to be; the fields are the model's, references are primary keys."""

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
    payload: Mapping[str, Any] = field(default_factory=dict)
    shared: bool = False
    pinned: bool = False
    source: str = OWN
    external_id: str = field(default_factory=new_external_id)
    source_snapshot: Mapping[str, Any] | None = None
    addressed_to_id: int | None = None  # who was named, where the customer is whom they were merged into


Ref = tuple[str, str]


def record(*, by: User | None, recorded_at: datetime, **entry: Any) -> Interaction:
    """Record one interaction (Entry's fields); the row that already holds its ref, when delivered again.
    ActionRefused when that one was deleted since, and for a nudge beyond the ceiling.

    `by` becomes its author where it goes out from us or stays among us, and none is named.
    """
    if entry["direction"] != Direction.INBOUND and by is not None:
        entry.setdefault("author_id", by.pk)
    new = Entry(**entry)
    if by is not None and new.kind == Kind.NUDGE and new.direction == Direction.OUTBOUND:
        push(new, recorded_at=recorded_at)
    else:
        record_many([new], recorded_at=recorded_at)
    row = Interaction.objects.filter(source=new.source, external_id=new.external_id).first()
    if row is None:  # its ref stands in a deletion
        raise ActionRefused(_("This was recorded before, and deleted in the meantime."))
    return row


@transaction.atomic
def push(nudge: Entry, *, recorded_at: datetime) -> None:
    if nudge.conversation_id is not None:  # customers come last, as everywhere
        with connection.cursor() as cursor:
            cursor.execute(LOCK_CONVERSATIONS, {"ids": [nudge.conversation_id]})
    day = Firm.current().local_date(nudge.occurred_at)
    keep_to_ceiling(customer_id=nudge.customer_id, day=day, source=nudge.source, external_id=nudge.external_id)
    record_many([nudge], recorded_at=recorded_at)


@transaction.atomic
def record_many(entries: Collection[Entry], *, recorded_at: datetime, reopen: bool = True) -> dict[Ref, int]:
    """Record a batch; the refs that were new, with their primary keys. A ref that is already there changes nothing.

    `reopen`: a fresh message from them opens its conversation again.
    """
    if not entries:
        return {}
    firm = Firm.current()
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy(FILL_STAGE) as copy:
            for entry in entries:
                copy.write_row(row_of(entry, firm, recorded_at))
        cursor.execute(TAKE_OVER)
        created = cursor.fetchall()
        cursor.execute("TRUNCATE staged_interactions")
    touched = {conversation for *_, conversation in created if conversation is not None}
    if touched:
        refresh_conversations(touched, reopen_after=recorded_at - RECENT if reopen else None)
    if created:
        concerned = {customer for _, _, _, customer, _ in created}
        people = {entry.person_id for entry in entries if entry.person_id is not None}
        into = held_survivors(concerned | people)
        if into:
            follow_merges([pk for pk, *_ in created], into)
        history_changed.send(sender=Interaction, customer_ids={into.get(customer, customer) for customer in concerned})
    return {(source, external_id): pk for pk, source, external_id, _, _ in created}


COLUMNS = tuple(name.name for name in fields(Entry))


def row_of(entry: Entry, firm: Firm, recorded_at: datetime) -> list[Any]:
    values = [getattr(entry, name) for name in COLUMNS]
    values[PAYLOAD] = Jsonb(entry.payload, to_json)
    values[SOURCE_SNAPSHOT] = None if entry.source_snapshot is None else Jsonb(entry.source_snapshot, to_json)
    return [*values, firm.local_date(entry.occurred_at), recorded_at]


PAYLOAD, SOURCE_SNAPSHOT = COLUMNS.index("payload"), COLUMNS.index("source_snapshot")
_NAMES = [*COLUMNS, "occurred_on", "recorded_at"]
_ALL = ", ".join(_NAMES)

STAGE = f"""
CREATE TEMP TABLE IF NOT EXISTS staged_interactions ON COMMIT DELETE ROWS AS
SELECT {_ALL} FROM interactions_interaction WITH NO DATA"""
FILL_STAGE = f"COPY staged_interactions ({_ALL}) FROM STDIN"
# In the order of the refs, so that two deliveries of the same rows wait for each other, never both at once.
# What was deleted here stays deleted, however often its source delivers it.
TAKE_OVER = f"""
INSERT INTO interactions_interaction ({_ALL}, language)
SELECT {", ".join(f"staged.{name}" for name in _NAMES)},
  coalesce(nullif(customer.language, ''), firm.language, '')
FROM staged_interactions staged
LEFT JOIN customers_customer customer ON customer.id = staged.customer_id
LEFT JOIN staff_firm firm ON true
WHERE NOT EXISTS (
  SELECT FROM interactions_deletion deletion WHERE deletion.undone_at IS NULL
    AND deletion.source = staged.source AND deletion.external_id = staged.external_id
)
ORDER BY staged.source, staged.external_id
ON CONFLICT (source, external_id) DO NOTHING
RETURNING id, source, external_id, customer_id, conversation_id"""


def refresh_conversations(conversation_ids: Iterable[int], *, reopen_after: datetime | None = None) -> None:
    """Make last_interaction_at and waiting_since what the interactions say.

    What arrived for a conversation that was joined to another goes there first.
    """
    ids = set(conversation_ids)
    with connection.cursor() as cursor:
        # Who writes into the same conversation comes first or second, and the second looks at both rows.
        cursor.execute(LOCK_CONVERSATIONS, {"ids": list(ids)})
        joined = {pk: into for pk, into in cursor.fetchall() if into is not None and pk in ids}
        if joined:
            cursor.execute(FOLLOW_JOINED, [list(joined)])
            ids.update(joined.values())
        cursor.execute(
            REFRESH_CONVERSATIONS,
            {
                "ids": list(ids),
                "awaits": sorted(AWAITS_ANSWER),
                "answers": sorted(ANSWERS),
                "reopen_after": reopen_after,
            },
        )


def follow_merges(pks: list[int], into: Mapping[int, int]) -> None:
    """What was recorded for somebody while they were merged away is the survivor's, and says whom it was meant for."""
    with named_by_merges(), connection.cursor() as cursor:
        for absorbed, survivor in into.items():
            asked: dict[str, Any] = {"rows": pks, "absorbed": absorbed, "survivor": survivor}
            cursor.execute(FOLLOW_MERGE, asked)
            cursor.execute(FOLLOW_WITH_THREADS, asked)


# Nobody is their own person (interactions_interaction_person_of_organisation).
FOLLOW_MERGE = """
UPDATE interactions_interaction SET
  addressed_to_id = CASE WHEN customer_id = %(absorbed)s THEN coalesce(addressed_to_id, customer_id)
    ELSE addressed_to_id END,
  customer_id = CASE WHEN customer_id = %(absorbed)s THEN %(survivor)s ELSE customer_id END,
  person_id = nullif(
    CASE WHEN person_id = %(absorbed)s THEN %(survivor)s ELSE person_id END,
    CASE WHEN customer_id = %(absorbed)s THEN %(survivor)s ELSE customer_id END)
WHERE id = ANY(%(rows)s) AND (customer_id = %(absorbed)s OR person_id = %(absorbed)s)"""
FOLLOW_WITH_THREADS = """
UPDATE interactions_conversation SET customer_id = %(survivor)s WHERE customer_id = %(absorbed)s AND id IN (
  SELECT conversation_id FROM interactions_interaction WHERE id = ANY(%(rows)s))"""

LOCK_CONVERSATIONS = """
SELECT id, joined_into_id FROM interactions_conversation WHERE id IN (
  SELECT unnest(%(ids)s::bigint[])
  UNION SELECT joined_into_id FROM interactions_conversation WHERE id = ANY(%(ids)s)
) ORDER BY id FOR NO KEY UPDATE"""
FOLLOW_JOINED = """
UPDATE interactions_interaction interaction SET conversation_id = conversation.joined_into_id
FROM interactions_conversation conversation
WHERE interaction.conversation_id = conversation.id AND conversation.id = ANY(%s)"""

# Served by interactions_by_conversation. What a machine sent neither asks nor answers.
REFRESH_CONVERSATIONS = """
WITH spoken AS (
  SELECT conversation_id, occurred_at,
    direction = 'inbound' AND kind = ANY(%(awaits)s) AND NOT payload ? 'auto_reply' AS asks,
    max(occurred_at) FILTER (
      WHERE direction = 'outbound' AND kind = ANY(%(answers)s) AND NOT payload ? 'auto_reply'
    ) OVER (PARTITION BY conversation_id) AS answered_at
  FROM interactions_interaction WHERE conversation_id = ANY(%(ids)s)
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
    last_at IS NOT DISTINCT FROM asked_at AND asked_at > %(reopen_after)s::timestamptz AS reopens
  FROM unnest(%(ids)s::bigint[]) AS given (id) LEFT JOIN facts ON conversation_id = given.id
) facts
WHERE conversation.id = facts.id"""
