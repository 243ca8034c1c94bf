"""A database full of interactions, for benchmarks: made by set-based SQL, the same for the same numbers.

It goes round record_many, which would take hours to no one's benefit; it keeps what record_many keeps.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection

SOURCE = "load"
HEAVIEST = 10_000
"""Interactions of the first customer, or a fifth of all where there are few."""

BATCH = 250_000


def fill(*, customers: int, interactions: int, at: datetime, progress: Callable[[int], None]) -> None:
    """Add `customers` customers with `interactions` interactions over the two years before `at`."""
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, {"customers": customers, "at": at})
        cursor.execute("SELECT min(id) FROM customers_customer WHERE source = %s", [SOURCE])
        (first,) = cursor.fetchone()
        parameters = {
            "first": first,
            "customers": customers,
            "interactions": interactions,
            "heavy": interactions // min(HEAVIEST, max(1, interactions // 5)),
            "step": 730 * 86_400 / interactions,
            "at": at,
            "events": EVENTS,
        }
        for start in range(0, interactions, BATCH):
            stop = min(start + BATCH, interactions)
            cursor.execute(INTERACTIONS, {**parameters, "start": start, "stop": stop})
            progress(stop)
        # Index-only scans need the visibility map; good plans need statistics.
        cursor.execute("VACUUM (ANALYZE) interactions_interaction")
        cursor.execute("VACUUM (ANALYZE) customers_customer")


EVENTS = [
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

CUSTOMERS = f"""
INSERT INTO customers_customer (source, external_id, kind, name, sort_key, preferred_name, photo, about, role,
  lifecycle, do_not_contact, restricted, language, timezone, preferred_channel, pace, tags, attributes, since,
  created_at)
SELECT '{SOURCE}', n::text, 'person', 'Customer ' || n, 'customer ' || n, '', '', '', '', 'active',
  false, false, '', '', '', '', ARRAY['cohort-' || n %% 40], '{{}}', (%(at)s - interval '2 years')::date, %(at)s
FROM generate_series(1, %(customers)s) n"""

# Time runs on; whose turn it is does not: hashint8 scatters it, and some are heard of far more than others.
INTERACTIONS = f"""
INSERT INTO interactions_interaction (source, external_id, customer_id, occurred_at, occurred_on, recorded_at, channel,
  direction, kind, subject, body, html, quoted, language, minutes, currency, payload, shared, pinned)
SELECT '{SOURCE}', n::text,
  CASE WHEN n %% %(heavy)s = 0 THEN %(first)s ELSE %(first)s + floor(%(customers)s * power(share, 1.3))::bigint END,
  moment, (moment AT TIME ZONE firm.timezone)::date, moment, split_part(event, ' ', 3), split_part(event, ' ', 2),
  split_part(event, ' ', 1), 'Entry ' || n, repeat('What was said, in a sentence of its own. ', 1 + (n %% 5)::int),
  '', '', 'en', CASE WHEN event LIKE 'free_work%%' OR event LIKE 'call%%' THEN 15 END, '', '{{}}', false, false
FROM (
  SELECT n, (hashint8(n)::bigint + 2147483648) / 4294967296.0::float8 AS share,
    %(at)s - (%(step)s * (%(interactions)s - n)) * interval '1 second' AS moment,
    (%(events)s::text[])[1 + abs(hashint8(n * 31) %% {len(EVENTS)})] AS event
  FROM generate_series(%(start)s, %(stop)s - 1) n
) made, (SELECT coalesce((SELECT timezone FROM staff_firm), 'UTC') AS timezone) firm"""
