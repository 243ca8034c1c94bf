"""CSV in: rows as interactions, columns by name or as mapped."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from customers.models import Customer
from interactions.imports import history
from interactions.imports.history import Summary
from interactions.imports.interchange.lines import UnreadableInputError
from interactions.models import Interaction

pytestmark = pytest.mark.django_db

AT = datetime(2024, 6, 1, 12, tzinfo=UTC)
HEAD = "customer,occurred_at,channel,direction,kind"
ROW = "ada@example.org,2024-03-08T18:20:00Z,email,inbound,message"


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


def imported(path: Path, text: str | bytes, **options: Any) -> Summary:
    file = path / "history.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return history.import_files([file], at=AT, **options)


def test_a_row_is_an_interaction(tmp_path: Path) -> None:
    head = f"{HEAD},subject,minutes,amount,currency,shared,payload"
    summary = imported(tmp_path, f'{head}\r\n{ROW},"Hello, you",15,12.50,EUR,yes,"{{""plan"": 1}}"\r\n')
    assert summary.created == {"interaction": 1}
    row = Interaction.objects.get()
    assert (row.subject, row.minutes, row.amount, row.shared) == ("Hello, you", 15, Decimal("12.50"), True)
    assert row.payload == {"plan": 1}
    assert row.customer.contact_points.get().normalised == "ada@example.org"


def test_the_customer_by_ref_address_or_number(tmp_path: Path) -> None:
    history.import_records([{"type": "customer", "ref": "crm:42", "name": "Ada"}], at=AT)
    rows = "\n".join(ROW.replace("ada@example.org", each) for each in ("crm:42", "ada@example.org", "+49 30 23125 001"))
    assert imported(tmp_path, f"{HEAD}\n{rows}\n").refused == 0
    assert set(Customer.objects.values_list("external_id", flat=True)) == {
        "42",
        "email:ada@example.org",
        "phone:+493023125001",
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_and_a_byte_order_mark(tmp_path: Path, delimiter: str) -> None:
    text = f"{HEAD}\n{ROW}\n".replace(",", delimiter).encode("utf-8-sig")
    assert imported(tmp_path, text).created == {"interaction": 1}


def test_columns_as_mapped(tmp_path: Path) -> None:
    columns = [("When", "occurred_at"), ("Plan", "payload.plan"), ("Price = net", "payload.net")]
    head = HEAD.replace("occurred_at", "When") + ",Plan,Price = net"
    imported(tmp_path, f"{head}\n{ROW},annual,12\n", columns=columns)
    assert Interaction.objects.get().payload == {"plan": "annual", "net": "12"}


def test_i8_the_same_rows_again_change_nothing(tmp_path: Path) -> None:
    text = f"{HEAD},ref\n{ROW},\n{ROW},shop:1\n"
    imported(tmp_path, text)
    assert imported(tmp_path, text).unchanged == {"interaction": 2}


@pytest.mark.parametrize(
    ("text", "columns", "reason"),
    [
        (f"{HEAD},Plan,Mood\n{ROW},a,b\n", [], "unknown columns 'Plan', 'Mood'. Say what each is with --map"),
        (f"{HEAD}\n{ROW}\n", [("Plan", "payload.plan")], "--map names columns that are not there: 'Plan'"),
        (f"{HEAD},When\n{ROW},2024\n", [("When", "occurred_at")], "more than one column is 'occurred_at'"),
        (f"{HEAD}\n{ROW}\n".encode("utf-16"), [], "binary file"),
        (f"{HEAD}\nJosé{ROW}\n".encode("latin-1"), [], "is not CSV in UTF-8"),
        (f'{HEAD}\n"{ROW}\n', [], "is not CSV in UTF-8"),
        ("", [], "is empty"),
        ("\ufeff", [], "is empty"),
        ("\ufeff\r\n", [], "is empty"),
    ],
)
def test_a_file_that_does_not_fit_imports_nothing(
    tmp_path: Path, text: str | bytes, columns: list, reason: str
) -> None:
    with pytest.raises(UnreadableInputError, match=reason):
        imported(tmp_path, text, columns=columns)
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("damage", [b"", b"\xff" * 100])
def test_a_damaged_gzip_imports_nothing(tmp_path: Path, damage: bytes) -> None:
    rows = "".join(f"{ROW},{number * 7919 % 1_000_003}\n" for number in range(10_000))
    file = tmp_path / "history.csv.gz"
    file.write_bytes(gzip.compress(f"{HEAD},minutes\n{rows}".encode())[:-1000] + damage)
    with pytest.raises(UnreadableInputError, match="damaged or cut off"):
        history.import_files([file], at=AT)
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{ROW},extra,cells", "7 cells where the header has 6"),
        (f"{ROW},maybe", "shared 'maybe': write true or false"),
        (ROW.replace("message", "mesage") + ",", "unknown kind 'mesage'"),
        (ROW.replace("ada@example.org", "Ada") + ",", "customer 'Ada' is not a ref"),
        (ROW.replace("2024-", "") + ",", "is not a time"),
    ],
)
def test_a_bad_row_is_refused(tmp_path: Path, row: str, reason: str) -> None:
    summary = imported(tmp_path, f"{HEAD},shared\n{ROW},\n{row}\n")
    assert (summary.created, summary.refused) == ({"interaction": 1}, 1)
    (refused,) = [json.loads(line) for line in Path(summary.refusals_file or "").read_text().splitlines()]
    assert reason in refused["reason"]
    assert refused["line"] == 3


@pytest.mark.parametrize("cell", ["5", "[1]", "[" * 3000, "{", "NaN"])
def test_a_payload_is_an_object(tmp_path: Path, cell: str) -> None:
    summary = imported(tmp_path, f'{HEAD},payload,Plan\n{ROW},{cell},annual\n{ROW},"{{""a"": 1}}",annual\n',
                       columns=[("Plan", "payload.Plan")])  # fmt: skip
    assert (summary.created, summary.refused) == ({"interaction": 1}, 1)
    assert "payload" in Path(summary.refusals_file or "").read_text()
    assert Interaction.objects.get().payload == {"a": 1, "Plan": "annual"}
