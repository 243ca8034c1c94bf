"""An import that is killed at whatever step: what it owes is done by a worker, or by the same import run again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.utils import timezone

from customers.models import Customer, Goal
from interactions.imports import history, unfinished
from interactions.imports.importers.conversations import JoinImporter
from interactions.imports.importers.goals import CheckInImporter
from interactions.imports.importers.timeline import InteractionImporter
from interactions.models import Conversation, ImportRemainder, Interaction, Settlement
from interactions.tasks import finish_imports_task
from partnership.core.locks import LockKey, held_numbers, hold_number
from partnership.core.refresh import drain
from partnership.scoring.engine import rescoring
from partnership.scoring.models import MissingTrend, ScoreSnapshot
from partnership.scoring.tasks import fill_in_trends_task

pytestmark = pytest.mark.django_db

AT = datetime(2024, 6, 1, 12, tzinfo=UTC)


def message(ref: str, day: str, **more: Any) -> dict[str, Any]:
    fields = {"channel": "email", "direction": "inbound", "kind": "message", "customer": "crm:42"}
    return {"type": "interaction", "ref": f"crm:{ref}", "occurred_at": f"{day}T09:00:00Z", **fields, **more}


RECORDS: list[dict[str, Any]] = [
    {"type": "customer", "ref": "crm:42", "name": "Ada Okafor"},
    {"type": "goal", "ref": "crm:g1", "customer": "crm:42", "title": "Ten clients", "set_at": "2024-01-02T09:00:00Z",
     "current": 4},
    {"type": "check_in", "ref": "crm:k1", "goal": "crm:g1", "at": "2024-02-02T09:00:00Z", "value": 2},
    {"type": "conversation", "ref": "crm:t1", "customer": "crm:42", "channel": "email", "subject": "Old"},
    {"type": "conversation", "ref": "crm:t2", "customer": "crm:42", "channel": "email", "joined_into": "crm:t1"},
    {"type": "conversation", "ref": "crm:t3", "customer": "crm:42", "channel": "email", "status": "closed"},
    message("i1", "2023-03-08", conversation="crm:t1", subject="Where it began"),
    message("i2", "2023-03-09", conversation="crm:t2"),
    message("i3", "2024-05-30", conversation="crm:t3"),
    message("i4", "2024-05-29", conversation="crm:made", subject="Second"),
    message("i5", "2024-05-28", conversation="crm:made", subject="First"),
    message("i6", "2024-05-31", subject="Alone"),
]  # fmt: skip


class KilledError(BaseException):
    """As much as SIGKILL as a process can do to itself and live."""


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "history.jsonl"
    path.write_text("\n".join(map(json.dumps, RECORDS)))
    return path


def import_(file: Path) -> None:
    history.import_files([file], at=AT)


def outcome() -> dict[str, object]:
    """What an import leaves, without keys; and empty tables for the next one."""
    columns = ("external_id", "status", "subject", "channel", "waiting_since", "last_interaction_at")
    left = {
        "conversations": sorted(Conversation.objects.values_list(*columns, "joined_into__external_id")),
        "entries": sorted(Interaction.objects.values_list("external_id", "conversation__external_id")),
        "settlements": sorted(Settlement.objects.values_list("external_id", "conversation__external_id", "at")),
        "goals": list(Goal.objects.values_list("external_id", "current")),
        "owed": ImportRemainder.objects.exclude(import_key=0).count(),
    }
    for model in (Settlement, Interaction, Conversation, Customer, ImportRemainder):
        model.objects.all().delete()
    return left


def run_again(file: Path) -> None:
    import_(file)


def let_a_worker_come(file: Path) -> None:
    with mock.patch.object(timezone, "now", return_value=AT):
        assert finish_imports_task() == 1
        assert finish_imports_task() == 0


def let_a_worker_come_and_run_again(file: Path) -> None:
    let_a_worker_come(file)
    run_again(file)


AT_THE_END = (unfinished, "settle_conversations")


@pytest.mark.parametrize(
    ("step", "come"),
    [
        (AT_THE_END, run_again),
        (AT_THE_END, let_a_worker_come),
        (AT_THE_END, let_a_worker_come_and_run_again),
        ((JoinImporter, "import_wave"), run_again),
        ((JoinImporter, "import_wave"), let_a_worker_come_and_run_again),
        ((CheckInImporter, "import_wave"), run_again),
        ((CheckInImporter, "import_wave"), let_a_worker_come_and_run_again),
        ((InteractionImporter, "import_wave"), run_again),
        ((InteractionImporter, "import_wave"), let_a_worker_come_and_run_again),
    ],
    ids=lambda value: value.__name__ if callable(value) else value[0].__name__.rpartition(".")[2],
)
def test_it_comes_to_the_same(file: Path, step: tuple[object, str], come: Callable[[Path], None]) -> None:
    import_(file)
    whole = outcome()
    with mock.patch.object(*step, side_effect=KilledError), pytest.raises(KilledError):
        import_(file)
    assert ImportRemainder.objects.exists()
    come(file)
    assert outcome() == whole


def test_nothing_is_owed_by_an_import_that_ended(file: Path) -> None:
    import_(file)
    assert not ImportRemainder.objects.exists()
    assert held_numbers(LockKey.IMPORT) == set()


def test_what_an_import_under_way_owes_is_its_own(file: Path) -> None:
    with mock.patch.object(*AT_THE_END, side_effect=KilledError), pytest.raises(KilledError):
        import_(file)
    key = ImportRemainder.objects.values_list("import_key", flat=True).first()
    assert key
    with hold_number(LockKey.IMPORT, key):
        owed = ImportRemainder.objects.count()
        assert finish_imports_task() == 0
        import_(file)
        assert ImportRemainder.objects.filter(import_key=key).count() == owed
        assert fill_in_trends_task() == 0, "more of their history may come"


def test_a_dry_run_owes_nothing(file: Path) -> None:
    history.import_files([file], at=AT, dry_run=True)
    assert not MissingTrend.objects.exists()
    assert not ImportRemainder.objects.exists()


def snapshots() -> list[tuple[object, ...]]:
    rows = ScoreSnapshot.objects.order_by("customer", "day")
    return list(rows.values_list("customer__external_id", "day", "partnership", "loudness", "tier__name"))


@pytest.mark.parametrize("by_a_worker", [True, False])
def test_the_weeks_are_filled_in_however_often_it_is_killed(file: Path, monkeypatch, by_a_worker: bool) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    call_command("import_history", str(file))
    whole = snapshots()
    assert len(whole) > 1
    outcome()
    for _ in range(2):
        with mock.patch.object(rescoring, "_judged_scores", side_effect=KilledError), pytest.raises(KilledError):
            call_command("import_history", str(file))
    assert not snapshots()
    assert MissingTrend.objects.exists()
    if by_a_worker:
        assert fill_in_trends_task() == 1
    else:
        call_command("import_history", str(file))
    assert snapshots() == whole
    assert not MissingTrend.objects.exists()


def test_batch_after_batch(file: Path) -> None:
    """What one batch has done is not done again."""
    more = [{"type": "customer", "ref": f"crm:more{n}", "name": f"More {n}"} for n in range(4)]
    file.write_text("\n".join(map(json.dumps, [*RECORDS, *more])))
    import_(file)
    assert drain(lambda: rescoring.fill_in_trends(at=AT + timedelta(days=1), batch=2)) == 5
