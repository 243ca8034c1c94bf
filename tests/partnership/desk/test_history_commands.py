"""import_history and export_history as one types them: what they print, and how they end."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer
from interactions.models import Interaction
from partnership.scoring.models import ScoreSnapshot
from tests.factories import firm_today

pytestmark = pytest.mark.django_db

ADA = {"type": "customer", "ref": "crm:42", "name": "Ada Okafor"}
WORD = {
    "type": "interaction",
    "ref": "crm:i1",
    "customer": "crm:42",
    "channel": "email",
    "direction": "inbound",
    "kind": "work_done",
}


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.jsonl"


def written(file: Path, *records: dict[str, Any]) -> str:
    file.write_text("".join(json.dumps(each) + "\n" for each in records))
    return str(file)


def told(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_summary_as_json(file: Path) -> None:
    name = written(file, ADA, {**WORD, "occurred_at": "2024-03-08"})
    summary = json.loads(told("import_history", name, "--json").splitlines()[-1])
    assert summary.pop("seconds") >= 0
    assert summary == {
        "read": 2,
        "created": {"customer": 1, "interaction": 1},
        "updated": {},
        "unchanged": {},
        "refused": 0,
        "refusals_file": None,
        "times_without_offset": 1,
    }


def test_the_summary_in_words(file: Path) -> None:
    out = told("import_history", written(file, ADA, {**WORD, "occurred_at": "2024-03-08"}))
    assert "created: 1 customer, 1 interaction" in out
    assert "1 times had no offset" in out


def test_something_refused_ends_with_3_and_says_where(file: Path) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_history", written(file, ADA, {**ADA, "nickname": "A"}), "--json", stdout=out)
    assert ended.value.code == 3
    summary = json.loads(out.getvalue().splitlines()[-1])
    (refused,) = Path(summary["refusals_file"]).read_text().splitlines()
    assert json.loads(refused)["line"] == 2
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("content", [None, b"", bytes(range(256)) * 5])
def test_a_file_that_cannot_be_read_ends_with_2(file: Path, content: bytes | None) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=str(file)) as ended:
        told("import_history", str(file))
    assert ended.value.returncode == 2


@pytest.mark.parametrize(("option", "code"), [("--dry-run", None), ("--strict", 3)])
def test_nothing_is_changed(file: Path, option: str, code: int | None) -> None:
    records = [ADA] if code is None else [ADA, {**ADA, "ref": "crm:1", "name": ""}]
    out = StringIO()
    try:
        call_command("import_history", written(file, *records), option, stdout=out)
        ended = None
    except SystemExit as error:
        ended = error.code
    assert ended == code
    assert "Nothing was changed" in out.getvalue()
    assert not Customer.objects.exists()


def test_what_is_not_a_mapping_is_said_so(file: Path) -> None:
    with pytest.raises(CommandError, match="write COLUMN=FIELD"):
        told("import_history", str(file), "--map", "When")


def test_trends_exist_on_day_one(file: Path) -> None:

    day = firm_today()
    records = [{**WORD, "ref": f"crm:i{n}", "occurred_at": f"{day.year - 1}-{1 + n % 12:02}-15"} for n in range(40)]
    told("import_history", written(file, ADA, *records))
    assert ScoreSnapshot.objects.count() > 1


def test_out_and_in_again(file: Path, tmp_path: Path) -> None:
    told("import_history", written(file, ADA, {**WORD, "occurred_at": "2024-03-08T10:00:00Z"}))
    out = told("export_history", str(tmp_path / "out.jsonl.gz"))
    assert out.startswith("1 customer, 1 interaction written to")
    Interaction.objects.all().delete()
    told("import_history", str(tmp_path / "out.jsonl.gz"))
    assert Interaction.objects.count() == 1


def test_an_export_of_nobody(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"crm:404"):
        told("export_history", str(tmp_path / "out.jsonl"), "--customer", "crm:404")
    with pytest.raises(CommandError, match="cannot be written"):
        told("export_history", str(tmp_path / "missing" / "out.jsonl"))
