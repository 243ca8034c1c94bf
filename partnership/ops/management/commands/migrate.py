from functools import partial
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from partnership.ops.backup import BackupError, afterwards, tidy
from partnership.ops.schema import say_newer, unknown_migrations
from partnership.ops.upgrade import Migration, TooOld, is_old, upgrade


class Command(migrate.Command):
    help = "Bring the database's schema up to date, also one of Partnership 0.1.0."

    def execute(self, *args: Any, **options: Any) -> str | None:
        self._finish_interrupted()  # before any check connects to a database that is not there yet
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        connection, upgraded = connections[options["database"]], False
        if unknown := unknown_migrations(connection):
            raise CommandError(say_newer(unknown))
        if is_old(connection) and not (options["plan"] or options["check_unapplied"]):
            try:
                upgraded = upgrade(connection, partial(self._run_migration, args, options))
            except TooOld as error:
                raise CommandError(f"Nothing was changed. {error}") from error
        super().handle(*args, **options)
        if upgraded:  # counted once every later migration has run
            call_command("rebuild_rollups", verbosity=0, stdout=self.stdout)
        if not (options["plan"] or options["check_unapplied"] or options["app_label"]):
            afterwards.do_what_is_owed(stdout=self.stdout)

    def _finish_interrupted(self) -> None:
        try:
            said = tidy()
        except BackupError as error:
            raise CommandError(str(error)) from error
        for line in said:
            self.stdout.write(line)

    def _run_migration(self, args: Any, options: dict[str, Any], migration: Migration) -> None:
        app, name = migration
        named = {"app_label": app, "migration_name": name, "fake": False, "fake_initial": False, "prune": False}
        super().handle(*args, **{**options, **named})
