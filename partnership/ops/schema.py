"""Does the database belong to this code, or to a newer one?"""

from collections.abc import Collection

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from partnership.ops.upgrade import REPLACED, Migration


def unknown_among(applied: Collection[Migration]) -> list[str]:
    """Name those of the applied migrations that this code does not know."""
    known = set(MigrationLoader(None).disk_migrations)
    return sorted(".".join(migration) for migration in set(applied) - known - REPLACED)


def unknown_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    return unknown_among(MigrationRecorder(connection).applied_migrations())


def say_newer(unknown: Collection[str]) -> str:
    return (
        f"The database is newer than this Partnership: it has {', '.join(unknown)}. Start the newer version again, or "
        "restore a backup that was made before the upgrade. Nothing was changed."
    )


def require_known() -> None:
    """Raise ImproperlyConfigured when the database is newer than this code; not when it is away."""
    try:
        unknown = unknown_migrations(connection)
    except DatabaseError:
        return
    finally:
        connection.close()
    if unknown:
        raise ImproperlyConfigured(say_newer(unknown))
