"""A database full of interactions for benchmarks, made by set-based SQL, the same for the same numbers.

record_many would take hours; what it guarantees holds here too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper

from interactions.actions.record import refresh_conversations

SOURCE = "load"
# Interactions of the first customer, or a fifth of all where there are few.
HEAVIEST = 10_000

_BATCH = 250_000


def generate_load(*, customers: int, interactions: int, at: datetime, progress: Callable[[int], None]) -> None:
    """Add `customers` customers with `interactions` interactions over the two years before `at`."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_CUSTOMERS, {"customers": customers, "at": at, "first": _FIRST_NAMES.strip(), "last": _SYLLABLES}
        )
        cursor.execute("SELECT min(id) FROM customers_customer WHERE source = %s", [SOURCE])
        (first,) = cursor.fetchone()
        cursor.execute(_INSERT_CONVERSATIONS, {"first": first, "customers": customers})
        cursor.execute("SELECT min(id) FROM interactions_conversation WHERE source = %s", [SOURCE])
        (thread,) = cursor.fetchone()
        parameters = {
            "first": first,
            "thread": thread,
            "customers": customers,
            "interactions": interactions,
            "heavy": interactions // min(HEAVIEST, max(1, interactions // 5)),
            "step": 730 * 86_400 / interactions,
            "at": at,
            "events": _EVENTS,
        }
        with _without_index(cursor, "interactions_by_words"):
            for start in range(0, interactions, _BATCH):
                stop = min(start + _BATCH, interactions)
                cursor.execute(_INSERT_INTERACTIONS, {**parameters, "start": start, "stop": stop})
                progress(stop)
        refresh_conversations(range(thread, thread + customers * _THREADS_EACH))
        # Index-only scans need the visibility map; good plans need statistics.
        for table in ("interactions_interaction", "interactions_conversation", "customers_customer"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")


@contextmanager
def _without_index(cursor: CursorWrapper, name: str) -> Iterator[None]:
    """Drop an index meanwhile: creating it afterwards takes a tenth of the time of maintaining it."""
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
    (definition,) = cursor.fetchone()
    cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute(definition)


_EVENTS = [
    f"{kind} {direction} {channel}"
    for kind, direction, channel, weight in (
        ("work_done", "inbound", "app", 8),
        ("message", "inbound", "email", 6),
        ("message", "outbound", "email", 6),
        ("attendance", "inbound", "meeting", 3),
        ("call", "outbound", "call", 2),
        ("question", "inbound", "email", 2),
        ("note", "internal", "internal", 2),
        ("commitment_kept", "inbound", "internal", 2),
        ("commitment_missed", "inbound", "internal", 1),
        ("payment", "inbound", "billing", 1),
        ("feedback", "inbound", "web", 1),
        ("referral", "inbound", "call", 1),
        ("free_work", "outbound", "meeting", 1),
    )
    for _ in range(weight)
]

_FIRST_NAMES = """
Ada Ben Carla Dmitri Elif Farid Greta Hanna Ivan José Kofi Lena Mira Noor Olga Paul Quinn Rosa Sami Tala"""
_SYLLABLES = "an bor cas del en far gor hal is jan kel lim mor nas ol per ros san tor ul ver win yas zel"

_THREADS_EACH = 4

# Some 14,000 surnames of three syllables.
_INSERT_CUSTOMERS = f"""
INSERT INTO customers_customer (source, external_id, kind, name, sort_key, preferred_name, photo, about, role,
  lifecycle, do_not_contact, restricted, language, timezone, preferred_channel, pace, tags, attributes, since,
  created_at)
SELECT '{SOURCE}', n::text, 'person', name, replace(lower(name), 'é', 'e'), '', '', '', '', 'active',
  false, false, '', '', '', '', ARRAY['cohort-' || n %% 40], '{{}}', (%(at)s - interval '2 years')::date, %(at)s
FROM generate_series(1, %(customers)s) n, LATERAL (
  SELECT (string_to_array(%(first)s, ' '))[1 + n %% 20] || ' ' || initcap(string_agg(
    (string_to_array(%(last)s, ' '))[1 + abs(hashint8(n * 7 + part) %% 24)], '')) AS name
  FROM generate_series(1, 3) part
) named
ORDER BY n"""

_INSERT_CONVERSATIONS = f"""
INSERT INTO interactions_conversation (source, external_id, customer_id, channel, subject, status, snooze_reason,
  split_from)
SELECT '{SOURCE}', n::text, %(first)s + n / {_THREADS_EACH}, 'email', 'About season ' || n %% {_THREADS_EACH}, 'open',
  '', '{{}}'
FROM generate_series(0, %(customers)s * {_THREADS_EACH} - 1) n
ORDER BY n"""

# Times ascend, customers are scattered by hashint8, and some have far more entries than others. A word
# of every row ("said"), of each hundredth ("season7") and of each five-thousandth ("topic4711") can be searched.
_INSERT_INTERACTIONS = f"""
INSERT INTO interactions_interaction (source, external_id, customer_id, conversation_id, occurred_at, occurred_on,
  recorded_at, channel, direction, kind, subject, body, html, quoted, language, minutes, currency, payload, shared,
  pinned)
SELECT '{SOURCE}', n::text, %(first)s + place,
  CASE WHEN event LIKE '%% email' THEN %(thread)s + place * {_THREADS_EACH} + n %% {_THREADS_EACH} END,
  moment, (moment AT TIME ZONE firm.timezone)::date, moment, split_part(event, ' ', 3), split_part(event, ' ', 2),
  split_part(event, ' ', 1), 'Entry ' || n,
  repeat('What was said, in a sentence of its own. ', 1 + (n %% 5)::int) ||
    'topic' || abs(hashint8(n * 3) %% 5000) || ' season' || abs(hashint8(n * 5) %% 100),
  '', '', 'en', CASE WHEN event LIKE 'free_work%%' OR event LIKE 'call%%' THEN 15 END, '', '{{}}', false, false
FROM (
  SELECT n,
    CASE WHEN n %% %(heavy)s = 0 THEN 0 ELSE
      floor(%(customers)s * power((hashint8(n)::bigint + 2147483648) / 4294967296.0::float8, 1.3))::bigint END AS place,
    %(at)s - (%(step)s * (%(interactions)s - n)) * interval '1 second' AS moment,
    (%(events)s::text[])[1 + abs(hashint8(n * 31) %% {len(_EVENTS)})] AS event
  FROM generate_series(%(start)s, %(stop)s - 1) n
) made, (SELECT coalesce((SELECT timezone FROM staff_firm), 'UTC') AS timezone) firm"""
