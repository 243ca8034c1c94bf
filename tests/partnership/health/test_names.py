"""One measure has one name and one period, and its file holds plain values."""

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from partnership.health.frame.scope import Scope, ScopeForm, scope_of
from partnership.health.frame.tables import Head, Table
from partnership.health.rollup.metrics import METRICS
from partnership.health.rollup.periods import PERIODS
from partnership.health.rollup.refreshing import refresh_all
from partnership.health.views import BOARDS
from partnership.health.weekly_summary import summary_of
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import Firm, User
from tests.factories import firm_today, happens
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db

# Its cells are time, and lead to the messages that it is estimated for.
ESTIMATED = "messages"


@pytest.fixture
def scope(told: Told, manager: User, sam: User) -> Scope:
    happens(told.loud, "survey_response", at=told.at, payload={"recommendation": 2})
    refresh_all(at=told.at)
    lineage = load_tier_lineage()
    return scope_of(manager, ScopeForm({"period": "year"}, lineage), lineage=lineage, today=firm_today())


def tables(scope: Scope, name: str) -> list[Table]:
    return BOARDS[name](scope).tables


@pytest.mark.parametrize("name", BOARDS)
def test_a_column_is_called_as_the_rows_that_it_leads_to(scope: Scope, name: str):
    for table in tables(scope, name):
        for row in table.rows:
            for head, cell in zip(table.heads, row, strict=True):
                found = re.match(r"/health/rows/(\w+)/", cell.url)
                if found and found[1] != ESTIMATED:
                    assert is_short_for(str(head), str(METRICS[found[1]].label)), (name, head)


def is_short_for(head: str, label: str) -> bool:
    """Say whether the head is a part of the label, or leaves out words between its words."""
    words = iter(label.casefold().split())
    return head.casefold() in label.casefold() or all(word in words for word in head.casefold().split())


@pytest.mark.parametrize("name", BOARDS)
def test_a_number_is_a_number_in_the_file(scope: Scope, name: str):
    for table in tables(scope, name):
        assert len(set(table.file_heads)) == len(table.file_heads)
        for row, written in zip(table.rows, table.file_rows, strict=True):
            assert len(written) == len(table.file_heads)
            for head, cell in zip(table.heads, row, strict=True):
                if cell.number:
                    assert cell.in_file is None or isinstance(cell.in_file, int | float | Decimal), (name, head)
                if re.search(r"\d (h|min)$|%$", str(cell.text)):
                    assert isinstance(head, Head), (name, head)
                    assert head.unit, (name, head)


CUSTOMERS_HEADS = {"Customer", "Tier", "Owner", "Customer ID"}


@pytest.mark.parametrize("name", BOARDS)
def test_a_table_of_customers_names_their_tier_owner_and_id(scope: Scope, name: str):
    for table in tables(scope, name):
        if "Customer" in table.heads and name != "network":
            assert set(table.file_heads) >= CUSTOMERS_HEADS, table.name


def lines(client: Client, url: str) -> list[dict[str, str]]:
    text = b"".join(client.get(url)).decode("utf-8-sig")
    first = text.splitlines()[0]
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ","))


def test_files_of_rows_and_customers_name_ids_owner_and_tier(managers_desk: Client, scope: Scope, told: Told):
    told.partner.refresh_from_db()
    tier = told.partner.score.tier.name
    [row] = [one for one in lines(managers_desk, "/health/customers/?csv=1") if one["Customer"] == "Paul Partner"]
    assert (row["Customer ID"], row["Owner"], row["Tier"]) == (str(told.partner.pk), "Sam Rivera", tier)
    assert row["Service time (minutes)"] == "5"
    [tree] = lines(managers_desk, "/health/network/?table=network")
    assert (tree["Customer ID"], tree["Owner"], tree["Tier"]) == (str(told.partner.pk), "Sam Rivera", tier)
    assert tree["Bought by those they brought (EUR)"] == "120"
    calls = lines(managers_desk, "/health/rows/minutes/?csv=1&period=year")
    call = calls[0]
    assert (call["Customer"], call["Customer ID"], call["Owner"]) == ("Lena Laut", str(told.loud.pk), "")
    assert call["Time (minutes)"] == "60"
    assert told.loud.interactions.get(pk=call["Row ID"]).kind == "call"
    moment = datetime.fromisoformat(call["Moment"])
    assert moment.tzinfo is not None
    assert date.fromisoformat(call["Day"]) == Firm.current().local_date(moment)
    [sale] = lines(managers_desk, "/health/rows/bought/?csv=1")[:1]
    assert {sale["Amount"], sale["Currency"]} == {"120.00", "EUR"}


@pytest.mark.parametrize("name", METRICS)
def test_a_file_of_rows_has_a_cell_for_each_head(managers_desk: Client, scope: Scope, name: str):
    text = b"".join(managers_desk.get(f"/health/rows/{name}/?csv=1&period=year")).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head[0] == ("Day" if METRICS[name].day else "Since")
    assert {"Customer", "Tier", "Owner", "Customer ID", "Row ID"} <= set(head)
    assert {len(row) for row in rows} <= {len(head)}


def test_in_german_excel_opens_a_file_as_it_is(managers_desk: Client, scope: Scope, told: Told):
    Firm.objects.update(language="de")
    with translation.override("de"):  # what the request activates is over with this block
        rows = lines(managers_desk, "/health/customers/?csv=1")
    [row] = [one for one in rows if one["Kunde"] == "Paul Partner"]
    assert re.fullmatch(r"\d+,\d", row["Partnerschaft"])


def test_the_weekly_summary_calls_measures_as_the_boards_do(scope: Scope, manager: User, told: Told):
    summary = summary_of(manager, at=told.at)
    compared = [one.text.partition(":")[0] for one in summary.better + summary.worse if ", the week before" in one.text]
    assert compared
    assert set(compared) <= {str(metric.label) for metric in METRICS.values()}


def test_the_customers_page_has_the_periods_of_health(desk: Client, told: Told):
    page = desk.get(f"/customers/{told.partner.pk}/why/").content.decode()
    offered = re.findall(r">(\d+) weeks<", page)
    assert offered == [str(PERIODS[name]) for name in ("month", "quarter", "year")]
