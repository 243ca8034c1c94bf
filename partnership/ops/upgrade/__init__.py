"""Bring a database that stands at the schema of 0.1.0 to the first of today's migrations, and its rows with it."""

from collections.abc import Callable, Collection
from pathlib import Path

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Migration = tuple[str, str]

# Migrations of 0.1.0 that today's replaced, in the order of each app's.
REPLACED: frozenset[Migration] = frozenset(
    (app, name)
    for app, names in {
        "customers": (
            "0001_initial",
            "0002_trigram_function",
            "0003_trigrams",
            "0004_restricted",
            "0005_additions_kept",
            "0006_merges_kept",
            "0007_ends_and_let_be",
        ),
        "interactions": (
            "0001_initial",
            "0002_words_function",
            "0003_threads_deletions_outbox_words",
            "0004_deletion_kept",
            "0005_words_function_plpgsql",
            "0006_received_as",
            "0007_repair",
            "0008_surveys",
            "0009_by_words_and_recorded",
            "0010_written",
            "0011_threads_was_of",
        ),
        "staff": ("0001_initial", "0002_role_groups", "0003_focus_and_health", "0004_terms"),
        "scoring": (
            "0001_initial",
            "0002_default_rules",
            "0003_best_first",
            "0004_rules_runs_one_active",
            "0005_rules_reordered_additions_kept",
            "0006_pins_show",
            "0007_drafts_alone_change_runs_end",
            "0008_best_of_a_tier",
        ),
        "focus": ("0001_initial",),
        "health": ("0001_initial", "0002_big_sums", "0003_sums", "0004_brief"),
        "desk": ("0001_initial", "0002_tier_news", "0003_focus_news"),
    }.items()
    for name in names
)

# Apps whose tables stood elsewhere, or had another shape.
MADE_ANEW: tuple[Migration, ...] = tuple((app, "0001_initial") for app in ("recoveries", "notifications", "health"))

TOO_OLD = (
    "The schema is older than the last one of Partnership 0.1.0, without {missing}. Bring it up to date with the "
    "last version of 0.1.0 first."
)

# A column that every schema of 0.1.0 has, and no later one.
_IS_OLD = """
    SELECT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = to_regclass('staff_user') AND attname = 'said' AND NOT attisdropped
    )
"""


class TooOld(Exception):  # noqa: N818  (it is what is said to the person, not an error of the program)
    """Why the database can't be upgraded, and what to do first."""


def is_old(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database stands at a schema of 0.1.0."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_OLD)
        return bool(cursor.fetchone()[0])


def require_last_schema(applied: Collection[Migration]) -> None:
    """Raise TooOld unless all migrations of 0.1.0 were run."""
    if missing := sorted(REPLACED.difference(applied)):
        raise TooOld(TOO_OLD.format(missing=", ".join(map(".".join, missing))))


def upgrade(connection: BaseDatabaseWrapper, migrate: Callable[[Migration], object]) -> bool:
    """Bring the database to where each app's first migrations lead, in one transaction; `migrate` runs one of them.

    Return whether there was anything to do; raise TooOld. Locks django_migrations against a second upgrade.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE django_migrations")
        if not is_old(connection):
            return False
        cursor.execute("SELECT app, name FROM django_migrations")
        require_last_schema(cursor.fetchall())
        cursor.execute(_sql("before_migrate"))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # rows that wait to be checked would keep tables from changing
        for migration in MADE_ANEW:
            migrate(migration)
        cursor.execute(_sql("after_migrate"))
    return True


def _sql(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text()
