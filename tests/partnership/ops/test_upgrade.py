"""A database of 0.1.0 is brought to today's schema with all that it holds, or left as it was."""

import gzip
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pytest_django import DjangoDbBlocker

from customers.models import Customer, Merge
from interactions.actions.deletions import restore_entry
from interactions.merging.unmerging import unmerge_customers
from interactions.models import Conversation, Deletion
from partnership.health.models import CustomerMetrics
from partnership.health.rollup.periods import PERIODS
from partnership.notifications.models import Notification
from partnership.ops.backup import BackupError, archive, database
from partnership.ops.embedded.servers import postgres_program
from partnership.ops.upgrade import REPLACED, is_old
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import Score
from partnership.staff.models import Firm, User
from tests.data import DATA
from tests.processes import Stack

pytest_plugins = ["tests.partnership.ops.test_backup"]
BACKUP = DATA / "backup-0.1.0.tar.gz"

# Names of 0.1.0 → today's.
TABLES = {
    "focus_recovery": "recoveries_recovery",
    "focus_recoveryevent": "recoveries_recoveryevent",
    "desk_notification": "notifications_notification",
    "desk_preferences": "staff_preferences",
    "health_letterwish": "health_weeklysummarysubscription",
    "health_staletally": "health_stalemetrics",
}
COLUMNS = {
    "said": "source_snapshot",
    "was_of": "split_from",
    "received_as_id": "addressed_to_id",
    "leads": "is_lead",
}
REBUILT = {"health_tally", "health_tallysum", "health_brieftally", "health_staletally"}
BOOKKEEPING = {"django_migrations", "django_content_type", "auth_permission"}
WITH_PERMISSIONS = {"auth_group_permissions", "staff_user_user_permissions"}

CATALOG = {
    "columns": """
        SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
            attgenerated, attcollation::regcollation::text, pg_get_expr(adbin, adrelid)
        FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r' AND relnamespace = 'public'::regnamespace
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attnum > 0 AND NOT attisdropped
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled, obj_description(oid, 'pg_trigger')
        FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "sequences": """
        SELECT relname, refobjid::regclass::text, refobjsubid > 0
        FROM pg_class LEFT JOIN pg_depend ON objid = pg_class.oid AND deptype IN ('a', 'i')
        WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
    """,
    "schemas": "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'",
    "migrations": "SELECT app, name FROM django_migrations",
    "permissions": """
        SELECT app_label, model, codename, auth_permission.name
        FROM django_content_type LEFT JOIN auth_permission ON content_type_id = django_content_type.id
    """,
}


Catalog = dict[str, list[tuple[Any, ...]]]


def query(statement: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def catalog() -> Catalog:
    return {name: sorted(query(statement), key=repr) for name, statement in CATALOG.items()}


@contextmanager
def at(name: str) -> Iterator[None]:
    """Inside, Django's connection is to the database of that name."""
    here = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup that 0.1.0 made."""
    file = tmp_path_factory.mktemp("backup") / "backup.tar"
    file.write_bytes(gzip.decompress(BACKUP.read_bytes()))
    return file


@pytest.fixture(scope="module")
def copies(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Callable[[str | None], str]]:
    """copies(template) → the name of a new database, empty or a copy; all are gone after these tests."""
    made: list[str] = []

    def make(template: str | None) -> str:
        name = f"{connection.settings_dict['NAME']}_{len(made)}"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
        made.append(name)
        return name

    with django_db_blocker.unblock():
        yield make
        with connection._nodb_cursor() as cursor:
            for name in made:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(program: str, *arguments: str, dbname: str) -> None:
    given = connection.get_connection_params()
    where = make_conninfo(host=given["host"], user=given["user"], dbname=dbname)
    subprocess.run([postgres_program(program), "--dbname", where, *arguments], check=True)


@pytest.fixture(scope="module")
def old(backup: Path, copies: Callable[[str | None], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database as 0.1.0 left it."""
    dump = tmp_path_factory.mktemp("dump") / archive.DUMP
    with archive.open_archive(backup) as tar:
        member = tar.extractfile(archive.DUMP)
        assert member
        dump.write_bytes(member.read())
    name = copies(None)
    run("pg_restore", "--exit-on-error", "--no-owner", str(dump), dbname=name)
    return name


def restored(name: str, copies: Callable[[str | None], str], folder: Path) -> str:
    """Return a copy that was dumped and restored: that changes how PostgreSQL writes some conditions."""
    dump = folder / archive.DUMP
    run("pg_dump", "--format=custom", f"--file={dump}", dbname=name)
    copy = copies(None)
    run("pg_restore", "--exit-on-error", "--no-owner", str(dump), dbname=copy)
    return copy


@pytest.fixture(scope="module")
def migrated_catalog(copies: Callable[[str | None], str], tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Of a new database."""
    with at(restored(connection.settings_dict["NAME"], copies, tmp_path_factory.mktemp("migrated"))):
        return catalog()


@pytest.fixture(scope="module")
def upgraded(old: str, migrated_catalog: Catalog, copies: Callable[[str | None], str]) -> Iterator[str]:
    """A copy of `old`, upgraded; the tests' connection is to it."""
    name = copies(old)
    with at(name):
        call_command("migrate", verbosity=0, stdout=StringIO())
        yield name


@pytest.fixture
def rolled_back(upgraded: str) -> Iterator[None]:
    """`upgraded`, in which nothing of the test stays. (`db` would part these tests from the others here.)"""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_the_schema_is_that_of_a_new_database(
    upgraded: str, migrated_catalog: Catalog, copies: Callable[[str | None], str], tmp_path: Path
) -> None:
    with at(restored(upgraded, copies, tmp_path)):
        found = catalog()
    for part, expected in migrated_catalog.items():
        assert found[part] == expected, part


def rows_of(table: str, columns: list[str]) -> list[tuple[Any, ...]]:
    listed = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT {} FROM {}").format(listed, sql.Identifier(table)))
        return sorted(cursor.fetchall(), key=repr)


def columns_of() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column, *_ in sorted(query(CATALOG["columns"]), key=repr):
        found.setdefault(table, []).append(column)
    return found


def with_new_keys(text: str) -> str:
    """JSON as PostgreSQL writes it, with today's names of what merges and deletions keep."""
    kept = json.loads(text)
    names = {
        "said": "source_snapshot",
        "received_as_id": "addressed_to_id",
        "desk_notification.customer_id": "notifications_notification.customer_id",
    }
    assert not kept.keys() & set(names.values())
    return json.dumps({names.get(name, name): value for name, value in kept.items()}, sort_keys=True)


def in_one_order(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


def test_every_row_is_there_under_its_new_name(old, upgraded, copies):
    with at(old):
        columns = columns_of()
        columns["health_answer"].remove("id")  # they were counted again
        columns["health_answer"].remove("rank")  # which means nothing under other rules, and was not read
        for name in ("sort_key", "trigrams"):  # names in other scripts are found by their transliteration
            columns["customers_customer"].remove(name)
        columns["interactions_conversation"].remove("waiting_since")  # what is closed waits no longer
        tables = columns.keys() - REBUILT - BOOKKEEPING - WITH_PERMISSIONS
        before = {table: rows_of(table, columns[table]) for table in tables}
    renamed = {(table, column) for table in tables for column in columns[table] if column in COLUMNS}
    assert len(renamed) == 11
    json_of = {"interactions_deletion": "kept", "customers_merge": "moved"}
    for table, rows in before.items():
        after = rows_of(TABLES.get(table, table), [COLUMNS.get(column, column) for column in columns[table]])
        if table in json_of:
            place = columns[table].index(json_of[table])
            rows = [(*row[:place], with_new_keys(row[place]), *row[place + 1 :]) for row in rows]
            after = [(*row[:place], in_one_order(row[place]), *row[place + 1 :]) for row in after]
        assert sorted(after, key=repr) == sorted(rows, key=repr), table
    full = {table for table, rows in before.items() if rows}
    assert (
        full >= {*TABLES, "customers_merge", "customers_mergeevent", "interactions_deletion", "health_answer"} - REBUILT
    )


PERMISSIONS = """
    SELECT 'group', auth_group.name, app_label, model, codename FROM auth_group
    JOIN auth_group_permissions ON group_id = auth_group.id JOIN auth_permission ON permission_id = auth_permission.id
    JOIN django_content_type ON content_type_id = django_content_type.id
    UNION ALL
    SELECT 'user', staff_user.email, app_label, model, codename FROM staff_user
    JOIN staff_user_user_permissions ON user_id = staff_user.id
    JOIN auth_permission ON permission_id = auth_permission.id
    JOIN django_content_type ON content_type_id = django_content_type.id
    UNION ALL
    SELECT 'log', object_id, app_label, model, NULL FROM django_admin_log
    JOIN django_content_type ON content_type_id = django_content_type.id
"""


def test_permissions_and_the_admins_log_follow_what_they_are_about(old, upgraded):
    with at(old):
        before = query(PERMISSIONS)
    kept = [row for row in before if row[3] not in {"tally", "brieftally", "tallysum", "staletally"}]
    assert 0 < len(kept) < len(before)
    moved = {("focus", "recovery"): ("recoveries", "recovery")}
    renamed = "letterwish", "weeklysummarysubscription"
    moved["health", renamed[0]] = ("health", renamed[1])
    expected = [
        (kind, name, *moved.get((app, model), (app, model)), codename and codename.replace(*renamed))
        for kind, name, app, model, codename in kept
    ]
    assert sorted(query(PERMISSIONS), key=repr) == sorted(expected, key=repr)


def test_new_rows_get_keys_of_their_own(rolled_back):
    customer, user = Customer.objects.order_by("pk")[0], User.objects.order_by("pk")[0]
    now = datetime.now().astimezone()
    known = set(Notification.objects.values_list("pk", flat=True))
    made = Notification.objects.create(user=user, kind="tier", key="new", customer=customer, made_at=now)
    assert made.pk > max(known)
    recovery = Recovery.objects.order_by("pk")[0]
    Recovery.objects.filter(pk=recovery.pk).update(what_we_did="We called them.")
    assert recovery.events.order_by("-pgh_id")[0].pgh_label == "update"


def test_what_was_closed_while_it_waited_is_settled_without_an_answer(old, upgraded):
    closed_and_waiting = "status = 'closed' AND waiting_since IS NOT NULL AND joined_into_id IS NULL"
    waiting = f"SELECT id, last_interaction_at FROM interactions_conversation WHERE {closed_and_waiting} ORDER BY 1"
    with at(old):
        before = query(waiting)
    settled = "SELECT conversation_id, at FROM interactions_settlement WHERE answered = 'without' ORDER BY 1"
    assert (query(waiting), query(settled)) == ([], before)


def test_no_score_moves(rolled_back):
    # The trend was of 30 days, and is of 4 weeks.
    scores = "SELECT customer_id, to_jsonb(score) - 'trend' FROM scoring_score AS score ORDER BY customer_id"
    snapshots = "SELECT customer_id, day, to_jsonb(one) - 'recorded_at' FROM scoring_scoresnapshot AS one ORDER BY 1, 2"
    (day,) = set(Score.objects.exclude(customer__merged_into__isnull=False).values_list("day", flat=True))
    before = query(scores), query(snapshots)
    noon = datetime.combine(day, time(12), tzinfo=Firm.current().zone)
    assert rescore_all(at=noon) == len(Customer.objects.filter(merged_into=None)) > 15
    assert (query(scores), query(snapshots)) == before


def test_the_dashboards_figures_are_counted(rolled_back):
    assert CustomerMetrics.objects.count() == len(PERIODS) * Customer.objects.filter(merged_into=None).count()


def test_a_deletion_and_a_merge_of_then_are_undone(rolled_back):
    by, now = User.objects.get(email="manager@demo.example"), datetime.now().astimezone()
    merged = Merge.objects.get(undone_at=None)
    deletion = Deletion.objects.filter(undone_at=None, kept__addressed_to_id=merged.absorbed_id)[0]
    assert restore_entry(deletion, by=by, at=now).addressed_to_id == merged.absorbed_id
    assert not Notification.objects.filter(customer=merged.absorbed_id).exists()
    unmerge_customers(merged, by=by, at=now)
    given_back = Notification.objects.filter(customer=merged.absorbed_id).order_by("pk").values_list("pk", flat=True)
    assert list(given_back) == merged.moved["notifications_notification.customer_id"] != []


@pytest.mark.parametrize("email", ["support@demo.example", "manager@demo.example", "admin@demo.example"])
def test_the_pages_answer(rolled_back, email):
    client, user = Client(), User.objects.get(email=email)
    client.force_login(user)
    customer = Customer.objects.visible_to(user).filter(merged_into=None, interactions__isnull=False).order_by("pk")[0]
    thread = Conversation.objects.filter(customer=customer)[0]
    recovery = Recovery.objects.filter(customer__in=Customer.objects.visible_to(user))[0]
    addresses = [
        *(reverse(name) for name in ("focus", "customers", "recoveries", "notifications", "preferences", "wall")),
        *(reverse(name, args=[customer.pk]) for name in ("customer", "timeline", "why", "customer_history")),
        reverse("conversation", args=[thread.pk]),
        reverse("recovery", args=[recovery.pk]),
        reverse("search") + "?q=course",
    ]
    if user.is_manager:
        addresses += [
            reverse("health"),
            reverse("health_weekly_summary"),
            reverse("health_movers"),
            reverse("health_recoveries"),
        ]
    if user.is_admin:
        addresses += ["/admin/", "/admin/scoring/ruleset/", "/admin/recoveries/recovery/", "/admin/focus/focusitem/"]
    for address in addresses:
        assert client.get(address, follow=True).status_code == 200, address


def test_a_second_time_changes_nothing(upgraded, copies):
    before = catalog(), {table: rows_of(table, columns) for table, columns in columns_of().items()}
    call_command("migrate", verbosity=0)
    assert (catalog(), {table: rows_of(table, columns) for table, columns in columns_of().items()}) == before


def test_what_fails_halfway_leaves_the_old_database(old, copies):
    with at(copies(old)):
        execute("CREATE TABLE recoveries_recovery ()")
        before = catalog()
        with pytest.raises(ProgrammingError, match="recoveries_recovery"):
            call_command("migrate", verbosity=0)
        assert catalog() == before
        assert is_old(connection)
        execute("DROP TABLE recoveries_recovery")
        call_command("migrate", verbosity=0, stdout=StringIO())
        assert not is_old(connection)


def test_an_older_schema_is_refused(old, copies):
    with at(copies(old)):
        execute("DELETE FROM django_migrations WHERE app = 'staff' AND name = '0004_terms'")
        before = catalog()
        with pytest.raises(CommandError, match=r"^Nothing was changed\..* without staff\.0004_terms\."):
            call_command("migrate", verbosity=0)
        assert catalog() == before


def test_a_backup_of_an_older_schema_is_refused(upgraded):
    migrations: dict[str, list[str]] = {}
    for app, name in sorted(REPLACED):
        migrations.setdefault(app, []).append(name)
    about = {"version": "0.1.0", "postgresql": 18, "migrations": migrations}
    database.require_compatible(about)
    migrations["desk"].remove("0003_focus_news")
    with pytest.raises(BackupError, match=r"without desk\.0003_focus_news\."):
        database.require_compatible(about)


@pytest.mark.processes
def test_a_backup_of_then_is_restored(backup, installation: Stack):
    assert "by Partnership 0.1.0" in installation.manage("restore", str(backup))
    assert installation.sql("SELECT count(*) FROM recoveries_recovery") == [(2,)]
    assert installation.sql("SELECT count(*) FROM scoring_score WHERE partnership > 0")[0][0] > 10
    assert len(list((installation.folder / "media" / "faces").iterdir())) == 1
